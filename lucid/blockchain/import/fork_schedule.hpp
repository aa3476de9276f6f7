// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Which rules an Ethereum chain has when: the "config" of geth's genesis.json.

#include <lucid/blockchain/chain/chain_view.hpp>
#include <lucid/blockchain/state/block_rules.hpp>

#include <nlohmann/json_fwd.hpp>

namespace lucid::blockchain::import {

/// A time at which rules change, from Shanghai on; forks that only change the blob schedule count.
struct TimedFork {
    std::uint64_t time_s = 0;
    evm::Fork fork = evm::Fork::shanghai;
    state::BlobSchedule blobs;
};

struct ForkSchedule {
    std::uint64_t chain_id = 0;
    /// First block of each fork before Paris, rising; not all need be there.
    std::vector<std::pair<std::uint64_t, evm::Fork>> by_number;
    /// All block numbers that the fork id counts (EIP-2124), rising, without zero.
    std::vector<std::uint64_t> numbers;
    std::vector<TimedFork> by_time;
    proto::Address deposit_contract{};  ///< EIP-6110

    static Result<ForkSchedule> from_json(const nlohmann::json& config);
    /// `merged`: the block has no proof of work.
    [[nodiscard]] state::BlockRules rules_at(std::uint64_t number, std::uint64_t time_s,
                                             bool merged) const;
    /// EIP-2124 with EIP-6122: CRC-32 over genesis hash and what has been passed.
    [[nodiscard]] ByteArray<4> fork_id(const Hash32& genesis, std::uint64_t number,
                                       std::uint64_t time_s) const;
};

}  // namespace lucid::blockchain::import
