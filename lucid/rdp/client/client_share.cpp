// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/capabilities.hpp>
#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/license.hpp>
#include <lucid/rdp/proto/updates.hpp>

// The I/O and the message channel: licensing, capabilities, finalization, errors, measurements.

namespace lucid::rdp::client {

Result<void> Client::io_data(ByteView packet, ByteView user_data) {
    if (!proto::is_share_control(user_data)) return secured_data(user_data);
    draw(packet);
    return share(user_data);
}

Result<void> Client::secured_data(ByteView user_data) {
    LUCID_TRY(const auto flags, proto::decode_security_flags(user_data));
    if ((flags & proto::sec_license_pkt) != 0) return license(user_data);
    if ((flags & proto::sec_redirection_pkt) != 0)
        return fail(Errc::unsupported, "server redirection");
    return fail(Errc::bad_value, "security header of the host", flags);
}

Result<void> Client::license(ByteView user_data) {
    LUCID_TRY(const auto pdu, proto::decode_license_pdu(user_data));
    if (pdu.type == proto::LicenseMessage::error_alert) {
        if (pdu.error_code != proto::license_valid_client)
            return fail(Errc::refused, "license", pdu.error_code);
        phase_ = Phase::capabilities;
        return {};
    }
    // A host that really licenses its clients says good-bye to this answer.
    if (pdu.type == proto::LicenseMessage::request)
        outlet_.data(outlet_.ids().io,
                     proto::encode_license_error(proto::license_err_no_license_server));
    return {};
}

Result<void> Client::share(ByteView user_data) {
    LUCID_TRY(const auto pdus, proto::decode_share_pdus(user_data));
    for (const auto& pdu : pdus) {
        switch (pdu.type) {
            case proto::PduType::demand_active:
                LUCID_CHECK(demand_active(user_data, pdu));
                break;
            case proto::PduType::deactivate_all:
                phase_ = Phase::capabilities;
                acknowledges_ = false;
                break;
            case proto::PduType::data:
                LUCID_CHECK(share_data(pdu));
                break;
            case proto::PduType::server_redirection:
                return fail(Errc::unsupported, "server redirection");
            case proto::PduType::confirm_active:
                return fail(Errc::bad_value, "confirm active of the host");
        }
        if (phase_ == Phase::ended) return {};
    }
    return {};
}

Result<void> Client::demand_active(ByteView user_data, const proto::ShareControlPdu& pdu) {
    LUCID_TRY(share_id_, proto::decode_share_id(pdu));
    HostDemand host{settings_.desktop_width, settings_.desktop_height, false};
    LUCID_TRY(const auto sets, proto::locate_capabilities(user_data));
    for (const auto& set : sets) {
        host.frame_acknowledge |= set.type == proto::capstype_frame_acknowledge;
        if (set.type != proto::capstype_bitmap) continue;
        LUCID_TRY(const auto bitmap,
                  proto::decode_bitmap_capability(user_data.subspan(set.offset, set.length)));
        host.desktop_width = bitmap.desktop_width;
        host.desktop_height = bitmap.desktop_height;
    }
    acknowledges_ = host.frame_acknowledge && settings_.graphics != Graphics::bitmap;
    const auto ours = make_capabilities(settings_, host);
    const auto& ids = outlet_.ids();
    outlet_.data(ids.io, proto::encode_confirm_active(share_id_, ids.user, ours.count, ours.bytes));
    // Client Synchronize, Control (Cooperate), Control (Request Control), Font List: 2.2.1.14 to
    // 2.2.1.18.
    constexpr std::uint16_t server_user = 1002;
    constexpr std::uint16_t synchronize = 1;
    constexpr std::uint16_t cooperate = 4;
    constexpr std::uint16_t request_control = 1;
    constexpr std::uint16_t font_list_first_and_last = 3;
    constexpr std::uint16_t font_entry_bytes = 50;
    send_share_data(proto::pdu_type2_synchronize,
                    Writer().u16_le(synchronize).u16_le(server_user).view());
    for (const auto action : {cooperate, request_control})
        send_share_data(proto::pdu_type2_control,
                        Writer().u16_le(action).u16_le(0).u32_le(0).view());
    send_share_data(proto::pdu_type2_font_list, Writer()
                                                    .u16_le(0)
                                                    .u16_le(0)
                                                    .u16_le(font_list_first_and_last)
                                                    .u16_le(font_entry_bytes)
                                                    .view());
    phase_ = Phase::finalizing;
    return {};
}

void Client::send_share_data(std::uint8_t type2, ByteView payload) {
    const auto& ids = outlet_.ids();
    outlet_.data(ids.io, proto::encode_share_data(share_id_, ids.user, type2, payload));
}

Result<void> Client::share_data(const proto::ShareControlPdu& pdu) {
    LUCID_TRY(const auto data, proto::decode_share_data(pdu));
    // The history of compression is the picture's; hosts compress updates only.
    if ((data.compressed_type & proto::packet_compressed) != 0) return {};
    switch (data.type2) {
        case proto::pdu_type2_font_map:
            if (phase_ != Phase::finalizing) return {};
            phase_ = Phase::active;
            events_.push_back(Activated{picture_.screen().width(), picture_.screen().height(),
                                        std::exchange(was_active_, true)});
            return input(std::array{lock_sync(false, false, false)});
        case proto::pdu_type2_set_error_info: {
            LUCID_TRY(const auto code, proto::decode_error_info(data.payload));
            if (code != 0) events_.push_back(HostError{code});
            return {};
        }
        case proto::pdu_type2_monitor_layout: {
            LUCID_TRY(auto monitors, proto::decode_host_monitors(data.payload));
            events_.push_back(HostMonitors{std::move(monitors)});
            return {};
        }
        case proto::pdu_type2_save_session_info:
            save_session_info(data.payload);
            return {};
        default:
            return {};
    }
}

void Client::save_session_info(ByteView payload) {
    constexpr std::uint32_t infotype_logon_extended_info = 3;
    const auto type = Reader(payload).u32_le("infoType");
    if (!type) return;
    if (*type != infotype_logon_extended_info) {
        events_.push_back(LoggedOn{});
        return;
    }
    const auto cookie = proto::auto_reconnect_cookie(payload);
    if (!cookie) return;
    cookie_ = crypto::Secret::copy_of(*cookie);
    events_.push_back(CookieGiven{});
}

Result<void> Client::message_data(ByteView user_data, std::uint64_t now_ms) {
    LUCID_TRY(const auto flags, proto::decode_security_flags(user_data));
    if ((flags & proto::sec_autodetect_req) == 0) return {};  // heartbeat: nothing to answer
    LUCID_TRY(const auto request, proto::decode_autodetect_request(user_data));
    const auto answer = line_.answer(request, now_ms);
    if (answer.empty()) return {};
    outlet_.data(outlet_.ids().message, answer);
    events_.push_back(
        NetworkMeasured{request.what == proto::AutoDetect::rtt ? "round trip" : "bandwidth"});
    return {};
}

}  // namespace lucid::rdp::client
