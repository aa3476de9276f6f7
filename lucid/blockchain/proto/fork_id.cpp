// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/fork_id.hpp>
#include <lucid/common/bytes/writer.hpp>

#include <algorithm>

namespace lucid::blockchain::proto {
namespace {

constexpr std::uint32_t crc_polynomial = 0xedb88320;  ///< IEEE 802.3, reflected

std::uint32_t crc32(std::uint32_t crc, ByteView bytes) {
    crc = ~crc;
    for (const auto byte : bytes) {
        crc ^= byte;
        for (int bit = 0; bit < 8; ++bit)
            crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? crc_polynomial : 0);
    }
    return ~crc;
}

}  // namespace

ByteArray<4> fork_id(const Hash32& genesis, std::span<const std::uint64_t> passed) {
    auto crc = crc32(0, genesis);
    for (const auto fork : passed) {
        Writer w;
        w.u64_be(fork);
        crc = crc32(crc, w.view());
    }
    Writer w;
    w.u32_be(crc);
    ByteArray<4> out{};
    std::copy(w.view().begin(), w.view().end(), out.begin());
    return out;
}

}  // namespace lucid::blockchain::proto
