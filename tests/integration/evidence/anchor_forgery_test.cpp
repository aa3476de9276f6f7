// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <functional>

#include "forge.hpp"
#include <gtest/gtest.h>

// Edits of anchor.json: every field, checkpoints, and chains that somebody made himself. Last in
// the program: it also counts all edits.

namespace lucid::evidence_test {
namespace {

using blockchain::proto::Certificate;
using blockchain::proto::ConsensusPayload;
using blockchain::proto::Header;
using blockchain::proto::ValidatorSet;
using sessions::format::AnchorRecord;

AnchorRecord record_of(const Pieces& pieces) {
    return *AnchorRecord::from_json(as_bytes(pieces.anchor_json));
}

void expect_anchor_refused(const AnchorRecord& record, const std::string& what) {
    auto bundle = world().bundles[0];
    const auto json = record.to_json();
    ASSERT_NE(json, world().sessions[0].anchor_json) << what << " changes nothing";
    bundle.files["anchor.json"] = to_bytes(as_bytes(json));
    expect_refused(std::move(bundle), what, "anchor.json");
}

void edit(const std::string& what, const std::function<void(AnchorRecord&)>& change) {
    auto record = record_of(world().sessions[0]);
    change(record);
    expect_anchor_refused(record, what);
}

TEST(AnchorForgery, every_field) {
    edit("chain id", [](auto& r) { ++r.chain_id; });
    edit("node", [](auto& r) { r.node[0] ^= 1; });
    edit("session index", [](auto& r) { ++r.session.anchor_index; });
    edit("session slot", [](auto& r) { ++r.session.block_slot; });
    edit("start", [](auto& r) { ++r.started_at_s; });
    edit("owner", [](auto& r) { r.owner[0] ^= 1; });
    edit("registration index", [](auto& r) { ++r.registration.anchor_index; });
    edit("registration slot", [](auto& r) { ++r.registration.block_slot; });
    edit("evidence key", [](auto& r) { r.evidence_key[0] ^= 1; });
    edit("log size", [](auto& r) { ++r.log_size; });
    edit("log root", [](auto& r) { r.log_root[0] ^= 1; });
    edit("log checkpoint", [](auto& r) { r.log_checkpoint += "x"; });
    edit("no log checkpoint", [](auto& r) { r.log_checkpoint.clear(); });
    edit("no certificate", [](auto& r) { r.certificate.clear(); });
    edit("no validators", [](auto& r) { r.validator_sets.clear(); });
    edit("two sets", [](auto& r) { r.validator_sets.push_back(r.validator_sets[0]); });
    edit("genesis as head", [](auto& r) { r.head = r.genesis; });
    edit("head as genesis", [](auto& r) { r.genesis = r.head; });
    for (std::size_t i = 0; i < record_of(world().sessions[0]).session.inclusion.size(); ++i) {
        edit("session proof", [&](auto& r) { r.session.inclusion[i][0] ^= 1; });
        edit("session proof cut", [&](auto& r) { r.session.inclusion.resize(i); });
    }
    for (std::size_t i = 0; i < record_of(world().sessions[0]).registration.inclusion.size(); ++i)
        edit("registration proof", [&](auto& r) { r.registration.inclusion[i][0] ^= 1; });
}

TEST(AnchorForgery, checkpoints_dropped_swapped_doubled) {
    const auto count = record_of(world().sessions[0]).checkpoints.size();
    ASSERT_EQ(count, World::last_slot + 1);
    for (std::size_t i = 0; i < count; ++i) {
        const auto at = static_cast<std::ptrdiff_t>(i);
        edit("dropped", [&](auto& r) { r.checkpoints.erase(r.checkpoints.begin() + at); });
        edit("cut", [&](auto& r) { r.checkpoints.resize(i); });
        edit("doubled", [&](auto& r) {
            const auto copy = r.checkpoints[i];
            r.checkpoints.insert(r.checkpoints.begin() + at, copy);
        });
        for (std::size_t other = i + 1; other < count; ++other)
            edit("swapped", [&](auto& r) { std::swap(r.checkpoints[i], r.checkpoints[other]); });
    }
}

TEST(AnchorForgery, every_field_of_each_checkpoint) {
    const auto count = record_of(world().sessions[0]).checkpoints.size();
    const auto& id = world().sessions[0].id;
    for (std::size_t i = 0; i < count; ++i) {
        edit("slot", [&](auto& r) { r.checkpoints[i].checkpoint.slot += 7; });
        edit("root", [&](auto& r) { r.checkpoints[i].checkpoint.root[0] ^= 1; });
        edit("count", [&](auto& r) { ++r.checkpoints[i].checkpoint.count; });
        edit("index", [&](auto& r) { ++r.checkpoints[i].position.anchor_index; });
        edit("block slot", [&](auto& r) { ++r.checkpoints[i].position.block_slot; });
        edit("proof", [&](auto& r) { r.checkpoints[i].position.inclusion[0][5] ^= 1; });
        edit("no leaves", [&](auto& r) { r.checkpoints[i].leaves.clear(); });
        for (std::size_t leaf = 0; leaf < 2; ++leaf) {
            edit("leaf size", [&](auto& r) { --r.checkpoints[i].leaves[leaf].tree_size; });
            edit("leaf root", [&](auto& r) { r.checkpoints[i].leaves[leaf].root[0] ^= 1; });
            edit("leaf id",
                 [&](auto& r) { r.checkpoints[i].leaves[leaf].session_id.bytes[0] ^= 1; });
            edit("leaf dropped", [&](auto& r) {
                auto& leaves = r.checkpoints[i].leaves;
                leaves.erase(leaves.begin() + static_cast<std::ptrdiff_t>(leaf));
            });
        }
        edit("without this session", [&](auto& r) {
            auto& leaves = r.checkpoints[i].leaves;
            std::erase_if(leaves, [&](const auto& l) { return l.session_id == id; });
            r.checkpoints[i].checkpoint.count = 1;
            r.checkpoints[i].checkpoint.root = sessions::format::checkpoint_root(leaves);
        });
    }
}

TEST(AnchorForgery, a_head_block_that_says_otherwise) {
    const auto with_header = [](const std::function<void(Header&)>& change) {
        edit("header", [&](auto& r) {
            auto header = *Header::decode(r.head.header);
            change(header);
            r.head.header = header.encode();
            auto certificate = *Certificate::decode(r.certificate);
            certificate.block_hash = header.hash();
            r.certificate = certificate.encode();
        });
    };
    with_header([](Header& h) { ++h.number; });
    with_header([](Header& h) { ++h.timestamp; });
    with_header([](Header& h) { h.parent_hash[0] ^= 1; });
    with_header([](Header& h) { h.state_root[0] ^= 1; });
    with_header([](Header& h) { h.extra_data.clear(); });
    const auto with_payload = [](const std::function<void(ConsensusPayload&)>& change) {
        edit("payload", [&](auto& r) {
            auto payload = *ConsensusPayload::decode(r.head.payload);
            change(payload);
            r.head.payload = payload.encode();
            auto header = *Header::decode(r.head.header);
            header.extra_data = to_bytes(payload.hash());
            r.head.header = header.encode();
            auto certificate = *Certificate::decode(r.certificate);
            certificate.block_hash = header.hash();
            r.certificate = certificate.encode();
        });
    };
    with_payload([](ConsensusPayload& p) { ++p.slot; });
    with_payload([](ConsensusPayload& p) { ++p.log_size; });
    with_payload([](ConsensusPayload& p) { p.log_root[0] ^= 1; });
    with_payload([](ConsensusPayload& p) { p.validator_set_hash[0] ^= 1; });
}

TEST(AnchorForgery, a_certificate_of_somebody_else) {
    const crypto::Ed25519Key key{crypto::Secret(Bytes(32, 0x77))};
    const auto sign_with = [&](AnchorRecord& r, const crypto::Ed25519Key& by, std::uint32_t index) {
        auto certificate = *Certificate::decode(r.certificate);
        certificate.votes = {{index, by.sign(blockchain::proto::vote_message(
                                         r.chain_id, certificate.height, certificate.round,
                                         certificate.block_hash))}};
        r.certificate = certificate.encode();
    };
    edit("signed by another", [&](auto& r) { sign_with(r, key, 0); });
    edit("a validator that is none", [&](auto& r) { sign_with(r, key, 1); });
    edit("no votes", [&](auto& r) {
        auto certificate = *Certificate::decode(r.certificate);
        certificate.votes.clear();
        r.certificate = certificate.encode();
    });
    edit("own validator set", [&](auto& r) {
        const ValidatorSet own{{{key.public_key(), 1, r.node}}};
        r.validator_sets = {own.encode()};
        sign_with(r, key, 0);
    });
    edit("another round", [&](auto& r) {
        auto certificate = *Certificate::decode(r.certificate);
        ++certificate.round;
        r.certificate = certificate.encode();
    });
}

/// The same node, keys and all, on a chain that starts elsewhere or says something else.
TEST(AnchorForgery, a_chain_of_ones_own) {
    World other(8);
    other.record(20);
    auto whole = other.bundles[0];
    expect_refused(whole, "a whole bundle of another chain");
    EXPECT_EQ(judge(whole, false).place.file, "anchor.json");
    edit("another genesis", [&](auto& r) { r.genesis = record_of(other.sessions[0]).genesis; });
    edit("another head", [&](auto& r) { r.head = record_of(other.sessions[0]).head; });
    edit("another chain's session", [&](auto& r) { r = record_of(other.sessions[0]); });
    edit("the other session", [&](auto& r) { r.session = record_of(world().sessions[1]).session; });
    edit("both chains mixed", [&](auto& r) {
        const auto o = record_of(other.sessions[0]);
        r.head = o.head;
        r.certificate = o.certificate;
        r.log_root = o.log_root;
        r.log_size = o.log_size;
        r.log_checkpoint = o.log_checkpoint;
    });
}

TEST(AnchorForgery, a_node_that_registers_less_than_its_checkpoints_saw) {
    World node(7);
    node.record(40, 15);
    sessions::format::VerifyOptions options;
    options.trust = node.trust();
    const auto report = sessions::format::verify(node.bundles[0], options);
    ASSERT_EQ(report.verdict, sessions::format::Verdict::refused);
    EXPECT_EQ(report.bad->file, "anchor.json");
    EXPECT_NE(report.bad->rule.find("shorter than a checkpoint"), std::string::npos)
        << report.bad->rule;
    EXPECT_EQ(sessions::format::verify(node.bundles[1], options).verdict,
              sessions::format::Verdict::verified);
}

TEST(AnchorForgery, a_node_that_claims_an_earlier_end_than_its_later_checkpoints_saw) {
    World node(7);
    // Ten segments were there at the end of slot 0: every checkpoint up to the claimed end agrees.
    node.record(40, 10, World::genesis_s + 110);
    sessions::format::VerifyOptions options;
    options.trust = node.trust();
    auto& bundle = node.bundles[0];
    const auto report = sessions::format::verify(bundle, options);
    ASSERT_EQ(report.verdict, sessions::format::Verdict::refused);
    EXPECT_NE(report.bad->rule.find("after its end"), std::string::npos) << report.bad->rule;
    auto record = record_of(node.sessions[0]);
    ASSERT_GE(record.between.size(), World::last_slot);
    // Leaving out what was anchored between does not help, nor does cutting its leaves.
    for (std::size_t i = 0; i < record.between.size(); ++i) {
        auto hidden = record;
        hidden.between.erase(hidden.between.begin() + static_cast<std::ptrdiff_t>(i));
        bundle.files["anchor.json"] = to_bytes(as_bytes(hidden.to_json()));
        EXPECT_EQ(sessions::format::verify(bundle, options).verdict,
                  sessions::format::Verdict::refused);
        hidden = record;
        std::erase_if(hidden.between[i].leaves,
                      [&](const auto& l) { return l.session_id == node.sessions[0].id; });
        bundle.files["anchor.json"] = to_bytes(as_bytes(hidden.to_json()));
        EXPECT_EQ(sessions::format::verify(bundle, options).verdict,
                  sessions::format::Verdict::refused);
    }
}

TEST(AnchorForgery, every_field_of_the_entries_between) {
    const auto count = record_of(world().sessions[0]).between.size();
    ASSERT_GE(count, 1U);
    for (std::size_t i = 0; i < count; ++i) {
        edit("index", [&](auto& r) { ++r.between[i].anchor_index; });
        edit("proof", [&](auto& r) { r.between[i].inclusion[0][1] ^= 1; });
        edit("dropped",
             [&](auto& r) { r.between.erase(r.between.begin() + static_cast<std::ptrdiff_t>(i)); });
        edit("doubled", [&](auto& r) { r.between.push_back(r.between[i]); });
        for (std::size_t byte = 0; byte < record_of(world().sessions[0]).between[i].leaf.size();
             ++byte)
            edit("leaf", [&](auto& r) { r.between[i].leaf[byte] ^= 1; });
    }
    edit("leaves of a checkpoint", [](auto& r) { r.between[0].leaves[0].tree_size = 1; });
}

TEST(ZCount, more_than_a_thousand_edits_were_judged) {
    if (::testing::GTEST_FLAG(filter) != "*") GTEST_SKIP() << "only some tests ran";
    RecordProperty("edits", static_cast<int>(edits_judged()));
    EXPECT_GE(edits_judged(), 1000U);
    std::printf("edits judged, each by outsider and owner: %zu\n", edits_judged());
}

}  // namespace
}  // namespace lucid::evidence_test
