// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Clipboard by direction, size and kind, on whole messages. Data flows only after it was announced
/// and asked for.

#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>

#include <optional>

namespace lucid::rdp::relay {

enum class Side { client, host };

/// What becomes of one message: passed on, answered to its sender, both or neither.
struct ClipboardDecision {
    bool pass = false;
    std::optional<Bytes> answer;
    /// The body must not be recorded; a transfer event stands for it.
    bool has_body = false;
};

class ClipboardFilter {
  public:
    /// Longest message taken: the largest body the policy allows, and room to refuse one a little
    /// larger with a clean answer.
    [[nodiscard]] static std::size_t message_bytes_limit(const Policy& policy) {
        return std::size_t{policy.clipboard_bytes_max} * 2 + 64 * 1024;
    }

    ClipboardFilter(const Policy& policy, Sink& sink) : policy_(policy), sink_(sink) {}

    /// `from` sent this whole message.
    Result<ClipboardDecision> decide(Side from, ByteView message);

  private:
    [[nodiscard]] bool allowed(Side from) const {
        return from == Side::client ? policy_.clipboard_to_host : policy_.clipboard_to_client;
    }
    ClipboardDecision on_data(Side from, const proto::channels::ClipMessage& message);
    ClipboardDecision on_files(Side from, const proto::channels::ClipMessage& message);
    void refused(Side from, std::string_view what, ByteView body);
    void transfer(Side from, ByteView body, std::uint32_t format, bool allowed_now);

    Policy policy_;
    Sink& sink_;
    /// What each side was last asked for: a response without request is not passed.
    std::optional<std::uint32_t> asked_client_;
    std::optional<std::uint32_t> asked_host_;
};

}  // namespace lucid::rdp::relay
