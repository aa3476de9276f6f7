// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/relay/relay.hpp>

#include <array>
#include <cstdio>

// The phase after Connect-Response: both directions, PDU by PDU. Connecting is in
// connect_phase.cpp.

namespace lucid::rdp::relay {
namespace {

using proto::McsPduType;

void put_u16(Bytes& bytes, std::size_t offset, std::uint16_t value) {
    bytes[offset] = static_cast<std::uint8_t>(value);
    bytes[offset + 1] = static_cast<std::uint8_t>(value >> 8);
}

/// Payload of a `key` event: down/up/unicode and a coarse group, never which printable key.
ByteArray<2> key_event(const proto::InputEvent& event) {
    constexpr std::uint8_t group_printable = 0;
    constexpr std::uint8_t group_modifier = 1;
    constexpr std::uint8_t group_special = 2;
    std::uint8_t flags = event.flags & 1U;
    if (event.code == proto::FastPathEvent::unicode)
        return {static_cast<std::uint8_t>(flags | 2U), group_printable};
    std::uint8_t group = group_printable;
    switch (event.key) {
        case 0x1d:
        case 0x2a:
        case 0x36:
        case 0x38:
        case 0x5b:
        case 0x5c:
        case 0x3a:
            group = group_modifier;
            break;
        case 0x01:
        case 0x0e:
        case 0x0f:
        case 0x1c:
            group = group_special;
            break;
        default:
            if ((event.key >= 0x3b && event.key <= 0x58) || (event.flags & 2U) != 0)
                group = group_special;
    }
    return {flags, group};
}

/// VCCAPS_COMPR_SC and _CS_8K off: channel messages must be readable. `data` is the user data at
/// the end of the packet.
Result<void> clear_channel_compression(Bytes& packet, ByteView data) {
    LUCID_TRY(const auto capabilities, proto::locate_capabilities(data));
    const auto data_offset = packet.size() - data.size();
    for (const auto& capability : capabilities) {
        if (capability.type != proto::capstype_virtual_channel || capability.length < 8) continue;
        const auto flags = data_offset + capability.offset + proto::virtual_channel_flags_offset;
        put_u16(packet, flags, 0);
        put_u16(packet, flags + 2, 0);
    }
    return {};
}

/// A chunk that is a whole message.
bool is_whole(ByteView chunk) {
    constexpr unsigned both =
        proto::channels::channel_flag_first | proto::channels::channel_flag_last;
    return chunk.size() >= 8 && (chunk[4] & both) == both;
}

}  // namespace

Relay::Relay(RelayInput input, Sink& sink)
    : input_(std::move(input)),
      sink_(sink),
      clipboard_(input_.policy, sink),
      dynamic_(input_.policy, sink),
      clipboard_parts_{
          proto::channels::Reassembler(ClipboardFilter::message_bytes_limit(input_.policy)),
          proto::channels::Reassembler(ClipboardFilter::message_bytes_limit(input_.policy))},
      dynamic_parts_{proto::channels::Reassembler(DynamicFilter::message_bytes_max),
                     proto::channels::Reassembler(DynamicFilter::message_bytes_max)} {}

Relay::Role Relay::role_of(std::uint16_t channel) const {
    const auto found = roles_.find(channel);
    return found == roles_.end() ? Role::opaque : found->second;
}

Result<std::size_t> Relay::from_client(ByteView data) {
    std::size_t done = 0;
    for (;;) {
        const auto rest = data.subspan(done);
        LUCID_TRY(const auto frame, proto::peek_pdu(rest));
        if (!frame || rest.size() < frame->length) return done;
        const auto packet = rest.first(frame->length);
        if (frame->fast_path) {
            if (stage_ != Stage::running) return fail(Errc::refused, "client input before login");
            LUCID_CHECK(client_input(packet));
        } else if (stage_ == Stage::connect_initial) {
            LUCID_CHECK(on_connect_initial(packet));
        } else if (stage_ == Stage::connect_response) {
            return done;  // the host's answer comes first
        } else {
            LUCID_CHECK(client_packet(packet));
        }
        done += frame->length;
    }
}

Result<std::size_t> Relay::from_host(ByteView data) {
    std::size_t done = 0;
    // Runs of untouched PDUs go out as one piece.
    std::size_t run_start = 0;
    const auto flush = [&](std::size_t end) {
        if (end > run_start) sink_.to_client(data.subspan(run_start, end - run_start));
    };
    for (;;) {
        const auto rest = data.subspan(done);
        auto frame = proto::peek_pdu(rest);
        if (!frame) {
            flush(done);
            return fail(frame.error());
        }
        if (!*frame || rest.size() < (*frame)->length) break;
        const auto packet = rest.first((*frame)->length);
        bool untouched = true;
        if ((*frame)->fast_path) {
            if (stage_ != Stage::running) return fail(Errc::refused, "host output before login");
            sink_.record(EventClass::screen, EventKind::server_pdu, packet);
        } else if (stage_ == Stage::connect_response) {
            LUCID_CHECK(on_connect_response(packet));
            untouched = false;
        } else if (stage_ == Stage::connect_initial) {
            return fail(Errc::refused, "host spoke first");
        } else {
            // What the packet itself sends to the client must not overtake the run before it.
            flush(done);
            run_start = done;
            LUCID_TRY(untouched, host_packet(packet));
        }
        done += packet.size();
        if (!untouched) run_start = done;
    }
    flush(done);
    return done;
}

Result<void> Relay::client_input(ByteView pdu) {
    LUCID_TRY(const auto events, proto::decode_fast_path_input(pdu));
    ++input_count_;
    bool keys = false;
    for (const auto& event : events)
        keys = keys || event.code == proto::FastPathEvent::scancode ||
               event.code == proto::FastPathEvent::unicode;
    if (!keys || input_.policy.keyboard == KeyboardRecording::full) {
        sink_.record(EventClass::input, EventKind::client_pdu, pdu);
    } else if (input_.policy.keyboard == KeyboardRecording::timing) {
        for (const auto& event : events)
            if (event.code == proto::FastPathEvent::scancode ||
                event.code == proto::FastPathEvent::unicode)
                sink_.record(EventClass::input, EventKind::key, key_event(event));
    }
    sink_.to_host(pdu);
    return {};
}

Result<void> Relay::client_packet(ByteView packet) {
    LUCID_TRY(const auto pdu, proto::decode_mcs_pdu(packet));
    switch (pdu.type) {
        case McsPduType::disconnect_provider_ultimatum:
            farewell_ = "client disconnected";
            sink_.to_host(packet);
            return {};
        case McsPduType::erect_domain_request:
        case McsPduType::attach_user_request:
        case McsPduType::channel_join_request:
            sink_.to_host(packet);
            return {};
        case McsPduType::send_data_request:
            break;
        default:
            return fail(Errc::refused, "client mcs pdu", static_cast<std::uint8_t>(pdu.type));
    }
    if (client_user_ == 0) client_user_ = pdu.initiator;
    if (pdu.channel == io_channel_) return client_io(pdu, packet);
    const auto role = role_of(pdu.channel);
    if (!info_passed_ && role != Role::message)
        return fail(Errc::refused, "client data before login");
    return client_channel(role, pdu, packet);
}

Result<void> Relay::client_io(const proto::McsPdu& pdu, ByteView packet) {
    if (!info_passed_) {
        LUCID_CHECK(client_info(pdu));
        info_passed_ = true;
        stage_ = Stage::running;
        return {};
    }
    const auto control = proto::decode_share_control(pdu.data);
    if (!control) {
        // Licensing answers have a security header instead of a share control header.
        sink_.to_host(packet);
        return {};
    }
    if (control->type == proto::PduType::confirm_active) {
        Bytes patched = to_bytes(packet);
        LUCID_CHECK(clear_channel_compression(patched, pdu.data));
        sink_.record(EventClass::input, EventKind::client_pdu, patched);
        sink_.to_host(patched);
        if (!active_) sink_.note("active", "");
        active_ = true;
        return {};
    }
    if (control->type == proto::PduType::data) {
        const auto data = proto::decode_share_data(*control);
        if (data && data->type2 == proto::pdu_type2_input) {
            ++input_count_;
            if (input_.policy.keyboard == KeyboardRecording::full)
                sink_.record(EventClass::input, EventKind::client_pdu, packet);
            sink_.to_host(packet);
            return {};
        }
    }
    sink_.record(EventClass::input, EventKind::client_pdu, packet);
    sink_.to_host(packet);
    return {};
}

void Relay::send_channel(Side to, std::uint16_t channel, ByteView message, EventClass event_class,
                         EventKind kind) {
    const bool to_host = to == Side::host;
    const auto type = to_host ? McsPduType::send_data_request : McsPduType::send_data_indication;
    for (const auto& chunk : proto::channels::encode_chunks(message, to_host)) {
        const auto packet =
            proto::encode_send_data(type, to_host ? client_user_ : host_user_, channel, chunk);
        if (to_host)
            sink_.to_host(packet);
        else
            sink_.to_client(packet);
        if (kind != EventKind::transfer) sink_.record(event_class, kind, packet);
    }
}

Result<void> Relay::clipboard_chunk(Side from, ByteView chunk) {
    const bool client = from == Side::client;
    LUCID_TRY(const auto message, clipboard_parts_[client ? 0 : 1].add(chunk));
    if (!message) return {};
    LUCID_TRY(const auto decision, clipboard_.decide(from, *message));
    const auto other = client ? Side::host : Side::client;
    // A body is represented by its transfer event alone (evidence.md, Never recorded).
    const auto kind = decision.has_body ? EventKind::transfer
                      : client          ? EventKind::client_channel
                                        : EventKind::server_channel;
    if (decision.pass)
        send_channel(other, clipboard_channel_, *message, EventClass::channels, kind);
    if (decision.answer)
        send_channel(from, clipboard_channel_, *decision.answer, EventClass::channels,
                     client ? EventKind::server_channel : EventKind::client_channel);
    return {};
}

Result<bool> Relay::dynamic_chunk(Side from, ByteView chunk) {
    const bool client = from == Side::client;
    const bool whole = is_whole(chunk);
    LUCID_TRY(const auto message, dynamic_parts_[client ? 0 : 1].add(chunk));
    if (!message) return false;
    LUCID_TRY(const auto decision,
              client ? dynamic_.from_client(*message) : dynamic_.from_host(*message));
    if (decision.answer)
        send_channel(Side::host, dynamic_channel_, *decision.answer, EventClass::channels,
                     EventKind::client_channel);
    if (!decision.pass) return false;
    if (whole && !decision.rewritten) return true;
    const ByteView out = decision.rewritten ? ByteView(*decision.rewritten) : *message;
    if (client)
        send_channel(Side::host, dynamic_channel_, out, EventClass::channels,
                     EventKind::client_channel);
    else if (decision.audio)
        send_channel(Side::client, dynamic_channel_, out, EventClass::audio,
                     EventKind::server_audio);
    else
        send_channel(Side::client, dynamic_channel_, out, EventClass::screen,
                     EventKind::server_pdu);
    return false;
}

Result<void> Relay::client_channel(Role role, const proto::McsPdu& pdu, ByteView packet) {
    switch (role) {
        case Role::refused:
            return {};
        case Role::clipboard:
            return clipboard_chunk(Side::client, pdu.data);
        case Role::dynamic: {
            LUCID_TRY(const bool pass, dynamic_chunk(Side::client, pdu.data));
            if (!pass) return {};
            sink_.record(EventClass::channels, EventKind::client_channel, packet);
            break;
        }
        case Role::audio:
            sink_.record(EventClass::audio, EventKind::client_audio, packet);
            break;
        case Role::device:
        case Role::message:
            break;
        case Role::opaque:
            return fail(Errc::refused, "client channel nobody opened", pdu.channel);
    }
    sink_.to_host(packet);
    return {};
}

Result<bool> Relay::host_packet(ByteView packet) {
    LUCID_TRY(const auto pdu, proto::decode_mcs_pdu(packet));
    switch (pdu.type) {
        case McsPduType::disconnect_provider_ultimatum:
            if (farewell_.empty()) {
                farewell_ = "host disconnected";
                if (error_info_ != 0) {
                    std::array<char, 32> text{};
                    std::snprintf(text.data(), text.size(), " (error info 0x%08x)", error_info_);
                    farewell_ += text.data();
                }
            }
            return true;
        case McsPduType::attach_user_confirm:
        case McsPduType::channel_join_confirm:
            return true;
        case McsPduType::send_data_indication:
            break;
        default:
            return fail(Errc::refused, "host mcs pdu", static_cast<std::uint8_t>(pdu.type));
    }
    host_user_ = pdu.initiator;
    const auto role = role_of(pdu.channel);
    if (pdu.channel != io_channel_) return host_channel(role, pdu, packet);
    if (!info_passed_) return fail(Errc::refused, "host data before login");
    return host_io(pdu, packet);
}

Result<bool> Relay::host_io(const proto::McsPdu& pdu, ByteView packet) {
    const auto control = proto::decode_share_control(pdu.data);
    if (control && control->type == proto::PduType::demand_active) {
        Bytes patched = to_bytes(packet);
        LUCID_CHECK(clear_channel_compression(patched, pdu.data));
        sink_.record(EventClass::screen, EventKind::server_pdu, patched);
        sink_.to_client(patched);
        return false;
    }
    if (control && control->type == proto::PduType::server_redirection)
        return fail(Errc::refused, "host redirects to another host");
    if (control && control->type == proto::PduType::data) {
        LUCID_TRY(const bool pass, host_data_pdu(*control));
        if (!pass) return false;
    }
    sink_.record(EventClass::screen, EventKind::server_pdu, packet);
    return true;
}

Result<bool> Relay::host_data_pdu(const proto::ShareControlPdu& control) {
    LUCID_TRY(const auto data, proto::decode_share_data(control));
    const bool compressed = (data.compressed_type & proto::packet_compressed) != 0;
    if (data.type2 == proto::pdu_type2_set_error_info && !compressed && data.payload.size() >= 4) {
        error_info_ = 0;
        for (std::size_t i = 0; i < 4; ++i)
            error_info_ |= std::uint32_t{data.payload[i]} << (8 * i);
    }
    if (data.type2 != proto::pdu_type2_save_session_info) return true;
    // A compressed one cannot be looked into, and dropping it would upset the client's
    // decompressor.
    if (compressed) return fail(Errc::unsupported, "compressed Save Session Info");
    if (!proto::has_auto_reconnect_cookie(data.payload)) return true;
    sink_.note("auto-reconnect cookie removed", "");
    return false;
}

Result<bool> Relay::host_channel(Role role, const proto::McsPdu& pdu, ByteView packet) {
    switch (role) {
        case Role::refused:
            return false;
        case Role::clipboard:
            LUCID_CHECK(clipboard_chunk(Side::host, pdu.data));
            return false;
        case Role::dynamic: {
            LUCID_TRY(const bool pass, dynamic_chunk(Side::host, pdu.data));
            if (pass) sink_.record(EventClass::screen, EventKind::server_pdu, packet);
            return pass;
        }
        case Role::audio:
            sink_.record(EventClass::audio, EventKind::server_audio, packet);
            return true;
        case Role::device:
        case Role::message:
            return true;
        case Role::opaque:
            break;
    }
    return fail(Errc::refused, "host channel nobody opened", pdu.channel);
}

}  // namespace lucid::rdp::relay
