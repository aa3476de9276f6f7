// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Dynamic virtual channels: opened by allow-list of names, version 2 at most, nothing else passes;
/// each within its grammar and budget (dynamic_grammar.hpp), or it is closed on both sides.
/// Graphics capability versions that nobody here knows are not offered to the host.

#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/relay/dynamic_grammar.hpp>
#include <lucid/rdp/relay/outgoing.hpp>
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>

namespace lucid::rdp::relay {

struct DynamicDecision {
    bool pass = false;
    bool audio = false;
    /// Replaces the message.
    std::optional<Bytes> rewritten;
    /// Goes back to the host.
    std::optional<Bytes> answer;
    /// Sent besides.
    Outbox also = {};
    /// What passes is a device's payload: it is not recorded.
    bool unrecorded = false;
};

class DynamicFilter {
  public:
    static constexpr std::size_t channels_max = 64;
    /// One DVC PDU fits one static channel message; DVC fragments at 1600 bytes itself.
    static constexpr std::size_t message_bytes_max = 64 * 1024;
    static constexpr std::uint16_t version_max = 2;
    /// Channels of cameras that a client announced.
    static constexpr std::size_t cameras_max = 16;

    DynamicFilter(const Policy& policy, Sink& sink) : policy_(policy), sink_(sink) {}

    void set_time(std::uint64_t now_us) { now_us_ = now_us; }
    Result<DynamicDecision> from_host(ByteView message);
    Result<DynamicDecision> from_client(ByteView message);
    /// What tells the host to draw on without acknowledgements, for a client that is gone; none
    /// before it acknowledged a frame.
    [[nodiscard]] std::optional<Bytes> suspend() const;
    /// The session is over: what open channels carried is told.
    void end();

  private:
    enum class State {
        offered,  ///< by the host, the client has not answered yet
        open,
        closing,  ///< one side has closed it, the other has not answered yet
        shut,     ///< closed by us: whatever is still said on it vanishes
    };
    struct Channel {
        DynamicKind kind{};
        std::string name;
        State state = State::offered;
        std::array<DynamicFlow, 2> flows = {};  ///< by side
        Bytes suspension = {};  ///< the client's last frame acknowledgement, as its last one
    };
    using Open = std::map<std::uint32_t, Channel>;

    Result<DynamicDecision> create(const proto::channels::DvcPdu& pdu);
    /// A message from a side for a channel that is there.
    Result<DynamicDecision> carry(Side from, Open::iterator channel,
                                  const proto::channels::DvcPdu& pdu);
    void close(Open::iterator channel);
    DynamicDecision shut(Open::iterator channel, std::string_view why);
    /// What the grammar alone does not say: null, or why the channel is shut.
    std::optional<std::string> look_into(Channel& channel, const proto::channels::DvcPdu& pdu);
    [[nodiscard]] bool allowed(std::string_view name) const;
    void tell_used(const Channel& channel) const;
    /// Data for a channel that is not there; the first is an event.
    DynamicDecision drop(std::uint32_t id);
    /// A layout that the policy's desktop limits allow?
    [[nodiscard]] bool fits_display(ByteView message) const;
    Result<DynamicDecision> graphics_from_client(const proto::channels::DvcPdu& pdu);

    Policy policy_;
    Sink& sink_;
    std::uint64_t now_us_ = 0;
    Open open_;
    std::set<std::string> cameras_;
    bool told_dropped_ = false;
};

}  // namespace lucid::rdp::relay
