// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Clipboard by direction, kind, size, rate and file name, on whole messages. Data flows only after
/// it was announced and asked for; who asks for what is refused gets the protocol's own failing
/// answer. Files that are to be scanned go through a ClipboardHold.

#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/relay/clipboard_hold.hpp>
#include <lucid/rdp/relay/clipboard_kind.hpp>
#include <lucid/rdp/relay/sink.hpp>
#include <lucid/rdp/relay/transfer_event.hpp>

#include <deque>
#include <map>
#include <optional>

namespace lucid::rdp::relay {

/// What becomes of one message.
struct ClipboardDecision {
    bool pass = false;
    /// Passed instead of the message.
    std::optional<Bytes> rewritten;
    /// Goes back to the sender.
    std::optional<Bytes> answer;
    /// What passes must not be recorded; a transfer event stands for it.
    bool has_body = false;
    /// Sent besides, in this order.
    Outbox also = {};
};

class ClipboardFilter {
  public:
    /// Longest message taken whole: the largest body the policy allows, and room for lists. Longer
    /// ones are only counted and hashed.
    [[nodiscard]] static std::size_t message_bytes_limit(const Policy& policy) {
        return std::size_t{policy.clipboard_bytes_max} + 64 * 1024;
    }
    /// What decide_oversized() needs of a message: its header.
    static constexpr std::size_t header_bytes = 8;
    /// Requests for file contents without answer, per side.
    static constexpr std::size_t streams_max = 64;

    /// `sink` and `desk` must outlive the filter.
    ClipboardFilter(const Policy& policy, Sink& sink, ScanDesk& desk)
        : policy_(policy), sink_(sink), desk_(desk), hold_(policy_, sink, desk) {}
    ClipboardFilter(const ClipboardFilter&) = delete;
    ClipboardFilter& operator=(const ClipboardFilter&) = delete;

    void set_time(std::uint64_t now_us) { now_us_ = now_us; }

    /// `from` sent this whole message.
    Result<ClipboardDecision> decide(Side from, ByteView message);
    /// `from` sent a message beyond the limit: refused, and whoever waits for it is told.
    Result<ClipboardDecision> decide_oversized(Side from,
                                               const proto::channels::OversizedMessage& message);

    /// False: not a scan of this filter.
    [[nodiscard]] bool verdict(std::uint32_t id, const scan::proto::ScanResult& result,
                               Outbox& out) {
        return hold_.verdict(id, result, out);
    }
    /// The session is over: what went over in part is told.
    void end();

  private:
    /// A file that is offered, and what of it went over in one piece from its start.
    struct File {
        std::string name;
        std::optional<std::uint64_t> size;
        std::uint64_t bytes = 0;
        crypto::Sha256 hash;
    };
    /// What is known of one side.
    struct Party {
        bool long_names = false;
        /// Names of the formats it announced last.
        std::map<std::uint32_t, std::string> formats;
        /// What it was asked for: a response without request is not passed.
        std::optional<std::uint32_t> format;
        std::map<std::uint32_t, proto::channels::FileContentsRequest> streams;
        /// Files it offered last, by index.
        std::vector<File> files;
        /// When contents of it passed, within the last minute.
        std::deque<std::uint64_t> handed_over_us;
    };

    [[nodiscard]] bool allowed(Side from) const {
        return from == Side::client ? policy_.clipboard_to_host : policy_.clipboard_to_client;
    }
    [[nodiscard]] Party& party(Side side) { return side == Side::client ? client_ : host_; }
    Result<ClipboardDecision> on_caps(Side from, const proto::channels::ClipMessage& message);
    Result<ClipboardDecision> on_format_list(Side from,
                                             const proto::channels::ClipMessage& message);
    Result<ClipboardDecision> on_data_request(Side from,
                                              const proto::channels::ClipMessage& message);
    Result<ClipboardDecision> on_data(Side from, const proto::channels::ClipMessage& message);
    Result<ClipboardDecision> on_file_request(Side from,
                                              const proto::channels::ClipMessage& message);
    ClipboardDecision on_files(Side from, const proto::channels::ClipMessage& message);
    [[nodiscard]] ClipboardKind kind_of(Side side, std::uint32_t format);
    /// Counts a hand-over unless the rate is used up.
    bool within_rate(Side from);
    [[nodiscard]] const char* refusal_of(Side owner,
                                         const proto::channels::FileContentsRequest& request);
    void follow_file(Side from, const proto::channels::FileContentsRequest& request, ByteView body);
    void take_file_list(Side from, ByteView data, Outbox& out);
    /// Files of which a part went over.
    void tell_open_files(Side from);
    void refused(Side from, std::string_view what, std::size_t size);
    void data_event(Side from, std::uint32_t format, std::uint64_t size, const Hash32& sha256,
                    bool allowed_now);
    void file_event(Side from, std::string name, std::uint64_t size, const Hash32& sha256,
                    bool allowed_now);

    Policy policy_;
    Sink& sink_;
    ScanDesk& desk_;
    ClipboardHold hold_;
    Party client_;
    Party host_;
    std::uint64_t now_us_ = 0;
};

}  // namespace lucid::rdp::relay
