// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/handshake/mcs_join.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>

namespace lucid::rdp::handshake {
namespace {

using proto::GccBlockType;

}  // namespace

Result<McsIds> host_ids_of(ByteView packet, const std::vector<proto::GccBlock>& blocks) {
    if (const auto* security = find_block(blocks, GccBlockType::sc_security); security != nullptr) {
        Reader r(packet.subspan(security->offset, security->length));
        LUCID_CHECK(r.skip(4, "SC_SECURITY header"));
        LUCID_TRY(const auto method, r.u32_le("encryptionMethod"));
        LUCID_TRY(const auto level, r.u32_le("encryptionLevel"));
        if (method != 0 || level != 0)
            return fail(Errc::refused, "host wants standard RDP encryption");
    }
    const auto* net = find_block(blocks, GccBlockType::sc_net);
    if (net == nullptr) return fail(Errc::bad_value, "SC_NET missing");
    LUCID_TRY(auto network, proto::decode_server_network_data(packet, *net));
    McsIds ids;
    ids.io = network.io_channel;
    ids.channels = std::move(network.channels);
    if (const auto* message = find_block(blocks, GccBlockType::sc_mcs_msgchannel);
        message != nullptr && message->length >= 6) {
        Reader r(packet.subspan(message->offset + 4, 2));
        LUCID_TRY(ids.message, r.u16_le("MCSChannelID"));
    }
    return ids;
}

Result<Bytes> McsJoin::take(ByteView packet) {
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
    return fail(Errc::bad_value, "mcs with the host is over");
}

Result<Bytes> McsJoin::on_connect_response(ByteView packet) {
    LUCID_TRY(const auto blocks, proto::locate_server_blocks(packet));
    LUCID_TRY(ids_, host_ids_of(packet, blocks));
    if (ids_.channels.size() != channels_)
        return fail(Errc::bad_length, "SC_NET channels", ids_.channels.size());
    stage_ = Stage::attach_user;
    auto out = proto::encode_erect_domain_request();
    append(out, proto::encode_attach_user_request());
    return out;
}

Result<Bytes> McsJoin::on_attach_user(ByteView packet) {
    LUCID_TRY(ids_.user, proto::decode_attach_user_confirm(packet));
    to_join_ = {ids_.user, ids_.io};
    if (with_message_channel_ && ids_.message != 0) to_join_.push_back(ids_.message);
    to_join_.insert(to_join_.end(), ids_.channels.begin(), ids_.channels.end());
    stage_ = Stage::joining;
    return join_next();
}

Bytes McsJoin::join_next() {
    return proto::encode_channel_join_request(ids_.user, to_join_[joined_]);
}

Result<Bytes> McsJoin::on_joined(ByteView packet) {
    LUCID_TRY(const auto channel, proto::decode_channel_join_confirm(packet));
    if (channel != to_join_[joined_]) return fail(Errc::bad_value, "joined channel", channel);
    if (++joined_ < to_join_.size()) return join_next();
    stage_ = Stage::done;
    return Bytes{};
}

}  // namespace lucid::rdp::handshake
