// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/gas_budgets.hpp>
#include <lucid/blockchain/chain/genesis_contracts.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>

#include "chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::chain::test {
namespace {

using proto::Uint256;

const proto::Address somebody = ChainRig::account(9).address();
constexpr std::uint64_t unit = 1'000'000'000'000'000'000;  ///< 10^18 wei

Bytes calldata(std::string_view signature, const std::vector<Hash32>& arguments) {
    const auto selector = crypto::keccak256(as_bytes(signature));
    Bytes data(selector.begin(), selector.begin() + 4);
    for (const auto& argument : arguments) append(data, argument);
    return data;
}
Hash32 filled(std::uint8_t value) {
    Hash32 out;
    out.fill(value);
    return out;
}

class GasBudgets : public ::testing::Test {
  protected:
    void send(const crypto::Secp256k1Key& from, const proto::Address& to, std::uint64_t value,
              Bytes data = {}) {
        const auto sent = rig_.chain().submit(rig_.call(
            from, rig_.chain().nonce(from.address(), true), to, value, std::move(data), 500'000));
        ASSERT_TRUE(sent) << sent.error().message();
    }
    StoredBlock made_in(std::uint64_t slot) {
        EXPECT_TRUE(rig_.produce(slot)) << slot;
        return *rig_.chain().block(rig_.chain().height());
    }
    [[nodiscard]] Uint256 balance(const proto::Address& address) {
        return rig_.chain().account(address).balance;
    }
    /// Budget, short of a part of a gwei.
    void expect_filled(const proto::Address& address) {
        EXPECT_LE(balance(address), gas_budget());
        EXPECT_LT(gas_budget() - balance(address), Uint256(wei_per_gwei));
    }
    ChainRig rig_;
};

TEST_F(GasBudgets, genesis_gives_the_first_node_its_budget_and_nothing_else_to_anybody) {
    EXPECT_EQ(balance(rig_.genesis.node), gas_budget());
    EXPECT_EQ(balance(somebody), Uint256());
}

TEST_F(GasBudgets, what_is_used_comes_back_with_the_first_block_of_an_epoch) {
    send(rig_.node(), somebody, 3 * unit + 7);
    const auto first = made_in(1);
    EXPECT_TRUE(first.withdrawals.empty());
    EXPECT_EQ(first.header.withdrawals_root, proto::empty_trie_root());
    send(rig_.node(), somebody, 1);
    EXPECT_TRUE(made_in(epoch_slots - 1).withdrawals.empty());
    const auto before = balance(rig_.genesis.node);
    send(rig_.node(), somebody, 2);
    const auto second = made_in(epoch_slots);
    ASSERT_EQ(second.withdrawals.size(), 1U);
    const auto& w = second.withdrawals[0];
    EXPECT_EQ(w.index, 0U);
    EXPECT_EQ(w.validator_index, 0U);
    EXPECT_EQ(w.address, rig_.genesis.node);
    // What the block's own transaction takes is made up for, too.
    EXPECT_GT(Uint256(w.amount_gwei) * Uint256(wei_per_gwei) + before, gas_budget());
    expect_filled(rig_.genesis.node);
    EXPECT_EQ(second.header.withdrawals_root, state::withdrawals_root(second.withdrawals));
    send(rig_.node(), somebody, 2 * unit);
    EXPECT_TRUE(made_in(epoch_slots + 1).withdrawals.empty());
    const auto third = made_in(5 * epoch_slots + 3);
    EXPECT_TRUE(third.transactions.empty());
    ASSERT_EQ(third.withdrawals.size(), 1U);
    EXPECT_EQ(third.withdrawals[0].index, 1U);
    expect_filled(rig_.genesis.node);
}

TEST_F(GasBudgets, an_epoch_in_which_nobody_lacks_anything_makes_no_block) {
    EXPECT_FALSE(rig_.produce(epoch_slots));
    EXPECT_FALSE(rig_.produce(epoch_slots + 1));
    send(rig_.node(), somebody, unit);
    EXPECT_EQ(made_in(epoch_slots + 2).withdrawals.size(), 1U);
    EXPECT_FALSE(rig_.produce(2 * epoch_slots));
    EXPECT_FALSE(rig_.produce(3 * epoch_slots));
}

TEST_F(GasBudgets, a_node_that_has_spent_all_gets_a_block_without_sending_anything) {
    const auto all = balance(rig_.genesis.node) - Uint256(21'000) * Uint256(base_fee_wei);
    proto::Transaction t = rig_.call(rig_.node(), 0, somebody, 0, {}, 21'000);
    t.value = all;
    t.sign(rig_.node());
    ASSERT_TRUE(rig_.chain().submit(t));
    (void)made_in(1);
    EXPECT_EQ(balance(rig_.genesis.node), Uint256());
    EXPECT_FALSE(rig_.chain().submit_anchor(sample_session(1)));
    EXPECT_FALSE(rig_.produce(2));
    EXPECT_EQ(made_in(epoch_slots).withdrawals.size(), 1U);
    EXPECT_TRUE(rig_.chain().submit_anchor(sample_session(1)));
    EXPECT_TRUE(rig_.produce(epoch_slots + 1));
}

TEST_F(GasBudgets, nodes_come_in_by_their_admission_and_go_when_they_leave) {
    const auto nodes = address_of(GenesisContract::nodes);
    const auto candidate = ChainRig::account(9);
    send(rig_.node(), somebody, unit);
    (void)made_in(1);
    send(candidate, nodes, 0,
         calldata("announce(bytes32,bytes32,bytes32)", {filled(1), filled(2), filled(3)}));
    EXPECT_TRUE(made_in(2).withdrawals.empty());
    EXPECT_LT(balance(somebody), Uint256(unit));
    send(rig_.node(), nodes, 0, calldata("sponsor(address)", {Uint256::from_be(somebody).to_be()}));
    const auto admitted = made_in(3);
    ASSERT_EQ(admitted.withdrawals.size(), 1U);
    EXPECT_EQ(admitted.withdrawals[0].address, somebody);
    EXPECT_EQ(admitted.withdrawals[0].validator_index, 1U);
    expect_filled(somebody);

    rig_.reopen();
    send(candidate, rig_.genesis.node, 5 * unit);
    const auto both = made_in(epoch_slots);
    ASSERT_EQ(both.withdrawals.size(), 1U) << "the first node has the five units";
    EXPECT_EQ(both.withdrawals[0].index, 1U);
    expect_filled(somebody);

    send(candidate, nodes, 0, calldata("resign()", {}));
    (void)made_in(epoch_slots + 1);
    send(rig_.node(), somebody, 1);
    EXPECT_TRUE(made_in(2 * epoch_slots + 9).withdrawals.empty());
}

/// What the chain makes is what Ethereum's rules make of the same block.
TEST_F(GasBudgets, every_block_is_one_that_apply_block_takes) {
    send(rig_.node(), somebody, 5 * unit);
    (void)made_in(1);
    ASSERT_TRUE(rig_.chain().submit_anchor(sample_session(3)));
    (void)made_in(2);
    (void)rig_.deploy({0x5f, 0x5f, 0xf3});
    ASSERT_TRUE(rig_.chain().submit_anchor(sample_session(4)));
    (void)made_in(epoch_slots);
    send(rig_.node(), somebody, 1);
    (void)made_in(4 * epoch_slots);

    const auto genesis = make_genesis(rig_.genesis);
    ASSERT_TRUE(genesis);
    state::Accounts accounts;
    for (const auto& [address, change] : genesis->state) {
        auto& account = accounts[address];
        account = {change.after->nonce, change.after->balance, change.code.value_or(Bytes{}),
                   change.storage};
        std::erase_if(account.storage, [](const auto& slot) { return slot.second.is_zero(); });
    }
    ASSERT_EQ(state::state_root(accounts), genesis->header.state_root);
    state::BlockRules rules;
    rules.chain_id = rig_.genesis.chain_id;
    rules.requests = false;
    for (std::uint64_t number = 1; number <= rig_.chain().height(); ++number) {
        const auto block = rig_.chain().block(number)->whole();
        state::World world(accounts);
        const auto applied = state::apply_block(world, block, rules);
        ASSERT_TRUE(applied) << number << ": " << applied.error().message();
        accounts = world.accounts();
        EXPECT_EQ(state::state_root(accounts), block.header.state_root) << number;
    }
    EXPECT_FALSE(accounts[state::block_hash_history].storage.empty());
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
