// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// MCS Connect-Initial and Connect-Response with their GCC user data (T.125 §11.1, §11.2; T.124
/// §8.7; MS-RDPBCGR 2.2.1.3, 2.2.1.4). Parsed in full; the data blocks are located, not copied, so
/// that single fields can be patched in place without changing any length.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace lucid::rdp::proto {

/// TS_UD_HEADER types.
enum class GccBlockType : std::uint16_t {
    cs_core = 0xc001,
    cs_security = 0xc002,
    cs_net = 0xc003,
    cs_cluster = 0xc004,
    cs_monitor = 0xc005,
    cs_mcs_msgchannel = 0xc006,
    cs_monitor_ex = 0xc008,
    cs_multitransport = 0xc00a,
    sc_core = 0x0c01,
    sc_security = 0x0c02,
    sc_net = 0x0c03,
    sc_mcs_msgchannel = 0x0c04,
    sc_multitransport = 0x0c08,
};

/// A data block inside a PDU: header included in offset and length.
struct GccBlock {
    GccBlockType type{};
    std::size_t offset = 0;  ///< from the start of the packet
    std::size_t length = 0;
};

inline constexpr std::size_t gcc_blocks_max = 32;
/// Static virtual channels a client may ask for (MS-RDPBCGR 2.2.1.3.4: CHANNEL_COUNT ≤ 31).
inline constexpr std::size_t static_channels_max = 31;

/// Blocks of a whole TPKT packet holding Connect-Initial / Connect-Response.
Result<std::vector<GccBlock>> locate_client_blocks(ByteView packet);
Result<std::vector<GccBlock>> locate_server_blocks(ByteView packet);

[[nodiscard]] const GccBlock* find_block(const std::vector<GccBlock>& blocks, GccBlockType type);

/// CHANNEL_DEF: name (7 characters at most) and options.
struct ChannelDefinition {
    std::string name;
    std::uint32_t options = 0;
    std::size_t name_offset = 0;  ///< of the 8 name bytes, from the start of the packet
};
Result<std::vector<ChannelDefinition>> decode_client_network_data(ByteView packet,
                                                                  const GccBlock& block);

struct ServerNetworkData {
    std::uint16_t io_channel = 0;
    std::vector<std::uint16_t> channels;  ///< in the order the client asked
};
Result<ServerNetworkData> decode_server_network_data(ByteView packet, const GccBlock& block);

/// Fields that are patched; offsets from the start of the block (MS-RDPBCGR 2.2.1.3.2, 2.2.1.4.2).
inline constexpr std::size_t cs_core_desktop_width_offset = 8;
inline constexpr std::size_t cs_core_desktop_height_offset = 10;
inline constexpr std::size_t cs_core_server_selected_protocol_offset = 212;
inline constexpr std::size_t sc_core_client_requested_protocols_offset = 8;

}  // namespace lucid::rdp::proto
