// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
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

}  // namespace

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

}  // namespace lucid::rdp::relay
