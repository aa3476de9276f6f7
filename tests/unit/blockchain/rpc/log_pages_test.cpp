// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// The anchor log as others fetch it, and witnesses that cosign it.
#include <lucid/blockchain/rpc/log_pages.hpp>
#include <lucid/blockchain/rpc/witness_desk.hpp>
#include <lucid/blockchain/tlog/checkpoint.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <filesystem>

#include "../chain/chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::rpc::test {
namespace {

using chain::test::ChainRig;

class LogPagesTest : public testing::Test {
  protected:
    /// A block that anchors so many checkpoints.
    void anchor(std::uint64_t count) {
        for (std::uint64_t i = 0; i < count; ++i)
            ASSERT_TRUE(rig_.chain().submit_anchor(
                proto::CheckpointAnchor{++anchored_, proto::Uint256(anchored_).to_be(), 1}));
        ASSERT_TRUE(rig_.produce(++slot_));
    }
    std::vector<Hash32> hashes(const std::string& path) {
        const auto page = log_page(rig_.chain(), path);
        EXPECT_TRUE(page) << path;
        std::vector<Hash32> out;
        for (std::size_t at = 0; page && at < page->body.size(); at += 32)
            std::copy_n(page->body.begin() + static_cast<std::ptrdiff_t>(at), 32,
                        out.emplace_back().begin());
        return out;
    }
    tlog::Checkpoint checkpoint() {
        const auto note = *tlog::Note::from_text(*rig_.chain().checkpoint_note());
        EXPECT_TRUE(tlog::verify_note(note, rig_.chain().log_key()));
        return *tlog::Checkpoint::from_text(note.text);
    }

    ChainRig rig_;
    std::uint64_t anchored_ = 0;
    std::uint64_t slot_ = 0;
};

TEST_F(LogPagesTest, tiles_lead_to_the_signed_root) {
    anchor(300);
    EXPECT_EQ(checkpoint().size, 301);
    auto leaves = hashes("tile/0/000");
    ASSERT_EQ(leaves.size(), 256);
    EXPECT_EQ(hashes("tile/1/000.p/1"), std::vector{crypto::merkle_root(leaves)});
    const auto rest = hashes("tile/0/001.p/45");
    ASSERT_EQ(rest.size(), 45);
    leaves.insert(leaves.end(), rest.begin(), rest.end());
    EXPECT_EQ(crypto::merkle_root(leaves), checkpoint().root);

    const auto entries = *log_page(rig_.chain(), "tile/entries/001.p/45");
    Reader r(entries.body);
    for (const auto& leaf : rest) {
        const auto length = r.u16_be("length");
        EXPECT_EQ(crypto::merkle_leaf(*r.take(*length, "entry")), leaf);
    }
    EXPECT_TRUE(r.empty());
    EXPECT_TRUE(log_page(rig_.chain(), "tile/0/000")->immutable);
    EXPECT_FALSE(log_page(rig_.chain(), "tile/0/001.p/45")->immutable);
}

TEST_F(LogPagesTest, what_is_not_there_is_not_found) {
    anchor(3);
    for (const auto* path : {"tile/0/000", "tile/0/000.p/5", "tile/0/001.p/1", "tile/1/000.p/1",
                             "tile/entries/000.p/5"})
        EXPECT_EQ(log_page(rig_.chain(), path).error().code, make_error_code(Errc::not_found))
            << path;
    for (const auto* path : {"", "tile", "tile/0/0", "tile/0/000.p/0", "tile/0/../checkpoint",
                             "checkpoint/", "tile/64/000", "tile/0/x000/000"})
        EXPECT_FALSE(log_page(rig_.chain(), path)) << path;
}

TEST_F(LogPagesTest, witness_cosigns_what_grew_and_remembers_it) {
    anchor(2);
    const auto folder = rig_.directory() + "/witness";
    std::filesystem::create_directories(folder);
    const auto open = [&] {
        return *WitnessDesk::open(folder, "witness/1", ChainRig::signing_key(9),
                                  {rig_.chain().log_key()});
    };
    const auto ask = [&](WitnessDesk& desk, std::uint64_t old_size) {
        tlog::AddCheckpoint request;
        request.old_size = old_size;
        request.note = *tlog::Note::from_text(*rig_.chain().checkpoint_note());
        request.note.signatures.resize(1);
        if (old_size > 0)
            request.proof = *rig_.chain().log_consistency(old_size, rig_.chain().log_size());
        return desk.add_checkpoint(request.to_text(), 1'700'000'000);
    };
    auto desk = open();
    const auto first = ask(*desk, 0);
    ASSERT_EQ(first.status, 200) << first.body;
    desk.reset();
    desk = open();
    anchor(5);
    EXPECT_EQ(ask(*desk, 0).status, 409) << "it has seen size 3, and still knows it";
    EXPECT_EQ(ask(*desk, 0).body, "3\n");
    const auto second = ask(*desk, 3);
    ASSERT_EQ(second.status, 200) << second.body;

    // The log keeps the line beside its own, and only one that verifies.
    const auto key = desk->verifier_key();
    EXPECT_FALSE(rig_.chain().add_cosignature(8, first.body, key)) << "it is on another head";
    EXPECT_FALSE(rig_.chain().add_cosignature(9, second.body, key)) << "no such size yet";
    ASSERT_TRUE(rig_.chain().add_cosignature(8, second.body, key));
    ASSERT_TRUE(rig_.chain().add_cosignature(8, second.body, key)) << "again is no harm";
    rig_.reopen();
    const auto note = *tlog::Note::from_text(*rig_.chain().checkpoint_note());
    EXPECT_EQ(note.signatures.size(), 2);
    EXPECT_EQ(*tlog::verify_note(note, key), 1'700'000'000);
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
