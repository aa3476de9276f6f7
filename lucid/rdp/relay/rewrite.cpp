// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/relay/rewrite.hpp>

#include <algorithm>

namespace lucid::rdp::relay {

std::uint16_t get_u16(ByteView bytes, std::size_t offset) {
    return static_cast<std::uint16_t>(bytes[offset] | bytes[offset + 1] << 8);
}

std::uint32_t get_u32(ByteView bytes, std::size_t offset) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::uint32_t{bytes[offset + i]} << (8 * i);
    return value;
}

void put_u16(Bytes& bytes, std::size_t offset, std::uint16_t value) {
    bytes[offset] = static_cast<std::uint8_t>(value);
    bytes[offset + 1] = static_cast<std::uint8_t>(value >> 8);
}

void put_u32(Bytes& bytes, std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
        bytes[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
}

Result<void> clear_channel_compression(Bytes& packet, ByteView data) {
    constexpr std::size_t flags_bytes = 4;
    LUCID_TRY(const auto capabilities, proto::locate_capabilities(data));
    const auto data_offset = packet.size() - data.size();
    for (const auto& capability : capabilities) {
        if (capability.type != proto::capstype_virtual_channel || capability.length < 8) continue;
        const auto flags = data_offset + capability.offset + proto::virtual_channel_flags_offset;
        std::fill_n(packet.begin() + static_cast<std::ptrdiff_t>(flags), flags_bytes,
                    std::uint8_t{0});
    }
    return {};
}

}  // namespace lucid::rdp::relay
