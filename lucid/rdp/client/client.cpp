// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/client/graphics_caps.hpp>
#include <lucid/rdp/handshake/reconnect_cookie.hpp>
#include <lucid/rdp/proto/channels/egfx_commands.hpp>
#include <lucid/rdp/proto/client_data.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/updates.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <algorithm>

namespace lucid::rdp::client {
namespace {

/// Flags of Client Info (MS-RDPBCGR 2.2.1.11.1.1) beside those that proto names.
constexpr std::uint32_t info_mouse = 0x00000001;
constexpr std::uint32_t info_disable_ctrl_alt_del = 0x00000002;
constexpr std::uint32_t info_maximize_shell = 0x00000020;
constexpr std::uint32_t info_logon_notify = 0x00000040;
constexpr std::uint32_t info_enable_windows_key = 0x00000100;
constexpr std::uint32_t info_logon_errors = 0x00010000;
constexpr std::uint32_t info_mouse_has_wheel = 0x00020000;
/// PACKET_COMPR_TYPE_RDP61: rdp/bulk knows all four.
constexpr std::uint32_t info_compression_rdp61 = 0x00000600;

/// Behind it there is only SUSPEND_FRAME_ACKNOWLEDGEMENT (MS-RDPEGFX 2.2.2.13).
constexpr std::size_t queue_depth_max = 0xfffffffe;

std::set<std::string, std::less<>> wanted_dynamic(const Settings& settings) {
    std::set<std::string, std::less<>> names = {std::string(display_channel_name),
                                                std::string(touch_channel_name)};
    if (!make_graphics_caps(settings.graphics).empty()) names.emplace(graphics_channel_name);
    if (settings.sound) names.emplace(sound_channel_name);
    return names;
}

}  // namespace

Client::Client(Settings settings, picture::MakeAvcDecoder make_avc, DriveFolder* folder)
    : settings_(std::move(settings)),
      picture_({std::move(make_avc), picture::pixel_memory_max, {}}),
      dynamic_(wanted_dynamic(settings_)),
      sound_(settings_.compressed_sound),
      dynamic_sound_(settings_.compressed_sound),
      drive_(settings_.client_name, settings_.drive, settings_.drive_growth_bytes_max, folder) {
    LUCID_ASSERT(!settings_.drive || folder != nullptr);
    // Sound of Windows hosts needs the devices' channel beside its own.
    if (settings_.drive || settings_.sound) wanted_.push_back(StaticChannel::devices);
    if (settings_.sound) wanted_.push_back(StaticChannel::sound);
    if (settings_.clipboard) wanted_.push_back(StaticChannel::clipboard);
    wanted_.push_back(StaticChannel::dynamic);
}

const char* Client::phase_name() const {
    switch (phase_) {
        case Phase::start:
        case Phase::joining:
            return "joining channels";
        case Phase::licensing:
            return "login and licensing";
        case Phase::capabilities:
            return "waiting for the host's capabilities";
        case Phase::finalizing:
            return "finalizing the connection";
        case Phase::active:
            return "active";
        case Phase::ended:
            return "ended";
    }
    return "";
}

void Client::start() {
    LUCID_ASSERT(phase_ == Phase::start);
    proto::ClientData data;
    data.monitors = settings_.monitors;
    data.desktop_width = settings_.desktop_width;
    data.desktop_height = settings_.desktop_height;
    data.client_name = settings_.client_name;
    data.selected_protocol = settings_.selected_protocol;
    data.message_channel = true;
    data.early_capability_flags = proto::early_errinfo_pdu | proto::early_statusinfo_pdu |
                                  proto::early_valid_connection_type |
                                  proto::early_monitor_layout_pdu |
                                  proto::early_netchar_autodetect | proto::early_heartbeat;
    if (settings_.bits_per_pixel == 32) data.early_capability_flags |= proto::early_want_32bpp;
    if (!make_graphics_caps(settings_.graphics).empty())
        data.early_capability_flags |= proto::early_dynvc_gfx;
    for (const auto what : wanted_) {
        const auto* name = what == StaticChannel::devices     ? "rdpdr"
                           : what == StaticChannel::sound     ? "rdpsnd"
                           : what == StaticChannel::clipboard ? "cliprdr"
                                                              : "drdynvc";
        data.channels.push_back(
            {name, proto::channel_option_initialized | proto::channel_option_encrypt_rdp, 0});
    }
    join_.emplace(wanted_.size(), data.message_channel);
    outlet_.raw(proto::encode_connect_initial(data));
    phase_ = Phase::joining;
}

Result<void> Client::receive(ByteView bytes, std::uint64_t now_ms) {
    line_.count(bytes.size());
    if (!partial_.empty()) append(partial_, bytes);
    const bool buffered = !partial_.empty();
    auto rest = buffered ? ByteView(partial_) : bytes;
    while (phase_ != Phase::ended) {
        LUCID_TRY(const auto frame, proto::peek_pdu(rest));
        if (!frame || rest.size() < frame->length) break;
        unread_bytes_ = rest.size() - frame->length;
        LUCID_CHECK(pdu(rest.first(frame->length), now_ms));
        rest = rest.subspan(frame->length);
        if (events_.size() > events_max)
            return fail(Errc::limit_exceeded, "events of the host", events_.size());
    }
    // What follows the end is nobody's.
    if (phase_ == Phase::ended) rest = {};
    if (buffered)
        partial_.erase(partial_.begin(), partial_.end() - static_cast<std::ptrdiff_t>(rest.size()));
    else
        partial_ = to_bytes(rest);
    return {};
}

Result<void> Client::pdu(ByteView packet, std::uint64_t now_ms) {
    if (phase_ == Phase::start || phase_ == Phase::joining) return join(packet);
    if (packet[0] != proto::tpkt_version) {
        draw(packet);
        acknowledge_surface_frames();
        return {};
    }
    LUCID_TRY(const auto mcs, proto::decode_mcs_pdu(packet));
    if (mcs.type == proto::McsPduType::disconnect_provider_ultimatum) {
        phase_ = Phase::ended;
        LUCID_TRY(const auto reason, proto::decode_disconnect_reason(packet));
        events_.push_back(Ended{reason});
        return {};
    }
    if (mcs.type != proto::McsPduType::send_data_indication)
        return fail(Errc::bad_value, "mcs pdu of the host", static_cast<std::uint8_t>(mcs.type));
    const auto& ids = outlet_.ids();
    if (mcs.channel == ids.io) return io_data(packet, mcs.data);
    if (ids.message != 0 && mcs.channel == ids.message) return message_data(mcs.data, now_ms);
    for (auto& channel : channels_)
        if (channel.id == mcs.channel) return channel_data(channel, packet, mcs.data);
    return fail(Errc::bad_value, "mcs channel of the host", mcs.channel);
}

Result<void> Client::join(ByteView packet) {
    if (phase_ == Phase::start || packet[0] != proto::tpkt_version)
        return fail(Errc::refused, "host data before the channels are joined");
    // The first is the Connect-Response, in which the picture looks for its channel.
    if (outlet_.ids().io == 0) {
        LUCID_CHECK(picture_.connect_response(packet));
        LUCID_TRY(const auto blocks, proto::locate_server_blocks(packet));
        LUCID_TRY(const auto ids, handshake::host_ids_of(packet, blocks));
        outlet_.use(ids);
    }
    LUCID_TRY(const auto answer, join_->take(packet));
    outlet_.raw(answer);
    if (!join_->done()) return {};
    const auto& ids = join_->ids();
    outlet_.use(ids);
    for (std::size_t i = 0; i < wanted_.size(); ++i) {
        const auto bytes_max = wanted_[i] == StaticChannel::clipboard ? clipboard_message_bytes_max
                               : wanted_[i] == StaticChannel::sound   ? sound_message_bytes_max
                                                                      : drive_message_bytes_max;
        channels_.push_back({wanted_[i], ids.channels[i], proto::channels::Reassembler(bytes_max)});
    }
    send_client_info();
    phase_ = Phase::licensing;
    return {};
}

void Client::send_client_info() {
    proto::ClientInfo info;
    info.flags = info_mouse | info_disable_ctrl_alt_del | proto::info_unicode |
                 info_maximize_shell | info_logon_notify | proto::info_compression |
                 info_compression_rdp61 | info_enable_windows_key | info_logon_errors |
                 info_mouse_has_wheel;
    if (!settings_.password.empty()) info.flags |= proto::info_autologon;
    if (!settings_.sound) info.flags |= proto::info_no_audio_playback;
    info.domain = settings_.domain;
    info.user_name = settings_.user_name;
    info.password = std::move(settings_.password);
    info.extra_before_cookie = proto::encode_extended_info();
    info.has_cookie_field = true;
    info.auto_reconnect_cookie = handshake::answer_to_reconnect_cookie(settings_.reconnect_cookie);
    outlet_.data(outlet_.ids().io, proto::encode_client_info(info).expose());
}

void Client::draw(ByteView packet) {
    if (const auto drawn = picture_.server_pdu(packet); !drawn)
        events_.push_back(Undrawn{drawn.error()});
}

void Client::acknowledge_surface_frames() {
    for (const auto frame : picture_.effect().surface_frames) {
        ++frames_;
        if (acknowledges_)
            send_share_data(proto::pdu_type2_frame_acknowledge, Writer().u32_le(frame).view());
    }
}

void Client::acknowledge_graphics_frames() {
    const auto& ended = picture_.effect().graphics_frames;
    const auto decoded = picture_.graphics().frames() - ended.size();
    for (std::size_t i = 0; i < ended.size(); ++i) {
        ++frames_;
        proto::channels::FrameAcknowledge acknowledge;
        // 0 would say that the depth is not told (MS-RDPEGFX 2.2.2.13).
        acknowledge.queue_depth =
            static_cast<std::uint32_t>(std::clamp<std::size_t>(unread_bytes_, 1, queue_depth_max));
        acknowledge.frame_id = ended[i];
        acknowledge.total_frames_decoded = static_cast<std::uint32_t>(decoded + i + 1);
        send_dynamic(graphics_channel_name, {proto::channels::encode_egfx(acknowledge)});
    }
}

Result<void> Client::input(std::span<const proto::InputEvent> events) {
    if (!active()) return fail(Errc::refused, "input before the desktop is there");
    while (!events.empty()) {
        const auto part = events.first(std::min(events.size(), proto::fast_path_events_max));
        outlet_.raw(proto::encode_fast_path_input(part));
        events = events.subspan(part.size());
    }
    return {};
}

void Client::leave() {
    if (phase_ == Phase::ended) return;
    constexpr unsigned user_requested = 3;
    outlet_.raw(proto::encode_disconnect_provider_ultimatum(user_requested));
    phase_ = Phase::ended;
}

}  // namespace lucid::rdp::client
