// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/camera.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>
#include <lucid/rdp/proto/channels/usb.hpp>
#include <lucid/rdp/relay/dynamic_filter.hpp>

#include <algorithm>
#include <utility>

namespace lucid::rdp::relay {
namespace {

using proto::channels::DvcCommand;
/// E_ACCESSDENIED-like HRESULT: any negative status is a refusal (MS-RDPEDYC 2.2.2.2).
constexpr std::uint32_t creation_refused = 0x80070005;

bool is_audio(DynamicKind kind) {
    return kind == DynamicKind::audio_out || kind == DynamicKind::audio_in;
}

}  // namespace

bool DynamicFilter::allowed(std::string_view name) const {
    if (!allows_dynamic_channel(policy_, name)) return false;
    // A camera's channel must be one that its list has named.
    return dynamic_kind(name) != DynamicKind::camera || cameras_.contains(std::string(name));
}

Result<DynamicDecision> DynamicFilter::create(const proto::channels::DvcPdu& pdu) {
    if (const auto old = open_.find(pdu.channel_id);
        old != open_.end() &&
        (old->second.state == State::closing || old->second.state == State::shut))
        open_.erase(old);
    const bool full = open_.size() == channels_max;
    if (!full && allowed(pdu.name)) {
        if (!open_.emplace(pdu.channel_id, Channel{*dynamic_kind(pdu.name), pdu.name}).second)
            return fail(Errc::bad_value, "dynamic channel id in use", pdu.channel_id);
        return DynamicDecision{true, false, {}, {}};
    }
    sink_.note("dynamic channel refused", pdu.name);
    return DynamicDecision{
        false,
        false,
        {},
        proto::channels::encode_dvc_create_response(pdu.channel_id, creation_refused)};
}

void DynamicFilter::close(Open::iterator channel) {
    if (channel->second.state == State::closing) {
        tell_used(channel->second);
        open_.erase(channel);
    } else {
        channel->second.state = State::closing;
    }
}

DynamicDecision DynamicFilter::shut(Open::iterator channel, std::string_view why) {
    sink_.note("dynamic channel closed", channel->second.name + ": " + std::string(why));
    tell_used(channel->second);
    channel->second.state = State::shut;
    const auto message = proto::channels::encode_dvc_close(channel->first);
    DynamicDecision decision;
    decision.also = {{Side::client, message, false}, {Side::host, message, false}};
    return decision;
}

void DynamicFilter::tell_used(const Channel& channel) const {
    const auto to_host = channel.flows[0].bytes();
    const auto to_client = channel.flows[1].bytes();
    if (to_host + to_client == 0) return;
    sink_.note("dynamic channel used", channel.name + " client_to_host=" + std::to_string(to_host) +
                                           " host_to_client=" + std::to_string(to_client));
}

DynamicDecision DynamicFilter::drop(std::uint32_t id) {
    if (!std::exchange(told_dropped_, true))
        sink_.note("dynamic data without a channel dropped", std::to_string(id));
    return DynamicDecision{};
}

void DynamicFilter::end() {
    for (const auto& [id, channel] : open_)
        if (channel.state != State::shut) tell_used(channel);
    open_.clear();
}

Result<DynamicDecision> DynamicFilter::from_host(ByteView message) {
    LUCID_TRY(const auto pdu, proto::channels::decode_dvc_pdu(message, true));
    switch (pdu.command) {
        case DvcCommand::capability: {
            DynamicDecision decision{true, false, {}, {}};
            if (pdu.version > version_max) {
                decision.rewritten = to_bytes(message);
                (*decision.rewritten)[proto::channels::dvc_version_offset] = version_max;
                (*decision.rewritten)[proto::channels::dvc_version_offset + 1] = 0;
            }
            return decision;
        }
        case DvcCommand::create:
            return create(pdu);
        default:
            break;
    }
    const auto channel = open_.find(pdu.channel_id);
    if (channel == open_.end()) return drop(pdu.channel_id);
    return carry(Side::host, channel, pdu);
}

Result<DynamicDecision> DynamicFilter::from_client(ByteView message) {
    LUCID_TRY(const auto pdu, proto::channels::decode_dvc_pdu(message, false));
    if (pdu.command == DvcCommand::capability) {
        if (pdu.version > version_max) return fail(Errc::bad_value, "dvc version", pdu.version);
        return DynamicDecision{true, false, {}, {}};
    }
    const auto channel = open_.find(pdu.channel_id);
    if (channel == open_.end()) return drop(pdu.channel_id);
    if (pdu.command != DvcCommand::create) return carry(Side::client, channel, pdu);
    if (channel->second.state == State::shut) return DynamicDecision{};
    if (pdu.data.size() < 4 || (pdu.data[3] & 0x80U) != 0) {
        open_.erase(channel);  // the client itself refused it
    } else if (channel->second.state == State::offered) {
        channel->second.state = State::open;
        sink_.note("dynamic channel opened", channel->second.name);
    }
    return DynamicDecision{true, false, {}, {}};
}

Result<DynamicDecision> DynamicFilter::carry(Side from, Open::iterator channel,
                                             const proto::channels::DvcPdu& pdu) {
    auto& known = channel->second;
    if (known.state == State::shut) return DynamicDecision{};
    DynamicDecision decision{true, is_audio(known.kind), {}, {}};
    decision.unrecorded = known.kind == DynamicKind::usb;
    if (pdu.command == DvcCommand::close) {
        close(channel);
        return decision;
    }
    const bool first = pdu.command == DvcCommand::data_first;
    auto& flow = known.flows[from == Side::client ? 0 : 1];
    const auto total = first ? std::optional(pdu.total_bytes) : std::nullopt;
    if (const auto* why = flow.take(known.kind, from, pdu.data, total, now_us_))
        return shut(channel, why);
    if (from == Side::host) return decision;
    if (known.kind == DynamicKind::graphics && !first) return graphics_from_client(pdu);
    if (known.kind == DynamicKind::display && (first || !fits_display(pdu.data))) {
        sink_.note("display layout refused", std::to_string(pdu.data.size()));
        return DynamicDecision{};
    }
    if (const auto why = look_into(known, pdu)) return shut(channel, *why);
    return decision;
}

std::optional<std::string> DynamicFilter::look_into(Channel& channel,
                                                    const proto::channels::DvcPdu& pdu) {
    const bool whole = pdu.command == DvcCommand::data;
    if (channel.kind == DynamicKind::camera_list && whole) {
        const auto camera = proto::channels::decode_camera_added(pdu.data);
        if (!camera) return "unreadable camera";
        if (!*camera) return std::nullopt;
        if (cameras_.size() == cameras_max) return "too many cameras";
        if (dynamic_kind((*camera)->channel) != DynamicKind::camera)
            return "camera channel of another name";
        cameras_.insert((*camera)->channel);
        sink_.note("camera offered", event_name((*camera)->name));
    }
    if (channel.kind != DynamicKind::usb) return std::nullopt;
    const auto device = proto::channels::decode_usb_add_device(pdu.data);
    if (!device || (!whole && *device)) return "unreadable usb device";
    if (!*device) return std::nullopt;
    std::string text = (*device)->hardware_id;
    for (const auto& code : (*device)->classes) text += " class " + code;
    const auto& allowed_classes = policy_.usb_classes;
    const auto is_allowed = [&](const std::string& code) {
        return std::find(allowed_classes.begin(), allowed_classes.end(), code) !=
               allowed_classes.end();
    };
    const auto& classes = (*device)->classes;
    if (!allowed_classes.empty() &&
        (classes.empty() || !std::all_of(classes.begin(), classes.end(), is_allowed))) {
        sink_.note("usb device refused", text);
        return "usb class";
    }
    sink_.note("usb device redirected", text);
    return std::nullopt;
}

std::optional<Bytes> DynamicFilter::suspend() const {
    for (const auto& [id, channel] : open_)
        if (channel.state != State::closing && channel.state != State::shut &&
            !channel.suspension.empty())
            return proto::channels::encode_dvc_data(id, channel.suspension);
    return std::nullopt;
}

bool DynamicFilter::fits_display(ByteView message) const {
    const auto layout = proto::channels::decode_monitor_layout(message);
    if (!layout) return false;
    return std::all_of(layout->begin(), layout->end(), [this](const auto& monitor) {
        return monitor.width <= policy_.desktop_width_max &&
               monitor.height <= policy_.desktop_height_max;
    });
}

Result<DynamicDecision> DynamicFilter::graphics_from_client(const proto::channels::DvcPdu& pdu) {
    using namespace proto::channels;
    const DynamicDecision untouched{true, false, {}, {}};
    const auto command = decode_egfx_command(pdu.data);
    if (command && *command == egfx_frame_acknowledge) {
        if (auto last = suspend_acknowledgements(pdu.data))
            open_.at(pdu.channel_id).suspension = std::move(*last);
        return untouched;
    }
    if (!command || *command != egfx_caps_advertise) return untouched;
    LUCID_TRY(auto offered, decode_caps_advertise(pdu.data));
    const auto before = offered.size();
    std::erase_if(offered, [](const auto& c) { return !is_known_egfx_version(c.version); });
    if (offered.size() == before) return untouched;
    if (offered.empty()) return fail(Errc::refused, "no known graphics version offered");
    sink_.note("graphics versions removed", std::to_string(before - offered.size()));
    return DynamicDecision{
        true, false, encode_dvc_data(pdu.channel_id, encode_caps_advertise(offered)), {}};
}

}  // namespace lucid::rdp::relay
