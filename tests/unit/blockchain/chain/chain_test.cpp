// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/trie.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/manifest.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <thread>

#include "chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::chain::test {
namespace {

const proto::Address somebody = ChainRig::account(8).address();

bool is(const Error& error, Errc code) {
    return error.code == make_error_code(code);
}

TEST(Chain, makes_a_block_only_once_its_slot_has_begun) {
    ChainRig rig;
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 0, somebody, 1)));
    for (const auto now :
         {std::uint64_t{0}, rig.genesis.time_s, rig.genesis.time_s + 119, rig.due(1) - 1})
        EXPECT_FALSE(rig.chain().produce(now)->has_value()) << now;
    EXPECT_EQ(rig.chain().height(), 0);
    EXPECT_EQ(**rig.chain().produce(rig.due(1)), 1);
    EXPECT_EQ(rig.chain().block(1)->header.timestamp, rig.genesis.time_s + 120);
}

TEST(Chain, makes_no_block_without_something_to_do) {
    ChainRig rig;
    EXPECT_FALSE(rig.produce(1));
    EXPECT_FALSE(rig.produce(1000));
    EXPECT_EQ(rig.chain().height(), 0);
}

TEST(Chain, makes_one_block_per_slot_and_heights_are_no_slots) {
    ChainRig rig;
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 0, somebody, 1)));
    EXPECT_TRUE(rig.produce(3));
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 1, somebody, 1)));
    EXPECT_FALSE(rig.produce(3));
    EXPECT_FALSE(rig.produce(2)) << "a clock that went back";
    EXPECT_TRUE(rig.produce(7));
    EXPECT_EQ(rig.chain().height(), 2);
    EXPECT_EQ(proto::ConsensusPayload::decode(rig.chain().block(2)->payload)->slot, 7);
}

TEST(Chain, block_commits_to_all_it_holds) {
    ChainRig rig;
    proto::CheckpointAnchor checkpoint{1, {}, 2};
    checkpoint.root.fill(5);
    ASSERT_TRUE(rig.chain().submit_anchor(checkpoint));
    ASSERT_TRUE(rig.produce(1));
    ASSERT_TRUE(rig.chain().submit_anchor(sample_session(7)));
    ASSERT_TRUE(rig.produce(2));
    const auto one = *rig.chain().block(1);
    const auto two = *rig.chain().block(2);
    EXPECT_EQ(two.header.parent_hash, one.header.hash());
    EXPECT_EQ(one.header.parent_hash, rig.chain().genesis_hash());
    EXPECT_EQ(two.header.transactions_root, state::ordered_trie_root(two.transactions));
    EXPECT_EQ(two.header.receipts_root, state::ordered_trie_root(two.receipts));
    EXPECT_NE(two.header.state_root, one.header.state_root);
    const auto payload = *proto::ConsensusPayload::decode(two.payload);
    EXPECT_EQ(two.header.extra_data, to_bytes(payload.hash()));
    EXPECT_EQ(payload.log_size, 3);
    const std::vector<Hash32> leaves = {
        crypto::merkle_leaf(
            proto::anchor_leaf(0, rig.genesis.node, proto::NodeAnchor{rig.genesis.evidence_key})),
        crypto::merkle_leaf(proto::anchor_leaf(1, rig.genesis.node, checkpoint)),
        crypto::merkle_leaf(proto::anchor_leaf(2, rig.genesis.node, sample_session(7)))};
    EXPECT_EQ(payload.log_root, crypto::merkle_root(leaves));
    EXPECT_EQ(payload.previous_certificate_hash, crypto::sha256(one.certificate));
    const proto::ValidatorSet validators{{{rig.genesis.validator_key, 1, rig.genesis.node}}};
    EXPECT_EQ(payload.validator_set_hash, validators.hash());
    const auto certificate = proto::Certificate::decode(two.certificate);
    EXPECT_EQ(certificate->block_hash, two.header.hash());
    EXPECT_TRUE(certificate->verify(validators, rig.genesis.chain_id));
}

