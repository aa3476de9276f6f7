// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// What a restart finds: after an orderly end, a kill in the middle of a commit, and damage.
#include <lucid/storage/kv/store.hpp>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sys/wait.h>
#include <tests/support/kill_process.hpp>
#include <unistd.h>

#include "chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::chain::test {
namespace {

const proto::Address somebody = ChainRig::account(9).address();
constexpr std::size_t store_bytes_max = std::size_t{16} << 30;

/// A chain of three blocks, one of which anchors; closed.
void fill(ChainRig& rig) {
    for (std::uint64_t slot = 1; slot <= 3; ++slot) {
        ASSERT_TRUE(rig.chain().submit(
            rig.call(rig.node(), rig.chain().nonce(rig.genesis.node, true), somebody, 3)));
        if (slot == 2) {
            ASSERT_TRUE(rig.chain().submit_anchor(sample_session(7)));
        }
        ASSERT_TRUE(rig.produce(slot));
    }
}

TEST(Recovery, restart_finds_everything_but_the_pool) {
    ChainRig rig;
    fill(rig);
    const auto head = rig.chain().block(3)->header;
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 4, somebody, 3)));
    rig.reopen();
    EXPECT_EQ(rig.chain().height(), 3);
    EXPECT_EQ(rig.chain().block(3)->header.hash(), head.hash());
    EXPECT_EQ(rig.chain().account(somebody).balance, proto::Uint256(9));
    EXPECT_EQ(rig.chain().log_size(), 2);
    EXPECT_EQ(rig.chain().pool_size(), 0);
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 4, somebody, 3)));
    EXPECT_TRUE(rig.produce(4));
    EXPECT_EQ(rig.chain().block(4)->header.parent_hash, head.hash());
}

TEST(Recovery, slot_that_was_signed_for_is_not_signed_again) {
    ChainRig rig;
    rig.close();
    {
        // What a crash between signing and storing leaves.
        auto store = store::BlockStore::open(rig.directory(), 0);
        ASSERT_TRUE(store->put_signed_slot(5));
    }
    rig.reopen();
    ASSERT_TRUE(rig.chain().submit(rig.call(rig.node(), 0, somebody, 1)));
    EXPECT_FALSE(rig.produce(4));
    EXPECT_FALSE(rig.produce(5));
    EXPECT_TRUE(rig.produce(6));
}

proto::SessionAnchor numbered_session(std::uint64_t number) {
    auto anchor = sample_session(1);
    for (std::size_t i = 0; i < 8; ++i)
        anchor.session_id.bytes[i] = static_cast<std::uint8_t>(number >> (8 * i));
    return anchor;
}

/// Makes blocks with one anchor each in a process of its own, tells an anchor's number once the
/// chain says that it has it, and never ends by itself.
[[noreturn]] void make_blocks(const ChainRig& rig, std::uint64_t number, int told) {
    auto chain = rig.try_open();
    if (!chain) ::_exit(1);
    for (std::uint64_t slot = (*chain)->height() + 1;; ++slot) {
        if ((*chain)->pool_size() == 0) {
            (void)(*chain)->submit(
                rig.call(rig.node(), (*chain)->nonce(rig.genesis.node, true), somebody, 1));
            if (!(*chain)->submit_anchor(numbered_session(++number))) ::_exit(1);
        }
        const auto made = (*chain)->produce(rig.due(1000 * slot));
        if (!made) ::_exit(1);
        // Nothing made: the slot was signed for just before the last kill, and never again.
        if (!*made) continue;
        if (!(*chain)->find_session(numbered_session(number).session_id)) ::_exit(1);
        if (::write(told, &number, sizeof number) != sizeof number) ::_exit(1);
    }
}

bool is_long_run() {
    const char* wanted = std::getenv("LUCID_TEST_LONG");
    return wanted != nullptr && std::string_view(wanted) == "1";
}

TEST(Recovery, kill_at_any_moment_leaves_whole_blocks_and_every_acknowledged_anchor) {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
    GTEST_SKIP() << "ThreadSanitizer lets no forked child of a process with threads start its own";
#endif
#endif
    ChainRig rig;
    rig.close();
    std::mt19937 random(11);
    std::uint64_t height = 0;
    std::vector<std::uint64_t> acknowledged;
    const int kills = is_long_run() ? 200 : 20;
    for (int round = 0; round < kills; ++round) {
        int ends[2];
        ASSERT_EQ(::pipe(ends), 0);
        const pid_t child = ::fork();
        ASSERT_GE(child, 0);
        // Numbers that no round before has used, whatever became of its last anchor.
        if (child == 0) make_blocks(rig, 1000 * static_cast<std::uint64_t>(round + 1), ends[1]);
        ::close(ends[1]);
        // After some blocks, at a moment within the making of the next one.
        const auto blocks = 1 + random() % 6;
        std::uint64_t number = 0;
        const auto is_told = [&] {
            if (::read(ends[0], &number, sizeof number) != sizeof number) return false;
            acknowledged.push_back(number);
            ++height;
            return true;
        };
        for (unsigned i = 0; i < blocks; ++i) ASSERT_TRUE(is_told());
        for (volatile unsigned spin = random() % 3'000'000; spin > 0;) spin = spin - 1;
        lucid::test::kill_process(child);
        ::waitpid(child, nullptr, 0);
        while (is_told()) {
        }
        ::close(ends[0]);
        const auto chain = rig.try_open();
        ASSERT_TRUE(chain) << chain.error().message();
        // The last one may be stored without having been told.
        EXPECT_GE((*chain)->height(), height);
        EXPECT_LE((*chain)->height(), height + 1);
        height = (*chain)->height();
        EXPECT_EQ((*chain)->account(somebody).balance, proto::Uint256(height));
        // Every root and the head's certificate.
        const auto sound = (*chain)->check();
        EXPECT_TRUE(sound) << sound.error().message();
        for (const auto session : acknowledged)
            ASSERT_TRUE((*chain)->find_session(numbered_session(session).session_id)) << session;
    }
}

