// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/pool.hpp>

#include "chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::chain::test {
namespace {

/// A pool over a world in which three accounts have money.
class PoolTest : public testing::Test {
  protected:
    PoolTest() {
        block_.chain_id = 5;
        block_.number = 1;
        block_.gas_limit = block_gas_limit;
        block_.base_fee = base_fee_wei;
        world_.begin_transaction();
        for (const auto* key : {&own_, &rich_, &other_})
            world_.set_balance(key->address(), proto::Uint256(UINT64_MAX));
        world_.end_transaction();
    }

    proto::Transaction made(const crypto::Secp256k1Key& key, std::uint64_t nonce,
                            std::uint64_t price = base_fee_wei, std::size_t data_bytes = 0) {
        proto::Transaction t;
        t.type = proto::TransactionType::dynamic_fee;
        t.chain_id = 5;
        t.nonce = nonce;
        t.max_fee_per_gas = price;
        t.max_priority_fee_per_gas = price - base_fee_wei;
        t.gas_limit = 21'000 + 40 * data_bytes;
        t.to = own_.address();
        t.data = Bytes(data_bytes, 1);
        t.sign(key);
        return t;
    }
    /// "" when it was taken, else why not.
    std::string add(proto::Transaction t) {
        const auto sender = t.sender();
        if (!sender) return sender.error().context;
        const auto added = pool_.add(std::move(t), *sender, world_, block_);
        return added ? "" : added.error().context;
    }

