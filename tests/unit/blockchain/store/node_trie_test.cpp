// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/node_trie.hpp>
#include <lucid/blockchain/state/trie.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <random>

#include <gtest/gtest.h>

namespace lucid::blockchain::state {
namespace {

struct MemoryNodes final : NodeSource {
    std::map<Bytes, Bytes> nodes;
    Result<std::optional<Bytes>> node(ByteView path) override {
        const auto found = nodes.find(to_bytes(path));
        return found == nodes.end() ? std::nullopt : std::optional(found->second);
    }
    void keep(NodeTrie& trie) {
        for (const auto& [path, node] : trie.changes())
            if (node)
                nodes[path] = *node;
            else
                nodes.erase(path);
    }
};

Bytes hashed(std::uint64_t number) {
    return to_bytes(crypto::sha256(as_bytes(std::to_string(number))));
}

/// Keys of few bits part late, values of one byte make nodes that stand in their parents.
Bytes crowded(std::uint64_t number) {
    return {0x12, static_cast<std::uint8_t>(number >> 8 & 3), static_cast<std::uint8_t>(number)};
}

template <class Key>
void compare_with_the_whole_trie(Key key, unsigned keys, unsigned rounds) {
    std::mt19937 random(5);
    MemoryNodes source;
    TrieItems items;
    auto root = trie_root(items);
    for (unsigned round = 0; round < rounds; ++round) {
        NodeTrie trie(source, root);
        for (unsigned i = random() % 20; i > 0; --i) {
            const auto k = key(random() % keys);
            const Bytes value = random() % 3 == 0
                                    ? Bytes{}
                                    : Bytes(1 + random() % 40, static_cast<std::uint8_t>(random()));
            ASSERT_TRUE(trie.put(k, value));
            if (value.empty())
                items.erase(k);
            else
                items[k] = value;
        }
        root = trie.root();
        ASSERT_EQ(root, trie_root(items)) << round;
        source.keep(trie);
        if (items.empty()) {
            ASSERT_TRUE(source.nodes.empty());
        }
        for (const auto& [k, value] : items) ASSERT_EQ(*trie.get(k), value);
    }
    // Nothing is left over: the nodes are those of a trie built at once.
    MemoryNodes fresh;
    NodeTrie whole(fresh, trie_root({}));
    for (const auto& [k, value] : items) ASSERT_TRUE(whole.put(k, value));
    fresh.keep(whole);
    EXPECT_EQ(fresh.nodes, source.nodes);
}

TEST(NodeTrie, changes_give_the_root_of_the_whole_trie) {
    compare_with_the_whole_trie(hashed, 150, 200);
}

TEST(NodeTrie, short_nodes_stand_in_their_parents) {
    compare_with_the_whole_trie(crowded, 1000, 300);
}

TEST(NodeTrie, proof_begins_at_the_root_and_names_its_nodes_by_hash) {
    MemoryNodes source;
    NodeTrie trie(source, trie_root({}));
    for (std::uint64_t i = 0; i < 100; ++i) ASSERT_TRUE(trie.put(hashed(i), Bytes(40, 7)));
    const auto root = trie.root();
    const auto proof = *trie.prove(hashed(3));
    ASSERT_GE(proof.size(), 2);
    EXPECT_EQ(crypto::keccak256(proof[0]), root);
    for (std::size_t i = 1; i < proof.size(); ++i) {
        const auto hash = crypto::keccak256(proof[i]);
        EXPECT_NE(std::search(proof[i - 1].begin(), proof[i - 1].end(), hash.begin(), hash.end()),
                  proof[i - 1].end());
    }
    EXPECT_FALSE(trie.prove(hashed(1000))->empty()) << "absence is shown, too";
}

TEST(NodeTrie, damaged_and_missing_nodes_are_noticed) {
    MemoryNodes source;
    Hash32 root{};
    {
        NodeTrie trie(source, trie_root({}));
        for (std::uint64_t i = 0; i < 50; ++i) ASSERT_TRUE(trie.put(hashed(i), Bytes(40, 7)));
        root = trie.root();
        source.keep(trie);
    }
    for (const auto& [path, node] : source.nodes) {
        auto damaged = source;
        damaged.nodes[path].back() ^= 1;
        NodeTrie trie(damaged, root);
        bool noticed = false;
        for (std::uint64_t i = 0; i < 50; ++i) noticed = noticed || !trie.get(hashed(i));
        EXPECT_TRUE(noticed);
        damaged.nodes.erase(path);
        NodeTrie again(damaged, root);
        noticed = false;
        for (std::uint64_t i = 0; i < 50; ++i)
            noticed = noticed || !again.put(hashed(i), Bytes(1, 1));
        EXPECT_TRUE(noticed);
    }
}

}  // namespace
}  // namespace lucid::blockchain::state
