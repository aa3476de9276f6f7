// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The relay machine: from MCS Connect-Initial to the end of the session. Takes plaintext bytes of
/// both legs, passes PDUs on, rewrites and refuses what it must (architecture §4, Rewritten), and
/// records what was passed. No I/O; the time is told.
///
///   Relay relay(std::move(input), sink);
///   consumed = relay.from_client(bytes);   // whole PDUs only; keep the rest
///   consumed = relay.from_host(bytes);
///
/// An error is a protocol violation or a refusal that ends the session; its context is the reason.

#include <lucid/rdp/handshake/connector.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/redirection.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/relay/clipboard_filter.hpp>
#include <lucid/rdp/relay/device_filter.hpp>
#include <lucid/rdp/relay/dynamic_filter.hpp>
#include <lucid/rdp/relay/host_join.hpp>
#include <lucid/rdp/relay/policy.hpp>
#include <lucid/rdp/relay/sink.hpp>
#include <lucid/rdp/relay/window_watch.hpp>

#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace lucid::rdp::relay {

struct RelayInput {
    std::uint32_t client_requested_protocols = 0;  ///< from Ready
    std::uint32_t host_selected_protocol = 0;      ///< from Connected
    /// False: Client Info must carry the ticket (TLS-only client leg).
    bool client_authenticated = true;
    Bytes user_name;  ///< vaulted, UTF-16LE
    Bytes domain_name;
    /// Empty for NLA hosts, which have it already.
    crypto::Secret password;
    /// Its auto-reconnect cookie from an earlier connection of this session; empty: none.
    crypto::Secret host_cookie;
    Policy policy;
};

/// The host that a session goes on with after a redirection; fields as in RelayInput.
struct NextHost {
    std::uint32_t selected_protocol = 0;
    Bytes user_name;
    Bytes domain_name;
    crypto::Secret password;
    crypto::Secret host_cookie;
};

class Relay {
  public:
    /// `sink` must outlive the relay.
    Relay(RelayInput input, Sink& sink);

    /// Time of what comes next, µs since the session's start: rates are by it.
    void set_time(std::uint64_t now_us) {
        clipboard_.set_time(now_us);
        dynamic_.set_time(now_us);
    }
    /// Gives how many bytes of `data` are done with.
    Result<std::size_t> from_client(ByteView data);
    Result<std::size_t> from_host(ByteView data);

    /// The scanner's word on what Sink::scan() asked.
    void on_verdict(std::uint32_t id, const scan::proto::ScanResult& result);

    /// The client's connection broke and the host's goes on: frames are wanted without it.
    void client_gone();
    /// The session is over: what is still open is recorded.
    void end();

    /// Where the host sends the client, before a desktop was shown: nothing is taken from either
    /// side until go_on_with() a connected host, or the session's end. What is left of the host's
    /// bytes is void.
    [[nodiscard]] const std::optional<proto::ServerRedirection>& redirection() const {
        return redirection_;
    }
    /// The client does not learn of it: MCS and Client Info are done in its place. Its bytes are
    /// not taken (from_client gives 0) while that lasts.
    void go_on_with(NextHost host);
    [[nodiscard]] bool changing_host() const { return redirection_ || joining_; }

    /// The desktop is up: Confirm Active has been passed.
    [[nodiscard]] bool active() const { return active_; }
    /// Either that, or the host draws already.
    [[nodiscard]] bool started() const { return active_ || drawn_; }
    /// Input PDUs passed so far, for the idle limit.
    [[nodiscard]] std::uint64_t input_count() const { return input_count_; }
    /// Who said goodbye, empty while nobody did: "client disconnected", "host disconnected (error
    /// info 0x…)".
    [[nodiscard]] const std::string& farewell() const { return farewell_; }

  private:
    /// Longest message of a remote program.
    static constexpr std::size_t rail_message_bytes_max = 64 * 1024;
    enum class Stage { connect_initial, connect_response, joining, running };
    enum class Role { message, clipboard, dynamic, audio, device, rail, refused, opaque };

