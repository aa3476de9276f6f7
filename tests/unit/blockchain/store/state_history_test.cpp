// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Random changes over many blocks against a model that keeps every state whole.
#include <lucid/blockchain/state/world.hpp>
#include <lucid/blockchain/store/block_store.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <random>

#include "scratch_store.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::store {
namespace {

using state::Accounts;

constexpr std::uint64_t blocks = 60;

Address address_of(std::uint64_t number) {
    Address address{};
    address.fill(static_cast<std::uint8_t>(number + 1));
    return address;
}

/// A block's worth of random writes, to the store's world and to the model's alike.
void change(state::World& world, std::mt19937& random) {
    world.begin_transaction();
    for (unsigned i = 1 + random() % 12; i > 0; --i) {
        const auto address = address_of(random() % 8);
        const auto pick = random() % 10;
        if (pick < 5) {
            world.set_nonce(address, world.nonce(address) + 1);
            world.set_storage(address, random() % 12, random() % 3);
        } else if (pick < 7) {
            world.set_balance(address, random());
        } else if (pick < 8) {
            world.set_code(address, Bytes(1 + random() % 30, static_cast<std::uint8_t>(random())));
        } else if (pick < 9) {
            // Made and ended in one transaction, as EIP-6780 allows: its storage goes with it.
            world.create_account(address);
            world.self_destruct(address, address_of(9));
        } else {
            const auto before = world.checkpoint();
            world.set_storage(address, random() % 12, 9);
            world.set_balance(address, 1);
            world.revert_to(before);
        }
    }
    world.end_transaction();
}

class StateHistoryTest : public testing::Test {
  protected:
    /// Makes blocks; keeps the model's state after each.
    void fill(std::uint64_t history) {
        store_.emplace(*BlockStore::open(folder_.path(), history));
        std::mt19937 random(3);
        for (std::uint64_t number = 0; number < blocks; ++number) {
            const auto seed = random();
            std::mt19937 same(seed);
            state::World model(models_.empty() ? Accounts{} : models_.back());
            change(model, same);
            models_.push_back(model.accounts());

            same.seed(seed);
            StateUpdate update;
            if (number == 0) {
                state::World world(Accounts{});
                change(world, same);
                const auto snapshot = *store_->snapshot();
                update = *prepare_update(snapshot, world.take_changes(), proto::empty_trie_root());
            } else {
                const auto state = *store_->state_at(std::nullopt);
                state::World world(*state);
                change(world, same);
                update = *prepare_update(state->snapshot(), world.take_changes(), roots_.back());
            }
            roots_.push_back(update.root);
            ASSERT_EQ(update.root, state::state_root(models_.back())) << number;
            StoredBlock block;
            block.header.number = number;
            block.header.state_root = update.root;
            ASSERT_TRUE(store_->put_block(block, block.header.hash(), update, {}, {}));
        }
    }

    void expect_state(std::uint64_t height) {
        const auto state = store_->state_at(height);
        ASSERT_TRUE(state) << state.error().message();
        for (std::uint64_t i = 0; i < 11; ++i) {
            const auto address = address_of(i);
            const auto head = (*state)->account(address);
            const auto wanted = models_[height].find(address);
            ASSERT_EQ(head.has_value(), wanted != models_[height].end()) << height << " " << i;
            if (!head) continue;
            EXPECT_EQ(head->nonce, wanted->second.nonce);
            EXPECT_EQ(head->balance, wanted->second.balance);
            EXPECT_EQ(head->has_storage, !wanted->second.storage.empty());
            if (!wanted->second.code.empty()) {
                EXPECT_EQ((*state)->code(head->code_hash), wanted->second.code);
            }
            for (std::uint64_t slot = 0; slot < 12; ++slot) {
                const auto value = wanted->second.storage.find(slot);
                EXPECT_EQ((*state)->storage(address, slot),
                          value == wanted->second.storage.end() ? Uint256{} : value->second);
            }
        }
        EXPECT_FALSE((*state)->failed());
    }

    test::ScratchFolder folder_;
    std::optional<BlockStore> store_;
    std::vector<Accounts> models_;
    std::vector<Hash32> roots_;
};

TEST_F(StateHistoryTest, every_state_can_be_read_and_proven) {
    fill(0);
    for (std::uint64_t height = 0; height < blocks; ++height) {
        expect_state(height);
        const auto state = *store_->state_at(height);
        const std::vector<Uint256> slots = {0, 1, 11, 500};
        for (std::uint64_t i = 0; i < 11; ++i) {
            // The roots that the proofs start from are checked in there.
            const auto proof = prove(*state, roots_[height], roots_.back(), address_of(i), slots);
            ASSERT_TRUE(proof) << proof.error().message();
            EXPECT_EQ(crypto::keccak256(proof->account_proof.at(0)), roots_[height]);
            ASSERT_EQ(proof->slots.size(), 4);
            for (const auto& slot : proof->slots) {
                EXPECT_EQ(slot.value, state->storage(address_of(i), slot.key));
                if (!slot.proof.empty()) {
                    EXPECT_EQ(crypto::keccak256(slot.proof[0]), proof->account.storage_root);
                }
            }
        }
    }
    EXPECT_FALSE(store_->state_at(blocks));
    EXPECT_EQ(*store_->oldest_state(), 0);
}

TEST_F(StateHistoryTest, window_forgets_what_is_older) {
    fill(10);
    EXPECT_EQ(*store_->oldest_state(), blocks - 1 - 10);
    for (std::uint64_t height = blocks - 11; height < blocks; ++height) expect_state(height);
    const auto old = store_->state_at(blocks - 12);
    ASSERT_FALSE(old);
    EXPECT_EQ(old.error().code, make_error_code(Errc::refused));
    EXPECT_EQ(old.error().offset, blocks - 11);
    // Rows of forgotten blocks are gone.
    const auto snapshot = *store_->snapshot();
    std::size_t lists = 0;
    ASSERT_TRUE(snapshot.scan(Bytes{'d'}, [&](ByteView, ByteView) { return ++lists < 1000; }));
    EXPECT_EQ(lists, 10);
    ASSERT_TRUE(snapshot.scan(Bytes{'x'}, [&](ByteView key, ByteView) {
        EXPECT_GT(Uint256::from_be(key.last(8)), Uint256(blocks - 11));
        return true;
    }));
}

TEST_F(StateHistoryTest, flat_rows_are_the_head_alone) {
    fill(0);
    const auto snapshot = *store_->snapshot();
    std::size_t accounts = 0;
    std::size_t slots = 0;
    ASSERT_TRUE(snapshot.scan(Bytes{'a'}, [&](ByteView, ByteView) { return ++accounts > 0; }));
    ASSERT_TRUE(snapshot.scan(Bytes{'s'}, [&](ByteView, ByteView) { return ++slots > 0; }));
    EXPECT_EQ(accounts, models_.back().size());
    std::size_t wanted = 0;
    for (const auto& [address, account] : models_.back()) wanted += account.storage.size();
    EXPECT_EQ(slots, wanted);
}

}  // namespace
}  // namespace lucid::blockchain::store
