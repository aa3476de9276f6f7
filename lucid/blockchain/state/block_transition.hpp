// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A whole block applied to the world: system contracts, transactions, withdrawals, rewards,
/// requests. What a chain that makes blocks and one that checks them have in common.

#include <lucid/blockchain/state/block_rules.hpp>
#include <lucid/blockchain/state/transition.hpp>

namespace lucid::blockchain::state {

/// EIP-2935: the contract that keeps the hashes of 8,191 blocks, and its code (hex).
inline constexpr Address block_hash_history = {0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5,
                                               0x3a, 0x10, 0xcb, 0x7a, 0x02, 0x33, 0x5b,
                                               0x17, 0x53, 0x20, 0x00, 0x29, 0x35};
inline constexpr std::string_view block_hash_history_code =
    "3373fffffffffffffffffffffffffffffffffffffffe14604657602036036042575f35600143038111604257611fff"
    "81430311604257611fff9006545f5260205ff35b5f5ffd5b5f35611fff60014303065500";

/// EIP-7685: type ‖ data of each kind of request that is not empty, in order.
using Requests = std::vector<Bytes>;
[[nodiscard]] Hash32 requests_hash(const Requests& requests);

[[nodiscard]] Hash32 withdrawals_root(std::span<const proto::Withdrawal> withdrawals);

struct AppliedBlock {
    std::vector<proto::Receipt> receipts;
    Requests requests;
    std::uint64_t gas_used = 0;
    std::uint64_t blob_gas_used = 0;
};

/// Before the first transaction: beacon root (EIP-4788), parent hash (EIP-2935).
void begin_block(World& world, const evm::BlockContext& context, const Hash32& parent_hash,
                 const Hash32& parent_beacon_block_root);
/// Before Paris: Yellow Paper 11.3, with EIP-649 and EIP-1234.
void pay_rewards(World& world, const proto::Block& block, evm::Fork fork);
/// EIP-4895.
void apply_withdrawals(World& world, evm::Fork fork,
                       std::span<const proto::Withdrawal> withdrawals);
/// After the last transaction: deposits (EIP-6110), withdrawal and consolidation requests
/// (EIP-7002, 7251). Errors are the block's.
Result<Requests> collect_requests(World& world, const evm::BlockContext& context,
                                  std::span<const proto::Receipt> receipts);

/// Executes a block whose header was checked; everything that its header says about execution is
/// compared, except the state root, which the caller computes from the world's changes. On an error
/// the world is of no use any more.
Result<AppliedBlock> apply_block(World& world, const proto::Block& block, const BlockRules& rules);

}  // namespace lucid::blockchain::state