    Result<void> on_connect_initial(ByteView packet);
    Result<void> on_connect_response(ByteView packet);
    Result<void> client_packet(ByteView packet);
    Result<void> client_io(const proto::McsPdu& pdu, ByteView packet);
    Result<void> client_info(const proto::McsPdu& pdu);
    Result<void> send_client_info();
    Result<void> client_input(ByteView pdu);
    Result<void> client_channel(Role role, const proto::McsPdu& pdu, ByteView packet);
    void record_input(const std::vector<proto::InputEvent>& events, ByteView packet);
    /// Tells whether the packet goes to the client untouched.
    Result<bool> host_packet(ByteView packet);
    Result<bool> host_io(const proto::McsPdu& pdu, ByteView packet);
    Result<bool> host_share(const proto::McsPdu& pdu, ByteView packet);
    /// What stands behind a security header: licensing, message channel.
    Result<bool> host_secured(const proto::McsPdu& pdu);
    /// Licensing that the client has behind it, with the first host, is kept from it.
    Result<bool> host_licensing(const proto::McsPdu& pdu);
    /// Always tells that the packet does not pass.
    Result<bool> redirected(Result<proto::ServerRedirection> redirection);
    Result<void> join_packet(ByteView packet);
    /// Tells whether an auto-reconnect cookie must be taken out of it.
    Result<bool> host_data_pdu(const proto::ShareDataPdu& data);
    Result<bool> host_channel(Role role, const proto::McsPdu& pdu, ByteView packet);
    Result<void> clipboard_chunk(Side from, ByteView chunk);
    /// These tell whether the packet may pass untouched; everything else is done inside.
    Result<bool> dynamic_chunk(Side from, ByteView chunk, ByteView packet);
    Result<bool> device_chunk(Side from, ByteView chunk);
    Result<void> rail_chunk(Side from, ByteView chunk);
    /// The first data on a refused channel, or on one that is passed as it is, is an event.
    void drop_refused(std::uint16_t channel);
    void tell_used(std::uint16_t channel);
    [[nodiscard]] Role role_of(std::uint16_t channel) const;
    /// Sends a whole channel message in chunks; to the client they are recorded as `kind` too.
    void send_outbox(std::uint16_t channel, const Outbox& outbox);
    void send_devices(const Outbox& outbox);
    void send_channel(Side to, std::uint16_t channel, ByteView message, EventClass event_class,
                      EventKind kind);

    RelayInput input_;
    HostIdSink sink_;
    Stage stage_ = Stage::connect_initial;
    std::vector<proto::ChannelDefinition> definitions_;
    std::vector<bool> offered_;  ///< to the host, by definition
    std::map<std::uint16_t, Role> roles_;
    Bytes connect_initial_;   ///< as forwarded
    McsIds client_ids_;       ///< what the client agreed with the first host
    proto::ClientInfo info_;  ///< as forwarded, without the password
    std::uint16_t io_channel_ = 0;
    std::uint16_t clipboard_channel_ = 0;
    std::uint16_t dynamic_channel_ = 0;
    std::uint16_t device_channel_ = 0;
    std::set<std::uint16_t> told_refused_;
    std::set<std::uint16_t> told_used_;
    std::uint16_t client_user_ = 0;
    std::uint16_t host_user_ = 1002;
    bool info_passed_ = false;
    bool licensed_ = false;  ///< the client was told so
    /// Licensing is over.
    bool demanded_ = false;
    std::optional<proto::ServerRedirection> redirection_;
    std::optional<HostJoin> joining_;
    bool host_changed_ = false;
    /// What the client says on the message channel still answers the host before.
    bool message_stale_ = false;
    bool active_ = false;
    bool drawn_ = false;
    std::uint64_t input_count_ = 0;
    std::uint32_t error_info_ = 0;
    std::string farewell_;
    ScanDesk desk_;
    ClipboardFilter clipboard_;
    DynamicFilter dynamic_;
    DeviceFilter device_;
    WindowWatch windows_;
    /// By side: [0] from the client, [1] from the host.
    std::array<proto::channels::Reassembler, 2> clipboard_parts_;
    std::array<proto::channels::Reassembler, 2> dynamic_parts_;
    std::array<proto::channels::Reassembler, 2> device_parts_;
    std::array<proto::channels::Reassembler, 2> rail_parts_;
};

}  // namespace lucid::rdp::relay
