// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/gas_budgets.hpp>
#include <lucid/blockchain/chain/genesis_contracts.hpp>
#include <lucid/blockchain/state/transition.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::chain {
namespace {

using proto::Uint256;

bool is_active(state::World& world, const evm::BlockContext& context, const proto::Address& node) {
    static const auto selector = crypto::keccak256(as_bytes("isActive(address)"));
    Bytes question(selector.begin(), selector.begin() + 4);
    append(question, Uint256::from_be(node).to_be());
    const auto answer =
        state::system_call(world, context, address_of(GenesisContract::nodes), question);
    return answer.status == evm::Status::success && answer.output.size() == 32 &&
           !Uint256::load_be(answer.output.data()).is_zero();
}

}  // namespace

Uint256 gas_budget() {
    return Uint256(gas_budget_gwei) * Uint256(wei_per_gwei);
}

std::optional<proto::Address> admitted_node(const proto::Log& log) {
    static const auto event = crypto::keccak256(as_bytes("NodeAdmitted(address,address)"));
    if (log.address != address_of(GenesisContract::nodes) || log.topics.size() != 3 ||
        log.topics[0] != event)
        return std::nullopt;
    proto::Address node;
    std::copy(log.topics[1].begin() + 12, log.topics[1].end(), node.begin());
    return node;
}

std::vector<proto::Withdrawal> budget_withdrawals(state::World& world,
                                                  const evm::BlockContext& context,
                                                  std::span<const proto::Address> nodes,
                                                  std::size_t place, std::uint64_t first) {
    std::vector<proto::Withdrawal> out;
    for (auto i = place; i < nodes.size(); ++i) {
        const auto balance = world.balance(nodes[i]);
        if (balance >= gas_budget()) continue;
        const auto lacks = divide(gas_budget() - balance, wei_per_gwei).quotient.words[0];
        if (lacks == 0 || !is_active(world, context, nodes[i])) continue;
        out.push_back({first + out.size(), i, nodes[i], lacks});
    }
    return out;
}

}  // namespace lucid::blockchain::chain
