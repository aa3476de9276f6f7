// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/dynamic_filter.hpp>

namespace lucid::rdp::relay {
namespace {

using proto::channels::DvcCommand;
/// E_ACCESSDENIED-like HRESULT: any negative status is a refusal (MS-RDPEDYC 2.2.2.2).
constexpr std::uint32_t creation_refused = 0x80070005;

}  // namespace

Result<DynamicDecision> DynamicFilter::create(const proto::channels::DvcPdu& pdu) {
    if (open_.size() == channels_max)
        return fail(Errc::limit_exceeded, "dynamic channels", channels_max);
    if (allows_dynamic_channel(policy_, pdu.name)) {
        open_[pdu.channel_id] = {pdu.name.starts_with("AUDIO_")};
        return DynamicDecision{true, false, {}, {}};
    }
    sink_.note("dynamic channel refused", pdu.name);
    return DynamicDecision{
        false,
        false,
        {},
        proto::channels::encode_dvc_create_response(pdu.channel_id, creation_refused)};
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
    if (pdu.command == DvcCommand::close) open_.erase(channel);
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
    return DynamicDecision{true, channel->second.audio, {}, {}};
}

}  // namespace lucid::rdp::relay