struct Damage {
    const char* name;
    Bytes key;
    /// Nothing: the row is deleted.
    std::function<std::optional<Bytes>(Bytes)> change;
};

Bytes row(char table, std::uint64_t number) {
    Bytes key = {static_cast<std::uint8_t>(table)};
    for (int shift = 56; shift >= 0; shift -= 8)
        key.push_back(static_cast<std::uint8_t>(number >> shift));
    return key;
}
std::optional<Bytes> flip_last(Bytes bytes) {
    bytes.back() ^= 1;
    return bytes;
}
std::optional<Bytes> cut(Bytes bytes) {
    bytes.pop_back();
    return bytes;
}
std::optional<Bytes> gone(const Bytes&) {
    return std::nullopt;
}

TEST(Recovery, damaged_store_is_refused) {
    Bytes account = {'a'};
    append(account, somebody);
    Bytes short_account = {'a', 1};
    const std::vector<Damage> damages = {
        {"balance changed", account,
         [](Bytes bytes) {
             bytes[2] ^= 1;
             return std::optional(bytes);
         }},
        {"account cut", account, cut},
        {"account gone", account, gone},
        {"account too many", short_account,
         [](const Bytes&) { return std::optional(Bytes{0xc4, 0x80, 0x80, 0x80, 0xc0}); }},
        {"log entry changed", row('l', 1),
         [](Bytes bytes) {
             bytes[5] ^= 1;
             return std::optional(bytes);
         }},
        {"log entry cut", row('l', 1), cut},
        {"log entry gone", row('l', 1), gone},
        {"leaf data changed", row('l', 1), flip_last},
        {"head block gone", row('b', 3), gone},
        {"head block cut", row('b', 3), cut},
        {"head header changed", row('b', 3),
         [](Bytes bytes) {
             bytes[20] ^= 1;
             return std::optional(bytes);
         }},
        {"middle block gone", row('b', 2), gone},
        {"middle block changed", row('b', 2),
         [](Bytes bytes) {
             bytes[20] ^= 1;
             return std::optional(bytes);
         }},
        {"receipt changed", row('b', 2), flip_last},
        {"genesis gone", row('b', 0), gone},
        {"head number too large", Bytes{'m', 'h', 'e', 'a', 'd'}, flip_last},
        {"head number cut", Bytes{'m', 'h', 'e', 'a', 'd'}, cut},
    };
    for (const auto& damage : damages) {
        ChainRig rig;
        fill(rig);
        rig.close();
        {
            auto store = storage::kv::Store::open(rig.directory(), store_bytes_max);
            const auto before = store->get(damage.key);
            const auto after = damage.change(before.value_or(Bytes{}));
            auto batch = store->begin();
            ASSERT_TRUE(after ? batch->put(damage.key, *after) : batch->erase(damage.key));
            ASSERT_TRUE(batch->commit());
        }
        const auto opened = rig.try_open();
        EXPECT_FALSE(opened) << damage.name;
    }
}

TEST(Recovery, cut_database_file_is_refused_or_loses_nothing) {
    ChainRig rig;
    fill(rig);
    const auto head = rig.chain().block(3)->header.hash();
    rig.close();
    const auto file = rig.directory() + "/data.mdb";
    const auto whole = std::filesystem::file_size(file);
    std::filesystem::copy_file(file, rig.directory() + "/whole");
    int refused = 0;
    for (auto size = whole - 4096; size > 0; size = size > 4096 ? size - 4096 : size / 10) {
        std::filesystem::copy_file(rig.directory() + "/whole", file,
                                   std::filesystem::copy_options::overwrite_existing);
        std::filesystem::resize_file(file, size);
        const auto opened = rig.try_open();
        if (!opened) {
            ++refused;
        } else {
            // What was cut away was not in use.
            EXPECT_EQ((*opened)->block(3)->header.hash(), head) << size;
        }
    }
    EXPECT_GT(refused, 3);
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
