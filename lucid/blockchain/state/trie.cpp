// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/header.hpp>
#include <lucid/blockchain/state/trie.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::state {
namespace {

using proto::rlp::Encoder;

struct Item {
    Bytes nibbles;
    ByteView value;
};

Bytes to_nibbles(ByteView key) {
    Bytes out;
    out.reserve(key.size() * 2);
    for (const auto byte : key) {
        out.push_back(byte >> 4);
        out.push_back(byte & 15);
    }
    return out;
}

/// RLP of the node for items [begin, end) whose first `depth` nibbles are equal and used.
Bytes node(std::span<const Item> items, std::size_t depth);

/// A child as its parent holds it: itself when shorter than a hash, else its hash.
void put_child(Encoder& e, std::span<const Item> items, std::size_t depth) {
    if (items.empty()) {
        e.bytes({});
        return;
    }
    const auto encoded = node(items, depth);
    if (encoded.size() < 32)
        e.raw(encoded);
    else
        e.bytes(crypto::keccak256(encoded));
}

std::size_t common_prefix(std::span<const Item> items, std::size_t depth) {
    const auto& first = items.front().nibbles;
    const auto& last = items.back().nibbles;
    std::size_t n = depth;
    while (n < first.size() && n < last.size() && first[n] == last[n]) ++n;
    return n;
}

Bytes node(std::span<const Item> items, std::size_t depth) {
    Encoder e;
    if (items.size() == 1) {
        const auto& item = items.front();
        e.bytes(hex_prefix(ByteView(item.nibbles).subspan(depth), true)).bytes(item.value);
        return e.list();
    }
    const auto shared = common_prefix(items, depth);
    if (shared > depth) {
        e.bytes(hex_prefix(ByteView(items.front().nibbles).subspan(depth, shared - depth), false));
        put_child(e, items, shared);
        return e.list();
    }
    ByteView value;
    if (items.front().nibbles.size() == depth) {
        value = items.front().value;
        items = items.subspan(1);
    }
    for (std::uint8_t nibble = 0; nibble < 16; ++nibble) {
        std::size_t count = 0;
        while (count < items.size() && items[count].nibbles[depth] == nibble) ++count;
        put_child(e, items.first(count), depth + 1);
        items = items.subspan(count);
    }
    e.bytes(value);
    return e.list();
}

}  // namespace

Bytes hex_prefix(ByteView nibbles, bool leaf) {
    Bytes out;
    out.reserve(nibbles.size() / 2 + 1);
    const bool odd = nibbles.size() % 2 == 1;
    std::uint8_t head = leaf ? 0x20 : 0x00;
    std::size_t i = 0;
    if (odd) {
        head = static_cast<std::uint8_t>(head | 0x10 | nibbles[0]);
        i = 1;
    }
    out.push_back(head);
    for (; i < nibbles.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    return out;
}

Hash32 trie_root(const TrieItems& map) {
    if (map.empty()) return proto::empty_trie_root();
    std::vector<Item> items;
    items.reserve(map.size());
    for (const auto& [key, value] : map) items.push_back({to_nibbles(key), value});
    return crypto::keccak256(node(items, 0));
}

Hash32 ordered_trie_root(const std::vector<Bytes>& values) {
    TrieItems items;
    for (std::size_t i = 0; i < values.size(); ++i) {
        Encoder key;
        key.integer(std::uint64_t{i});
        items[key.items()] = values[i];
    }
    return trie_root(items);
}

}  // namespace lucid::blockchain::state