TEST(Chain, anchors_wait_once_and_stand_once) {
    ChainRig rig;
    const auto first = rig.chain().submit_anchor(sample_session(7));
    ASSERT_TRUE(first);
    EXPECT_EQ(*rig.chain().submit_anchor(sample_session(7)), *first);
    EXPECT_EQ(rig.chain().pool_size(), 1);
    EXPECT_TRUE(
        is(rig.chain().find_session(sample_session(7).session_id).error(), Errc::not_found));
    ASSERT_TRUE(rig.produce(1));
    EXPECT_TRUE(is(rig.chain().submit_anchor(sample_session(7)).error(), Errc::already_exists));
    EXPECT_EQ(rig.chain().find_session(sample_session(7).session_id)->transaction, *first);
    rig.reopen();
    EXPECT_TRUE(is(rig.chain().submit_anchor(sample_session(7)).error(), Errc::already_exists));
    EXPECT_EQ(rig.chain().find_session(sample_session(7).session_id)->transaction, *first);
    EXPECT_EQ(rig.chain().find_session(sample_session(7).session_id)->block, 1);
}

TEST(Chain, evidence_is_what_the_verifier_accepts) {
    ChainRig rig;
    // A recording of one segment, alive in slots 1 and 2.
    const Hash32 segment = crypto::merkle_leaf(as_bytes("segment"));
    auto anchor = sample_session(7);
    anchor.tree_size = 1;
    anchor.merkle_root = segment;
    std::vector<sessions::format::CheckpointLeaf> leaves = {{anchor.session_id, 1, segment}};
    for (const std::uint64_t slot : {1, 2})
        ASSERT_TRUE(rig.chain().submit_anchor(
            proto::CheckpointAnchor{slot, sessions::format::checkpoint_root(leaves), 1}));
    sessions::format::Manifest manifest;
    manifest.session_id = anchor.session_id;
    manifest.node = rig.genesis.node;
    manifest.node_key = rig.genesis.evidence_key;
    manifest.started_at_us = (rig.genesis.time_s + 120) * 1'000'000;
    manifest.ended_at_us = (rig.genesis.time_s + 300) * 1'000'000;
    manifest.tree_size = 1;
    manifest.root = segment;
    manifest.chunks = {{}};
    anchor.started_at_s = manifest.started_at_us / 1'000'000;
    anchor.manifest_hash = sessions::format::manifest_hash(as_bytes(manifest.to_json()));
    EXPECT_TRUE(is(rig.chain().evidence(anchor.session_id, 1, 2).error(), Errc::not_found));
    ASSERT_TRUE(rig.chain().submit_anchor(anchor));
    ASSERT_TRUE(rig.produce(3));
    EXPECT_TRUE(is(rig.chain().evidence(anchor.session_id, 1, 3).error(), Errc::not_found));
    EXPECT_TRUE(is(rig.chain().evidence(anchor.session_id, 2, 1).error(), Errc::bad_value));
    // Something else later: the head is another block than the anchor's.
    ASSERT_TRUE(rig.chain().submit_anchor(sample_session(20)));
    ASSERT_TRUE(rig.produce(4));

    const auto verdict = [&] {
        auto record = sessions::format::AnchorRecord::from_json(
            as_bytes(*rig.chain().evidence(anchor.session_id, 1, 2)));
        for (auto& checkpoint : record->checkpoints) checkpoint.leaves = leaves;
        const sessions::format::Trust trust{rig.genesis.chain_id, rig.chain().genesis_hash()};
        return sessions::format::verify_anchor(*record, manifest, anchor.manifest_hash,
                                               {&segment, 1}, trust);
    };
    const auto good = verdict();
    EXPECT_TRUE(good) << good.error().message();
    rig.reopen();
    EXPECT_TRUE(verdict());
    manifest.root[0] ^= 1;
    EXPECT_FALSE(verdict());
}

