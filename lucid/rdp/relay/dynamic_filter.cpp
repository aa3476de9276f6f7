// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/display_control.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>
#include <lucid/rdp/relay/dynamic_filter.hpp>

#include <algorithm>

namespace lucid::rdp::relay {
namespace {

using proto::channels::DvcCommand;
/// E_ACCESSDENIED-like HRESULT: any negative status is a refusal (MS-RDPEDYC 2.2.2.2).
constexpr std::uint32_t creation_refused = 0x80070005;
constexpr std::string_view graphics_channel = "Microsoft::Windows::RDS::Graphics";
constexpr std::string_view display_channel = "Microsoft::Windows::RDS::DisplayControl";

}  // namespace

Result<DynamicDecision> DynamicFilter::create(const proto::channels::DvcPdu& pdu) {
    if (const auto old = open_.find(pdu.channel_id); old != open_.end() && old->second.closing)
        open_.erase(old);
    const bool full = open_.size() == channels_max;
    if (!full && allows_dynamic_channel(policy_, pdu.name)) {
        const Channel channel{pdu.name.starts_with("AUDIO_"),
                              pdu.name == graphics_channel,
                              pdu.name == display_channel,
                              false,
                              {}};
        if (!open_.emplace(pdu.channel_id, channel).second)
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

void DynamicFilter::close(std::uint32_t id) {
    const auto channel = open_.find(id);
    if (channel->second.closing)
        open_.erase(channel);
    else
        channel->second.closing = true;
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
    if (channel == open_.end()) return DynamicDecision{};
    const bool audio = channel->second.audio;
    if (pdu.command == DvcCommand::close) close(pdu.channel_id);
    return DynamicDecision{true, audio, {}, {}};
}

Result<DynamicDecision> DynamicFilter::from_client(ByteView message) {
    LUCID_TRY(const auto pdu, proto::channels::decode_dvc_pdu(message, false));
    if (pdu.command == DvcCommand::capability) {
        if (pdu.version > version_max) return fail(Errc::bad_value, "dvc version", pdu.version);
        return DynamicDecision{true, false, {}, {}};
    }
    const auto channel = open_.find(pdu.channel_id);
    if (channel == open_.end()) return DynamicDecision{};
    const auto kind = channel->second;
    if (pdu.command == DvcCommand::create && (pdu.data.size() < 4 || (pdu.data[3] & 0x80U) != 0))
        open_.erase(channel);  // the client itself refused it
    if (pdu.command == DvcCommand::close) close(pdu.channel_id);
    if (pdu.command == DvcCommand::data && kind.graphics) return graphics_from_client(pdu);
    const bool carries = pdu.command == DvcCommand::data || pdu.command == DvcCommand::data_first;
    if (carries && kind.display &&
        (pdu.command == DvcCommand::data_first || !fits_display(pdu.data))) {
        sink_.note("display layout refused", std::to_string(pdu.data.size()));
        return DynamicDecision{};
    }
    return DynamicDecision{true, kind.audio, {}, {}};
}

std::optional<Bytes> DynamicFilter::suspend() const {
    for (const auto& [id, channel] : open_)
        if (!channel.closing && !channel.suspension.empty())
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
