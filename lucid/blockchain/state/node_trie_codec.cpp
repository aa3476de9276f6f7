// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/header.hpp>
#include <lucid/blockchain/state/node_trie_node.hpp>
#include <lucid/common/crypto/hash.hpp>

// Nodes to RLP and back, and the hashes by which parents name their children.

namespace lucid::blockchain::state {
namespace {

using proto::rlp::Decoder;
using proto::rlp::Encoder;

constexpr std::size_t hashed_from_bytes = 32;  ///< shorter nodes stand in their parent
constexpr std::uint8_t leaf_flag = 0x20;
constexpr std::uint8_t odd_flag = 0x10;

/// Hex-prefix encoding (Appendix C).
Bytes pack_path(ByteView nibbles, bool leaf) {
    std::uint8_t head = leaf ? leaf_flag : 0;
    std::size_t i = 0;
    if (nibbles.size() % 2 == 1) {
        head = static_cast<std::uint8_t>(head | odd_flag | nibbles[0]);
        i = 1;
    }
    Bytes out = {head};
    for (; i < nibbles.size(); i += 2)
        out.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
    return out;
}

}  // namespace

Bytes nibbles_of(ByteView key) {
    Bytes out;
    out.reserve(key.size() * 2);
    for (const auto byte : key) {
        out.push_back(byte >> 4);
        out.push_back(byte & 15);
    }
    return out;
}

Result<std::unique_ptr<NodeTrie::Node>> NodeTrie::decode(ByteView rlp) {
    LUCID_TRY(auto items, Decoder::list(rlp, "trie node"));
    std::vector<ByteView> raw;
    raw.reserve(17);
    while (!items.empty()) {
        LUCID_TRY(const auto item, items.raw("trie node item"));
        raw.push_back(item);
    }
    const auto child = [](ByteView item) -> Result<Ref> {
        Ref ref;
        if (item[0] >= 0xc0) {
            LUCID_TRY(ref.node, decode(item));
            return ref;
        }
        Decoder d(item);
        LUCID_TRY(const auto bytes, d.bytes("trie child"));
        if (bytes.empty()) return ref;
        if (bytes.size() != 32) return fail(Errc::bad_length, "trie child", bytes.size());
        ref.hash.emplace();
        std::copy(bytes.begin(), bytes.end(), ref.hash->begin());
        return ref;
    };
    auto node = std::make_unique<Node>();
    if (raw.size() == 17) {
        node->children.reserve(16);
        for (std::size_t i = 0; i < 16; ++i) {
            LUCID_TRY(auto ref, child(raw[i]));
            node->children.push_back(std::move(ref));
        }
        return node;
    }
    if (raw.size() != 2) return fail(Errc::bad_length, "trie node", raw.size());
    Decoder packed(raw[0]);
    LUCID_TRY(const auto path, packed.bytes("trie path"));
    if (path.empty()) return fail(Errc::bad_length, "trie path");
    node->path = nibbles_of(path);
    node->path.erase(node->path.begin(), node->path.begin() + ((path[0] & odd_flag) != 0 ? 1 : 2));
    if ((path[0] & leaf_flag) != 0) {
        Decoder d(raw[1]);
        LUCID_TRY(const auto value, d.bytes("trie value"));
        node->value = to_bytes(value);
    } else {
        LUCID_TRY(auto ref, child(raw[1]));
        node->children.push_back(std::move(ref));
    }
    return node;
}

void NodeTrie::encode_child(Ref& ref, Bytes& path, Encoder& into) {
    if (!ref.hash && ref.node) {
        auto encoded = encode(*ref.node, path);
        if (encoded.size() < hashed_from_bytes) {
            into.raw(encoded);
            return;
        }
        ref.hash = crypto::keccak256(encoded);
        ref.node->fresh = std::move(encoded);
    }
    into.bytes(ref.hash ? ByteView(*ref.hash) : ByteView{});
}

Bytes NodeTrie::encode(Node& node, Bytes& path) {
    Encoder e;
    if (node.is_branch()) {
        for (std::uint8_t i = 0; i < 16; ++i) {
            path.push_back(i);
            encode_child(node.children[i], path, e);
            path.pop_back();
        }
        e.bytes({});
        return e.list();
    }
    e.bytes(pack_path(node.path, node.is_leaf()));
    if (node.is_leaf()) {
        e.bytes(node.value);
    } else {
        append(path, node.path);
        encode_child(node.children[0], path, e);
        path.resize(path.size() - node.path.size());
    }
    return e.list();
}

Hash32 NodeTrie::root() {
    if (root_.hash) return *root_.hash;
    if (!root_.node) return proto::empty_trie_root();
    Bytes path;
    auto encoded = encode(*root_.node, path);
    root_.hash = crypto::keccak256(encoded);
    root_.node->fresh = std::move(encoded);  // the root is kept by itself however short
    return *root_.hash;
}

void NodeTrie::collect(const Ref& ref, Bytes& path, std::set<Bytes>& dead, Changes& out) {
    if (!ref.node) return;
    const auto& node = *ref.node;
    if (ref.hash) {
        dead.erase(path);
        // Paths come in order: each belongs at the end.
        if (!node.fresh.empty()) out.emplace_hint(out.end(), path, node.fresh);
    }
    if (node.is_extension()) append(path, node.path);
    for (std::uint8_t i = 0; i < node.children.size(); ++i) {
        if (node.is_branch()) path.push_back(i);
        collect(node.children[i], path, dead, out);
        if (node.is_branch()) path.pop_back();
    }
    if (node.is_extension()) path.resize(path.size() - node.path.size());
}

NodeTrie::Changes NodeTrie::changes() {
    (void)root();
    auto dead = loaded_;
    Changes out;
    Bytes path;
    collect(root_, path, dead, out);
    for (const auto& where : dead) out[where] = std::nullopt;
    return out;
}

}  // namespace lucid::blockchain::state
