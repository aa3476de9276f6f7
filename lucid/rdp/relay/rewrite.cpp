// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/relay/rewrite.hpp>

#include <algorithm>

namespace lucid::rdp::relay {

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