TEST(Chain, transaction_that_became_impossible_is_forgotten_and_makes_no_block) {
    ChainRig rig;
    const auto poor = ChainRig::account(9);
    constexpr std::uint64_t ether = 1'000'000'000'000'000'000;
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 0, poor.address(), ether)));
    ASSERT_TRUE(rig.produce(1));
    // Each is affordable alone, not both; the third waits behind the second.
    for (std::uint64_t nonce = 0; nonce < 3; ++nonce)
        ASSERT_TRUE(rig.chain().submit(rig.call(poor, nonce, somebody, ether / 10 * 6)));
    EXPECT_TRUE(rig.produce(2));
    EXPECT_EQ(rig.chain().block(2)->transactions.size(), 1);
    EXPECT_EQ(rig.chain().pool_size(), 0);
    EXPECT_FALSE(rig.produce(3));
    EXPECT_EQ(rig.chain().nonce(poor.address(), true), 1);
}

TEST(Chain, full_block_leaves_the_rest_for_the_next) {
    ChainRig rig;
    const auto burner = rig.deploy(Bytes{0xfe});  // INVALID: takes all gas
    ASSERT_TRUE(rig.produce(1));
    constexpr auto gas = block_gas_limit / 12 * 5;  // two fit, three do not
    for (std::uint64_t nonce = 1; nonce <= 4; ++nonce)
        ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), nonce, burner, 0, {}, gas)));
    EXPECT_TRUE(rig.produce(2));
    EXPECT_EQ(rig.chain().block(2)->transactions.size(), 2);
    EXPECT_EQ(rig.chain().block(2)->header.gas_used, 2 * gas);
    EXPECT_TRUE(rig.produce(3));
    EXPECT_EQ(rig.chain().block(3)->transactions.size(), 2);
    EXPECT_FALSE(proto::Receipt::decode(rig.chain().block(3)->receipts[1])->success);
    EXPECT_EQ(rig.chain().pool_size(), 0);
}

TEST(Chain, blockhash_knows_the_last_256_blocks) {
    ChainRig rig;
    // PUSH0 CALLDATALOAD BLOCKHASH PUSH0 MSTORE PUSH1 32 PUSH0 RETURN
    const auto contract = rig.deploy(Bytes{0x5f, 0x35, 0x40, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3});
    ASSERT_TRUE(rig.produce(1));
    const auto ask = [&](std::uint64_t number) {
        const auto input = proto::Uint256(number).to_be();
        return rig.chain().call(somebody, contract, {}, input, 100'000)->output;
    };
    EXPECT_EQ(ask(0), to_bytes(rig.chain().genesis_hash()));
    rig.reopen();
    EXPECT_EQ(ask(1), to_bytes(rig.chain().block(1)->header.hash()));
    EXPECT_EQ(ask(2), Bytes(32)) << "the block in the making";
    for (std::uint64_t slot = 2; slot <= 260; ++slot) {
        ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), slot - 1, somebody, 1)));
        ASSERT_TRUE(rig.produce(slot));
    }
    EXPECT_EQ(ask(260), to_bytes(rig.chain().block(260)->header.hash()));
    EXPECT_EQ(ask(5), to_bytes(rig.chain().block(5)->header.hash()));
    EXPECT_EQ(ask(4), Bytes(32));
    EXPECT_EQ(ask(0), Bytes(32));
}

TEST(Chain, contract_that_calls_itself_to_the_end_does_no_harm) {
    ChainRig rig;
    // Five PUSH0, ADDRESS GAS CALL STOP
    const auto contract = rig.deploy(Bytes{0x5f, 0x5f, 0x5f, 0x5f, 0x5f, 0x30, 0x5a, 0xf1, 0x00});
    ASSERT_TRUE(rig.produce(1));
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 1, contract, 0, {}, 50'000'000)));
    EXPECT_TRUE(rig.produce(2));
    // Each call keeps a 64th of the gas: 50 million last for some 600 of them, 100 gas each.
    EXPECT_GT(rig.chain().block(2)->header.gas_used, 21'000 + 600 * 100);
    EXPECT_EQ(rig.chain().call(somebody, contract, {}, {}, 50'000'000)->status,
              evm::Status::success);
}

