// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

#include <span>

namespace lucid::blockchain::proto {

/// EIP-2124 with EIP-6122: CRC-32 over the genesis hash and the block numbers, then times, at which
/// rules have changed so far; rising, without those of genesis.
[[nodiscard]] ByteArray<4> fork_id(const Hash32& genesis, std::span<const std::uint64_t> passed);

}  // namespace lucid::blockchain::proto
