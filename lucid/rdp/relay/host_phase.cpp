// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/relay/relay.hpp>
#include <lucid/rdp/relay/rewrite.hpp>

#include <array>
#include <cstdio>

// Host → client once the connect PDUs are through.

namespace lucid::rdp::relay {
namespace {

using proto::McsPduType;

}  // namespace

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
    if (demanded_ || proto::is_share_control(pdu.data)) return host_share(pdu, packet);
    LUCID_TRY(const bool pass, host_secured(pdu));
    if (pass) sink_.record(EventClass::screen, EventKind::server_pdu, packet);
    return pass;
}

Result<bool> Relay::host_secured(const proto::McsPdu& pdu) {
    LUCID_TRY(const auto flags, proto::decode_security_flags(pdu.data));
    if ((flags & proto::sec_encrypt) != 0)
        return fail(Errc::refused, "host encrypts inside TLS", flags);
    if ((flags & proto::sec_redirection_pkt) != 0)
        return redirected(proto::decode_standard_redirection(pdu.data));
    if ((flags & proto::sec_license_pkt) != 0) return host_licensing(pdu);
    if ((flags & proto::sec_transport_req) != 0) {
        // Multitransport was switched off on both legs; a request for it leads past the recording.
        sink_.note("multitransport refused", "");
        return false;
    }
    return true;
}

Result<bool> Relay::host_share(const proto::McsPdu& pdu, ByteView packet) {
    LUCID_TRY(const auto pdus, proto::decode_share_pdus(pdu.data));
    Bytes patched;
    for (const auto& control : pdus) {
        if (control.type == proto::PduType::server_redirection) {
            if (pdus.size() != 1) return fail(Errc::refused, "redirection among other PDUs");
            return redirected(proto::decode_enhanced_redirection(control.body));
        }
        if (control.type == proto::PduType::demand_active) {
            if (pdus.size() != 1) return fail(Errc::refused, "Demand Active among other PDUs");
            patched = to_bytes(packet);
            LUCID_CHECK(clear_channel_compression(patched, pdu.data));
            demanded_ = true;
        }
        if (control.type != proto::PduType::data) continue;
        LUCID_TRY(const auto data, proto::decode_share_data(control));
        LUCID_TRY(const bool cookie, host_data_pdu(data));
        if (!cookie) continue;
        if (const auto kept = proto::auto_reconnect_cookie(data.payload))
            sink_.keep_host_cookie(crypto::Secret::copy_of(*kept));
        if (patched.empty()) patched = to_bytes(packet);
        const auto offset = static_cast<std::size_t>(data.payload.data() - packet.data());
        proto::remove_auto_reconnect_cookie(
            MutableByteView(patched).subspan(offset, data.payload.size()));
        sink_.note("auto-reconnect cookie removed", "from host");
    }
    if (patched.empty()) {
        sink_.record(EventClass::screen, EventKind::server_pdu, packet);
        return true;
    }
    sink_.record(EventClass::screen, EventKind::server_pdu, patched);
    sink_.to_client(patched);
    return false;
}

Result<bool> Relay::host_data_pdu(const proto::ShareDataPdu& data) {
    const bool compressed = (data.compressed_type & proto::packet_compressed) != 0;
    if (data.type2 == proto::pdu_type2_set_error_info && !compressed) {
        LUCID_TRY(error_info_, proto::decode_error_info(data.payload));
    }
    if (data.type2 != proto::pdu_type2_save_session_info) return false;
    // A compressed one cannot be looked into, and dropping it would upset the client's
    // decompressor.
    if (compressed) return fail(Errc::unsupported, "compressed Save Session Info");
    return proto::has_auto_reconnect_cookie(data.payload);
}

}  // namespace lucid::rdp::relay