TEST(Chain, call_leaves_the_state_as_it_was) {
    ChainRig rig;
    const auto contract = rig.deploy(Bytes{0x60, 1, 0x5f, 0x55, 0x00});  // SSTORE(0, 1)
    ASSERT_TRUE(rig.produce(1));
    const auto before = rig.chain().account(contract);
    for (int i = 0; i < 2; ++i) {
        const auto applied = rig.chain().call(somebody, contract, 5, {}, 100'000);
        EXPECT_EQ(applied->status, evm::Status::success);
        EXPECT_GT(applied->gas_used, 20'000);
    }
    EXPECT_EQ(rig.chain().account(contract), before);
    EXPECT_EQ(rig.chain().account(somebody), state::Account{});
}

TEST(Chain, keys_and_genesis_must_be_the_stores_own) {
    ChainRig rig;
    rig.close();
    EXPECT_FALSE(Chain::open(rig.directory(), rig.genesis,
                             ChainKeys{ChainRig::account(7), ChainRig::signing_key(2)}));
    EXPECT_FALSE(Chain::open(rig.directory(), rig.genesis,
                             ChainKeys{ChainRig::account(1), ChainRig::signing_key(8)}));
    auto other = rig.genesis;
    other.time_s += 120;
    const auto opened = Chain::open(rig.directory(), other,
                                    ChainKeys{ChainRig::account(1), ChainRig::signing_key(2)});
    ASSERT_FALSE(opened);
    EXPECT_TRUE(is(opened.error(), Errc::hash_mismatch));
}

TEST(Chain, answers_several_threads_while_it_makes_blocks) {
    ChainRig rig;
    std::vector<std::thread> readers;
    std::atomic<bool> stop{false};
    for (int i = 0; i < 3; ++i)
        readers.emplace_back([&] {
            while (!stop) {
                const auto height = rig.chain().height();
                EXPECT_TRUE(rig.chain().block(height));
                EXPECT_TRUE(rig.chain().call(somebody, somebody, {}, {}, 30'000));
                EXPECT_LE(rig.chain().account(somebody).balance, proto::Uint256(40));
                (void)rig.chain().evidence(sample_session(1).session_id, 1, 1);
            }
        });
    for (std::uint64_t slot = 1; slot <= 20; ++slot) {
        EXPECT_TRUE(rig.chain().submit(rig.call(rig.node(), slot - 1, somebody, 2)));
        EXPECT_TRUE(rig.produce(slot));
    }
    stop = true;
    for (auto& reader : readers) reader.join();
    EXPECT_EQ(rig.chain().account(somebody).balance, proto::Uint256(40));
}

TEST(Genesis, text_round_trips_and_mistakes_are_refused) {
    ChainRig rig;
    const auto text = rig.genesis.to_json();
    EXPECT_EQ(Genesis::from_json(as_bytes(text))->to_json(), text);
    for (std::size_t size = 0; size + 2 < text.size(); ++size)
        EXPECT_FALSE(Genesis::from_json(as_bytes(text.substr(0, size)))) << size;
    const auto with = [&](const std::string& from, const std::string& to) {
        auto changed = text;
        changed.replace(changed.find(from), from.size(), to);
        return Genesis::from_json(as_bytes(changed));
    };
    EXPECT_FALSE(with("\"version\": 1", "\"version\": \"1\""));
    EXPECT_FALSE(with("\"version\": 1", "\"version\": 2"));
    EXPECT_FALSE(with("\"chain_id\": 19541", "\"chain_id\": -1"));
    EXPECT_FALSE(with("\"chain_id\": 19541", "\"chain_id\": {}"));
    EXPECT_FALSE(with("\"time\": 1700000000", "\"time\": 0"));
    EXPECT_FALSE(with("\"node\": \"", "\"node\": \"00"));
    EXPECT_FALSE(Genesis::from_json(as_bytes("[1]")));
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
