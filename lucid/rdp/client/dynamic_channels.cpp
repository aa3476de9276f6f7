// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/dynamic_channels.hpp>

#include <algorithm>

namespace lucid::rdp::client {

using proto::channels::DvcCommand;
using proto::channels::DvcPdu;

namespace {

/// CreationStatus: an HRESULT; negative is refusal (MS-RDPEDYC 2.2.2.2).
constexpr std::uint32_t status_ok = 0;
constexpr std::uint32_t status_refused = 0x80004005;
/// Channels by priority and compression came with versions 2 and 3; those are not taken.
constexpr std::uint16_t version_max = 2;

}  // namespace

Result<DynamicEvent> DynamicChannels::chunk(ByteView user_data, Messages& out) {
    LUCID_TRY(const auto message, reassembler_.add(user_data));
    if (!message) return DynamicEvent{};
    LUCID_TRY(const auto pdu, proto::channels::decode_dvc_pdu(*message, true));
    switch (pdu.command) {
        case DvcCommand::capability:
            out.push_back(proto::channels::encode_dvc_capability_response(
                std::min(pdu.version, version_max)));
            return DynamicEvent{};
        case DvcCommand::create:
            return create(pdu, out);
        case DvcCommand::close: {
            const auto found = open_.find(pdu.channel_id);
            if (found == open_.end()) return DynamicEvent{};
            DynamicClosed closed{std::move(found->second.name)};
            open_.erase(found);
            out.push_back(proto::channels::encode_dvc_close(pdu.channel_id));
            return DynamicEvent{std::move(closed)};
        }
        case DvcCommand::data_first:
        case DvcCommand::data:
            return data(pdu);
        default:
            return fail(Errc::unsupported, "dynamic channel command");
    }
}

Result<DynamicEvent> DynamicChannels::create(const DvcPdu& pdu, Messages& out) {
    const bool accepted = wanted_.contains(pdu.name) && open_.size() < dynamic_channels_max;
    if (accepted) open_[pdu.channel_id] = Channel{pdu.name, {}, 0, false};
    out.push_back(proto::channels::encode_dvc_create_response(
        pdu.channel_id, accepted ? status_ok : status_refused));
    return DynamicEvent{DynamicOpened{pdu.name, accepted}};
}

Result<DynamicEvent> DynamicChannels::data(const DvcPdu& pdu) {
    const auto found = open_.find(pdu.channel_id);
    // A host may still send what was under way when the channel was closed.
    if (found == open_.end()) return DynamicEvent{};
    auto& channel = found->second;
    if (channel.name == graphics_channel_name) return DynamicEvent{};
    if (pdu.command == DvcCommand::data && !channel.is_partial) {
        message_ = to_bytes(pdu.data);
        return DynamicEvent{DynamicMessage{channel.name, message_}};
    }
    if (pdu.command == DvcCommand::data_first) {
        if (pdu.total_bytes > dynamic_message_bytes_max)
            return fail(Errc::limit_exceeded, "dynamic channel message", pdu.total_bytes);
        channel.parts.clear();
        channel.total = pdu.total_bytes;
        channel.is_partial = true;
    }
    if (pdu.data.size() > channel.total - channel.parts.size())
        return fail(Errc::bad_length, "dynamic channel message", pdu.data.size());
    append(channel.parts, pdu.data);
    if (channel.parts.size() < channel.total) return DynamicEvent{};
    channel.is_partial = false;
    message_ = std::exchange(channel.parts, {});
    return DynamicEvent{DynamicMessage{channel.name, message_}};
}

Messages DynamicChannels::pack(std::string_view name, ByteView message) const {
    for (const auto& [id, channel] : open_)
        if (channel.name == name) return proto::channels::encode_dvc_message(id, message);
    return {};
}

bool DynamicChannels::is_open(std::string_view name) const {
    return std::any_of(open_.begin(), open_.end(),
                       [name](const auto& entry) { return entry.second.name == name; });
}

}  // namespace lucid::rdp::client
