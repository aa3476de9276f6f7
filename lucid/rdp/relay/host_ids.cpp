// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/relay/host_ids.hpp>

#include <algorithm>

namespace lucid::rdp::relay {
namespace {

constexpr std::uint16_t user_id_base = 1001;

void put(Bytes& packet, std::size_t offset, std::uint16_t value) {
    packet[offset] = static_cast<std::uint8_t>(value >> 8);
    packet[offset + 1] = static_cast<std::uint8_t>(value);
}

/// The send-data PDU in it, if it is one.
std::optional<proto::McsPdu> send_data(ByteView packet) {
    if (packet.empty() || packet[0] != proto::tpkt_version) return std::nullopt;
    const auto pdu = proto::decode_mcs_pdu(packet);
    if (!pdu || (pdu->type != proto::McsPduType::send_data_request &&
                 pdu->type != proto::McsPduType::send_data_indication))
        return std::nullopt;
    return *pdu;
}

}  // namespace

Result<HostIds> HostIds::make(const McsIds& client, const McsIds& host) {
    HostIds ids;
    const auto pair = [&](std::uint16_t c, std::uint16_t h) {
        return ids.to_host_.emplace(c, h).second && ids.to_client_.emplace(h, c).second;
    };
    bool distinct = client.channels.size() == host.channels.size() && pair(client.io, host.io) &&
                    pair(client.user, host.user);
    if (distinct && client.message != 0 && host.message != 0)
        distinct = pair(client.message, host.message);
    for (std::size_t i = 0; distinct && i < client.channels.size(); ++i)
        distinct = pair(client.channels[i], host.channels[i]);
    if (!distinct) return fail(Errc::bad_value, "mcs ids of the second host");
    return ids;
}

bool HostIds::identical() const {
    return std::all_of(to_host_.begin(), to_host_.end(),
                       [](const auto& pair) { return pair.first == pair.second; });
}

Bytes HostIds::to_host(ByteView packet) const {
    Bytes out = to_bytes(packet);
    const auto pdu = send_data(packet);
    if (!pdu) return out;
    if (const auto user = to_host_.find(pdu->initiator); user != to_host_.end())
        put(out, proto::mcs_initiator_offset,
            static_cast<std::uint16_t>(user->second - user_id_base));
    if (const auto channel = to_host_.find(pdu->channel); channel != to_host_.end())
        put(out, proto::mcs_channel_offset, channel->second);
    return out;
}

std::optional<Bytes> HostIds::to_client(ByteView packet) const {
    Bytes out = to_bytes(packet);
    const auto pdu = send_data(packet);
    if (!pdu) return out;
    const auto channel = to_client_.find(pdu->channel);
    if (channel == to_client_.end()) return std::nullopt;
    put(out, proto::mcs_channel_offset, channel->second);
    return out;
}

}  // namespace lucid::rdp::relay
