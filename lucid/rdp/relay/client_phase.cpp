// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/relay/relay.hpp>
#include <lucid/rdp/relay/rewrite.hpp>

#include <algorithm>

// Client → host once the connect PDUs are through: input, share PDUs, where channel data goes.

namespace lucid::rdp::relay {
namespace {

using proto::McsPduType;

bool is_key(const proto::InputEvent& event) {
    return event.code == proto::FastPathEvent::scancode ||
           event.code == proto::FastPathEvent::unicode;
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
        case 0x1d:  // control
        case 0x2a:  // left shift
        case 0x36:  // right shift
        case 0x38:  // alt
        case 0x3a:  // caps lock
        case 0x45:  // num lock
        case 0x46:  // scroll lock
        case 0x5b:  // left and right Windows keys
        case 0x5c:
            group = group_modifier;
            break;
        case 0x01:  // escape
        case 0x0e:  // backspace
        case 0x0f:  // tab
        case 0x1c:  // enter
        case 0x57:  // F11, F12
        case 0x58:
            group = group_special;
            break;
        default:
            // F1 to F10, and the extended block: arrows, home, delete, …
            if ((event.key >= 0x3b && event.key <= 0x44) || (event.flags & 2U) != 0)
                group = group_special;
    }
    return {flags, group};
}

}  // namespace

Result<void> Relay::client_input(ByteView pdu) {
    LUCID_TRY(const auto events, proto::decode_fast_path_input(pdu));
    ++input_count_;
    record_input(events, pdu);
    sink_.to_host(pdu);
    return {};
}

void Relay::record_input(const std::vector<proto::InputEvent>& events, ByteView packet) {
    const bool keys = std::any_of(events.begin(), events.end(), is_key);
    const bool full = input_.policy.keyboard == KeyboardRecording::full && !windows_.masks_keys();
    if (!keys || full) {
        sink_.record(EventClass::input, EventKind::client_pdu, packet);
    } else if (input_.policy.keyboard != KeyboardRecording::none) {
        for (const auto& event : events)
            if (is_key(event)) sink_.record(EventClass::input, EventKind::key, key_event(event));
    }
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
    if (!info_passed_) return fail(Errc::refused, "client data before login");
    return client_channel(role_of(pdu.channel), pdu, packet);
}

Result<void> Relay::client_io(const proto::McsPdu& pdu, ByteView packet) {
    if (!info_passed_) {
        LUCID_CHECK(client_info(pdu));
        info_passed_ = true;
        stage_ = Stage::running;
        return {};
    }
    if (!demanded_) {
        // Licensing answers hold key material and the client's hardware id: not recorded.
        LUCID_TRY(const auto flags, proto::decode_security_flags(pdu.data));
        if ((flags & proto::sec_license_pkt) == 0)
            return fail(Errc::refused, "client data before activation", flags);
        sink_.to_host(packet);
        return {};
    }
    LUCID_TRY(const auto pdus, proto::decode_share_pdus(pdu.data));
    std::vector<proto::InputEvent> events;
    for (const auto& control : pdus) {
        if (control.type == proto::PduType::confirm_active) {
            if (pdus.size() != 1) return fail(Errc::refused, "Confirm Active among other PDUs");
            Bytes patched = to_bytes(packet);
            LUCID_CHECK(clear_channel_compression(patched, pdu.data));
            sink_.record(EventClass::input, EventKind::client_pdu, patched);
            sink_.to_host(patched);
            if (!active_) sink_.note("active", "");
            active_ = true;
            return {};
        }
        if (control.type != proto::PduType::data)
            return fail(Errc::refused, "client share pdu", static_cast<std::uint8_t>(control.type));
        LUCID_TRY(const auto data, proto::decode_share_data(control));
        if (data.type2 != proto::pdu_type2_input) continue;
        if ((data.compressed_type & proto::packet_compressed) != 0)
            return fail(Errc::unsupported, "compressed input");
        LUCID_TRY(const auto more, proto::decode_slow_path_input(data.payload));
        events.insert(events.end(), more.begin(), more.end());
        ++input_count_;
    }
    record_input(events, packet);
    sink_.to_host(packet);
    return {};
}

}  // namespace lucid::rdp::relay
