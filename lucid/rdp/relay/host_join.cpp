// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/relay/host_join.hpp>
#include <lucid/rdp/relay/rewrite.hpp>

namespace lucid::rdp::relay {
namespace {

using proto::GccBlockType;

/// CS_CORE earlyCapabilityFlags (MS-RDPBCGR 2.2.1.3.2): joins are made one by one.
constexpr std::size_t early_capability_flags_offset = 144;
constexpr std::uint16_t support_skip_channel_join = 0x0800;
/// CS_CLUSTER (2.2.1.3.5).
constexpr std::size_t cluster_flags_offset = 4;
constexpr std::size_t cluster_session_offset = 8;
constexpr std::uint32_t redirected_session_id_valid = 0x02;
constexpr std::size_t security_method_offset = 4;
constexpr std::size_t security_level_offset = 8;
constexpr std::size_t message_channel_offset = 4;

}  // namespace

Result<McsIds> host_ids_of(ByteView packet, const std::vector<proto::GccBlock>& blocks) {
    if (const auto* security = find_block(blocks, GccBlockType::sc_security); security != nullptr) {
        if (security->length < 12) return fail(Errc::bad_length, "SC_SECURITY", security->length);
        if (get_u32(packet, security->offset + security_method_offset) != 0 ||
            get_u32(packet, security->offset + security_level_offset) != 0)
            return fail(Errc::refused, "host wants standard RDP encryption");
    }
    const auto* net = find_block(blocks, GccBlockType::sc_net);
    if (net == nullptr) return fail(Errc::bad_value, "SC_NET missing");
    LUCID_TRY(auto network, proto::decode_server_network_data(packet, *net));
    McsIds ids;
    ids.io = network.io_channel;
    ids.channels = std::move(network.channels);
    if (const auto* message = find_block(blocks, GccBlockType::sc_mcs_msgchannel);
        message != nullptr && message->length >= 6)
        ids.message = get_u16(packet, message->offset + message_channel_offset);
    return ids;
}

HostJoin::HostJoin(Bytes connect_initial, McsIds client)
    : connect_initial_(std::move(connect_initial)), client_(std::move(client)) {}

Bytes HostJoin::start(std::uint32_t selected_protocol, std::uint32_t session_id) {
    const auto blocks = proto::locate_client_blocks(connect_initial_);
    LUCID_ASSERT(blocks.has_value());  // it went to the first host
    const auto* core = find_block(*blocks, GccBlockType::cs_core);
    const auto selected = proto::cs_core_server_selected_protocol_offset;
    if (core->length >= selected + 4)
        put_u32(connect_initial_, core->offset + selected, selected_protocol);
    if (core->length >= early_capability_flags_offset + 2) {
        const auto at = core->offset + early_capability_flags_offset;
        const unsigned flags = get_u16(connect_initial_, at);
        put_u16(connect_initial_, at,
                static_cast<std::uint16_t>(flags & ~unsigned{support_skip_channel_join}));
    }
    if (const auto* cluster = find_block(*blocks, GccBlockType::cs_cluster);
        cluster != nullptr && cluster->length >= 12) {
        const auto flags = get_u32(connect_initial_, cluster->offset + cluster_flags_offset);
        put_u32(connect_initial_, cluster->offset + cluster_flags_offset,
                flags | redirected_session_id_valid);
        put_u32(connect_initial_, cluster->offset + cluster_session_offset, session_id);
    }
    return connect_initial_;
}

Result<Bytes> HostJoin::take(ByteView packet) {
    switch (stage_) {
        case Stage::connect_response:
            return on_connect_response(packet);
        case Stage::attach_user:
            return on_attach_user(packet);
        case Stage::joining:
            return on_joined(packet);
        case Stage::done:
            break;
    }
    return fail(Errc::bad_value, "mcs with the second host is over");
}

Result<Bytes> HostJoin::on_connect_response(ByteView packet) {
    LUCID_TRY(const auto blocks, proto::locate_server_blocks(packet));
    LUCID_TRY(host_, host_ids_of(packet, blocks));
    if (host_.channels.size() != client_.channels.size())
        return fail(Errc::bad_length, "SC_NET channels", host_.channels.size());
    stage_ = Stage::attach_user;
    auto out = proto::encode_erect_domain_request();
    append(out, proto::encode_attach_user_request());
    return out;
}

Result<Bytes> HostJoin::on_attach_user(ByteView packet) {
    LUCID_TRY(host_.user, proto::decode_attach_user_confirm(packet));
    to_join_ = {host_.user, host_.io};
    if (client_.message != 0 && host_.message != 0) to_join_.push_back(host_.message);
    to_join_.insert(to_join_.end(), host_.channels.begin(), host_.channels.end());
    stage_ = Stage::joining;
    return join_next();
}

Bytes HostJoin::join_next() {
    return proto::encode_channel_join_request(host_.user, to_join_[joined_]);
}

Result<Bytes> HostJoin::on_joined(ByteView packet) {
    LUCID_TRY(const auto channel, proto::decode_channel_join_confirm(packet));
    if (channel != to_join_[joined_]) return fail(Errc::bad_value, "joined channel", channel);
    if (++joined_ < to_join_.size()) return join_next();
    stage_ = Stage::done;
    return Bytes{};
}

}  // namespace lucid::rdp::relay
