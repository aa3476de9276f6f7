// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Dynamic virtual channels: opened by allow-list of names, version 2 at most, nothing else passes.
/// Graphics capability versions that nobody here knows are not offered to the host.

#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>

#include <map>
#include <optional>

namespace lucid::rdp::relay {

struct DynamicDecision {
    bool pass = false;
    bool audio = false;
    /// Replaces the message.
    std::optional<Bytes> rewritten;
    /// Goes back to the host.
    std::optional<Bytes> answer;
};

class DynamicFilter {
  public:
    static constexpr std::size_t channels_max = 64;
    /// One DVC PDU fits one static channel message; DVC fragments at 1600 bytes itself.
    static constexpr std::size_t message_bytes_max = 64 * 1024;
    static constexpr std::uint16_t version_max = 2;

    DynamicFilter(const Policy& policy, Sink& sink) : policy_(policy), sink_(sink) {}

    Result<DynamicDecision> from_host(ByteView message);
    Result<DynamicDecision> from_client(ByteView message);
    /// What tells the host to draw on without acknowledgements, for a client that is gone; none
    /// before it acknowledged a frame.
    [[nodiscard]] std::optional<Bytes> suspend() const;

  private:
    Result<DynamicDecision> create(const proto::channels::DvcPdu& pdu);
    Policy policy_;
    Sink& sink_;
    struct Channel {
        bool audio = false;
        bool graphics = false;
        bool display = false;
        bool closing = false;   ///< one side has closed it, the other has not answered yet
        Bytes suspension = {};  ///< the client's last frame acknowledgement, as its last one
    };
    void close(std::uint32_t id);
    /// A layout that the policy's desktop limits allow?
    [[nodiscard]] bool fits_display(ByteView message) const;
    Result<DynamicDecision> graphics_from_client(const proto::channels::DvcPdu& pdu);
    std::map<std::uint32_t, Channel> open_;
};

}  // namespace lucid::rdp::relay
