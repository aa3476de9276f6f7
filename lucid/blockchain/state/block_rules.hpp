// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What Ethereum's rules say of a header by itself and after its parent. Lucid's own chain makes
/// its headers in blockchain/chain and needs no blob schedule; imports and tests do.

#include <lucid/blockchain/evm/host.hpp>
#include <lucid/blockchain/proto/block.hpp>
#include <lucid/blockchain/state/reader.hpp>

namespace lucid::blockchain::state {

/// EIP-7840: blobs per block and how fast their price moves.
struct BlobSchedule {
    std::uint64_t target = 0;
    std::uint64_t max = 0;
    std::uint64_t base_fee_update_fraction = 0;
};
/// Ethereum's own.
[[nodiscard]] BlobSchedule blob_schedule_of(evm::Fork fork);

struct BlockRules {
    evm::Fork fork = evm::Fork::prague;
    BlobSchedule blobs;
    std::uint64_t chain_id = 1;
    /// EIP-7685: contracts are asked for requests to a beacon chain. Lucid has none.
    bool requests = true;
};

/// EIP-4844, fake_exponential(1, excess, fraction).
[[nodiscard]] Uint256 blob_base_fee(std::uint64_t excess_blob_gas, std::uint64_t fraction);
/// EIP-4844, EIP-7918.
[[nodiscard]] std::uint64_t excess_blob_gas_after(const proto::Header& parent,
                                                  const BlockRules& rules);
/// EIP-1559.
[[nodiscard]] Uint256 base_fee_after(const proto::Header& parent);

[[nodiscard]] proto::HeaderFields header_fields_of(evm::Fork fork);

/// Everything about a header that needs no execution. Difficulty and proof of work are not looked
/// at.
Result<void> check_header(const proto::Header& header, const proto::Header& parent,
                          const BlockRules& rules);

[[nodiscard]] evm::BlockContext context_of(const proto::Header& header, const BlockRules& rules);

}  // namespace lucid::blockchain::state
