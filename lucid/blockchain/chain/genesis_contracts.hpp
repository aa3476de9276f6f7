// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Contracts that stand on a chain from its first block on, at addresses that say what they are.

#include <lucid/blockchain/chain/genesis.hpp>

namespace lucid::blockchain::chain {

enum class GenesisContract { timelock, governor, nodes, params, anchors, chunks, work };

/// In the order in which they are made: a constructor calls none of a later one (the governor asks
/// the nodes for the time).
inline constexpr std::array genesis_contracts{GenesisContract::timelock, GenesisContract::nodes,
                                              GenesisContract::governor, GenesisContract::params,
                                              GenesisContract::anchors,  GenesisContract::chunks,
                                              GenesisContract::work};

/// The contract's name in ASCII, at the end of twenty bytes.
[[nodiscard]] proto::Address address_of(GenesisContract contract);

/// Seconds between a decision of the governor and its execution.
inline constexpr std::uint64_t timelock_delay_s = 24 * 3600;

/// Runs every contract's creation code; `internal` if one of them fails.
Result<void> deploy_genesis_contracts(state::World& world, const Genesis& genesis);

}  // namespace lucid::blockchain::chain
