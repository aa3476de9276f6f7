// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Nobody buys gas. The first block of an epoch fills every registered node's balance up to its
/// budget by withdrawals (EIP-4895), after its transactions, and a block that admits a node does so
/// for that node; the constant base fee burns what is used. Nothing else issues anything.

#include <lucid/blockchain/proto/block.hpp>
#include <lucid/blockchain/proto/receipt.hpp>
#include <lucid/blockchain/state/world.hpp>

namespace lucid::blockchain::chain {

/// A day.
inline constexpr std::uint64_t epoch_slots = 720;
/// A hundred units of 10^18 wei: at one gwei 10^11 gas, two thirds of what full blocks of an epoch
/// use.
inline constexpr std::uint64_t gas_budget_gwei = 100'000'000'000;
inline constexpr std::uint64_t wei_per_gwei = 1'000'000'000;

[[nodiscard]] constexpr std::uint64_t epoch_of(std::uint64_t slot) {
    return slot / epoch_slots;
}
[[nodiscard]] proto::Uint256 gas_budget();

/// The node that the registry's event admits; nothing: another event.
[[nodiscard]] std::optional<proto::Address> admitted_node(const proto::Log& log);

/// What fills up those of `nodes`, from `place` on, that the registry calls active; a node's place
/// is its validator index. Who lacks less than a gwei gets nothing. `first`: number of withdrawals
/// before.
[[nodiscard]] std::vector<proto::Withdrawal> budget_withdrawals(
    state::World& world, const evm::BlockContext& context, std::span<const proto::Address> nodes,
    std::size_t place, std::uint64_t first);

}  // namespace lucid::blockchain::chain