    crypto::Secp256k1Key own_ = ChainRig::account(1);
    crypto::Secp256k1Key rich_ = ChainRig::account(2);
    crypto::Secp256k1Key other_ = ChainRig::account(3);
    crypto::Secp256k1Key poor_ = ChainRig::account(4);
    state::World world_{{}};
    evm::BlockContext block_;
    Pool pool_{own_.address()};
};

TEST_F(PoolTest, gives_transactions_in_order_of_nonces_up_to_the_first_gap) {
    for (const std::uint64_t nonce : {4, 1, 0, 2}) EXPECT_EQ(add(made(rich_, nonce)), "");
    const auto ready = pool_.ready(world_);
    ASSERT_EQ(ready.size(), 3);
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
        EXPECT_EQ(ready[nonce].transaction.nonce, nonce);
    EXPECT_EQ(pool_.next_nonce(rich_.address(), 0), 3);
    EXPECT_EQ(add(made(rich_, 3)), "");
    EXPECT_EQ(pool_.ready(world_).size(), 5);
    EXPECT_EQ(pool_.next_nonce(rich_.address(), 0), 5);
}

TEST_F(PoolTest, the_nodes_own_come_first) {
    EXPECT_EQ(add(made(rich_, 0)), "");
    EXPECT_EQ(add(made(other_, 0)), "");
    EXPECT_EQ(add(made(own_, 0)), "");
    EXPECT_EQ(add(made(own_, 1)), "");
    const auto ready = pool_.ready(world_);
    ASSERT_EQ(ready.size(), 4);
    EXPECT_EQ(ready[0].sender, own_.address());
    EXPECT_EQ(ready[1].sender, own_.address());
}

TEST_F(PoolTest, refusals_have_the_words_that_wallets_know) {
    EXPECT_EQ(add(made(rich_, 0)), "");
    EXPECT_EQ(add(made(rich_, 0)), "already known");
    EXPECT_EQ(add(made(poor_, 0)), "insufficient funds for gas * price + value");
    auto t = made(rich_, 1);
    t.chain_id = 6;
    t.sign(rich_);
    EXPECT_EQ(add(t), "invalid chain id for signer");
    t = made(rich_, 1);
    t.gas_limit = 20'999;
    t.sign(rich_);
    EXPECT_EQ(add(t), "intrinsic gas too low");
    t.gas_limit = block_gas_limit + 1;
    t.sign(rich_);
    EXPECT_EQ(add(t), "exceeds block gas limit");
    t = made(rich_, 1);
    t.max_fee_per_gas = base_fee_wei - 1;
    t.sign(rich_);
    EXPECT_EQ(add(t), "max fee per gas less than block base fee");
    t.max_priority_fee_per_gas = base_fee_wei;
    t.sign(rich_);
    EXPECT_EQ(add(t), "max priority fee per gas higher than max fee per gas");
    t = made(rich_, UINT64_MAX);
    EXPECT_EQ(add(t), "nonce has max value");
    world_.begin_transaction();
    world_.set_nonce(rich_.address(), 3);
    world_.end_transaction();
    EXPECT_EQ(add(made(rich_, 2)), "nonce too low");
    EXPECT_EQ(pool_.size(), 1);
}

TEST_F(PoolTest, gap_in_the_nonces_hides_no_other_mistake) {
    EXPECT_EQ(add(made(poor_, 7)), "insufficient funds for gas * price + value");
    auto t = made(rich_, 7);
    t.gas_limit = 20'999;
    t.sign(rich_);
    EXPECT_EQ(add(t), "intrinsic gas too low");
    EXPECT_EQ(pool_.size(), 0);
}

TEST_F(PoolTest, replacement_pays_a_tenth_more_of_both_prices) {
    constexpr std::uint64_t price = 2 * base_fee_wei;
    EXPECT_EQ(add(made(rich_, 0, price)), "");
    EXPECT_EQ(add(made(rich_, 0, price + price / 10 - 1)), "replacement transaction underpriced");
    auto tip_too_low = made(rich_, 0, price * 2);
    tip_too_low.max_priority_fee_per_gas = base_fee_wei;
    tip_too_low.sign(rich_);
    EXPECT_EQ(add(tip_too_low), "replacement transaction underpriced");
    const auto better = made(rich_, 0, price + price / 10);
    EXPECT_EQ(add(better), "");
    EXPECT_EQ(pool_.size(), 1);
    EXPECT_NE(pool_.find(better.hash()), nullptr);
    EXPECT_EQ(pool_.find(made(rich_, 0, price).hash()), nullptr);
}

TEST_F(PoolTest, sender_has_so_many_places_and_the_node_more) {
    for (std::uint64_t nonce = 0; nonce < Pool::per_sender_max; ++nonce)
        ASSERT_EQ(add(made(rich_, nonce)), "");
    EXPECT_EQ(add(made(rich_, Pool::per_sender_max)), "txpool is full");
    EXPECT_EQ(add(made(rich_, 5, 2 * base_fee_wei)), "") << "a replacement needs no place";
    EXPECT_EQ(add(made(other_, 0)), "");
    for (std::uint64_t nonce = 0; nonce <= Pool::per_sender_max; ++nonce)
        ASSERT_EQ(add(made(own_, nonce)), "");
}

TEST_F(PoolTest, behind_a_gap_there_are_fewer_places) {
    for (std::uint64_t i = 0; i < Pool::queued_per_sender_max; ++i)
        ASSERT_EQ(add(made(rich_, 10 + i)), "") << i;
    EXPECT_EQ(add(made(rich_, 500)), "txpool is full");
    EXPECT_EQ(add(made(rich_, 0)), "") << "what fills the gap is welcome";
    EXPECT_EQ(pool_.next_nonce(rich_.address(), 0), 1);
    for (std::uint64_t nonce = 1; nonce < 10; ++nonce) ASSERT_EQ(add(made(rich_, nonce)), "");
    EXPECT_EQ(pool_.next_nonce(rich_.address(), 0), 10 + Pool::queued_per_sender_max);
    EXPECT_EQ(add(made(rich_, 500)), "") << "nothing is behind a gap any more";
}

TEST_F(PoolTest, higher_tips_come_first_then_who_came_first) {
    EXPECT_EQ(add(made(other_, 0)), "");
    EXPECT_EQ(add(made(rich_, 0)), "");
    EXPECT_EQ(add(made(rich_, 1, 3 * base_fee_wei)), "");
    auto ready = pool_.ready(world_);
    ASSERT_EQ(ready.size(), 3);
    EXPECT_EQ(ready[0].sender, other_.address()) << "nonces order what one sender pays";
    EXPECT_EQ(ready[2].transaction.nonce, 1);
    EXPECT_EQ(add(made(rich_, 0, 2 * base_fee_wei)), "");
    ready = pool_.ready(world_);
    EXPECT_EQ(ready[0].sender, rich_.address());
    EXPECT_EQ(ready[1].sender, rich_.address());
}

TEST_F(PoolTest, arrivals_are_remembered_for_those_who_watch) {
    EXPECT_EQ(pool_.arrivals_end(), 0);
    const auto first = made(rich_, 0);
    EXPECT_EQ(add(first), "");
    const auto seen = pool_.arrivals_end();
    const auto second = made(rich_, 1);
    EXPECT_EQ(add(second), "");
    EXPECT_NE(add(second), "");
    EXPECT_EQ(pool_.arrivals_since(0), (std::vector{first.hash(), second.hash()}));
    EXPECT_EQ(pool_.arrivals_since(seen), std::vector{second.hash()});
    EXPECT_TRUE(pool_.arrivals_since(pool_.arrivals_end()).empty());
    EXPECT_TRUE(pool_.arrivals_since(UINT64_MAX).empty());
}

TEST_F(PoolTest, waiting_calldata_is_bounded_except_the_nodes) {
    constexpr std::size_t size = 120 * 1024;
    std::uint64_t count = 0;
    while (add(made(rich_, count, base_fee_wei, size)).empty()) ++count;
    EXPECT_EQ(count, Pool::bytes_max / size);
    EXPECT_EQ(add(made(other_, 0, base_fee_wei, size)), "txpool is full");
    EXPECT_EQ(add(made(own_, 0, base_fee_wei, size)), "");
    pool_.drop_from(rich_.address(), count - 2);
    EXPECT_EQ(add(made(other_, 0, base_fee_wei, size)), "");
}

TEST_F(PoolTest, forgets_what_is_used_and_what_became_impossible) {
    for (std::uint64_t nonce = 0; nonce < 6; ++nonce) EXPECT_EQ(add(made(rich_, nonce)), "");
    EXPECT_EQ(add(made(other_, 0)), "");
    world_.begin_transaction();
    world_.set_nonce(rich_.address(), 2);
    world_.end_transaction();
    pool_.drop_used(world_);
    EXPECT_EQ(pool_.size(), 5);
    pool_.drop_from(rich_.address(), 4);
    EXPECT_EQ(pool_.size(), 3);
    EXPECT_EQ(pool_.next_nonce(rich_.address(), 2), 4);
    pool_.drop_from(poor_.address(), 0);
    pool_.drop_from(rich_.address(), 0);
    pool_.drop_from(other_.address(), 0);
    EXPECT_EQ(pool_.size(), 0);
    EXPECT_TRUE(pool_.ready(world_).empty());
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
