// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/header.hpp>
#include <lucid/blockchain/state/node_trie_node.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

namespace lucid::blockchain::state {
namespace {

std::size_t common_prefix(ByteView a, ByteView b) {
    const auto length = std::min(a.size(), b.size());
    std::size_t n = 0;
    while (n < length && a[n] == b[n]) ++n;
    return n;
}

}  // namespace

NodeTrie::NodeTrie(NodeSource& source, const Hash32& root) : source_(source) {
    if (root != proto::empty_trie_root()) root_.hash = root;
}
NodeTrie::~NodeTrie() = default;

Result<void> NodeTrie::load(Ref& ref, ByteView path) {
    if (ref.node || !ref.hash) return {};
    LUCID_TRY(auto encoded, source_.node(path));
    if (!encoded) return fail(Errc::not_found, "trie node", path.size());
    if (crypto::keccak256(*encoded) != *ref.hash)
        return fail(Errc::hash_mismatch, "trie node", path.size());
    LUCID_TRY(ref.node, decode(*encoded));
    loaded_.insert(to_bytes(path));
    return {};
}

Result<void> NodeTrie::put(ByteView key, ByteView value) {
    const auto nibbles = nibbles_of(key);
    Bytes path;
    return value.empty() ? remove(root_, path, nibbles) : insert(root_, path, nibbles, value);
}

/// Leaf or extension whose path differs from the key: a branch where they part.
void NodeTrie::split(Ref& ref, std::size_t shared, ByteView rest, ByteView value) {
    auto old = std::move(ref.node);
    auto branch = std::make_unique<Node>();
    branch->children.resize(16);
    auto& side = branch->children[old->path[shared]];
    if (old->is_extension() && old->path.size() == shared + 1) {
        side = std::move(old->children[0]);
    } else {
        Bytes tail(old->path.begin() + static_cast<std::ptrdiff_t>(shared) + 1, old->path.end());
        old->path = std::move(tail);
        side.node = std::move(old);
    }
    auto leaf = std::make_unique<Node>();
    leaf->path = to_bytes(rest.subspan(shared + 1));
    leaf->value = to_bytes(value);
    branch->children[rest[shared]].node = std::move(leaf);
    if (shared == 0) {
        ref.node = std::move(branch);
        return;
    }
    ref.node = std::make_unique<Node>();
    ref.node->path = to_bytes(rest.first(shared));
    ref.node->children.resize(1);
    ref.node->children[0].node = std::move(branch);
}

Result<void> NodeTrie::insert(Ref& ref, Bytes& path, ByteView rest, ByteView value) {
    LUCID_CHECK(load(ref, path));
    ref.hash.reset();
    if (!ref.node) {
        ref.node = std::make_unique<Node>();
        ref.node->path = to_bytes(rest);
        ref.node->value = to_bytes(value);
        return {};
    }
    auto& node = *ref.node;
    if (node.is_branch()) {
        if (rest.empty()) return fail(Errc::bad_length, "trie key");
        path.push_back(rest[0]);
        return insert(node.children[rest[0]], path, rest.subspan(1), value);
    }
    const auto shared = common_prefix(node.path, rest);
    if (shared < node.path.size()) {
        if (shared >= rest.size()) return fail(Errc::bad_length, "trie key");
        split(ref, shared, rest, value);
        return {};
    }
    if (node.is_leaf()) {
        if (shared < rest.size()) return fail(Errc::bad_length, "trie key");
        node.value = to_bytes(value);
        return {};
    }
    append(path, node.path);
    return insert(node.children[0], path, rest.subspan(shared), value);
}

Result<void> NodeTrie::remove(Ref& ref, Bytes& path, ByteView rest) {
    LUCID_CHECK(load(ref, path));
    if (!ref.node) return {};
    auto& node = *ref.node;
    const auto depth = path.size();
    if (node.is_leaf()) {
        if (std::equal(node.path.begin(), node.path.end(), rest.begin(), rest.end())) ref = Ref{};
        return {};
    }
    Ref* child = nullptr;
    if (node.is_branch()) {
        if (rest.empty()) return fail(Errc::bad_length, "trie key");
        path.push_back(rest[0]);
        child = &node.children[rest[0]];
        rest = rest.subspan(1);
    } else {
        if (common_prefix(node.path, rest) < node.path.size()) return {};
        append(path, node.path);
        child = node.children.data();
        rest = rest.subspan(node.path.size());
    }
    const auto before = child->hash;
    LUCID_CHECK(remove(*child, path, rest));
    path.resize(depth);
    // What stands unchanged keeps its hash; a short child has none and is cheap to do again.
    if (before && child->hash == before) return {};
    ref.hash.reset();
    return node.is_branch() ? collapse(ref, path) : join(ref, path);
}

/// A branch with one child left becomes that child, a nibble longer.
Result<void> NodeTrie::collapse(Ref& ref, Bytes& path) {
    auto& children = ref.node->children;
    const auto used = std::count_if(children.begin(), children.end(),
                                    [](const Ref& child) { return !child.empty(); });
    if (used != 1) return {};
    const auto only = std::find_if(children.begin(), children.end(),
                                   [](const Ref& child) { return !child.empty(); });
    auto extension = std::make_unique<Node>();
    extension->path = {static_cast<std::uint8_t>(only - children.begin())};
    extension->children.push_back(std::move(*only));
    ref.node = std::move(extension);
    return join(ref, path);
}

/// An extension whose child is no branch takes the child's path.
Result<void> NodeTrie::join(Ref& ref, Bytes& path) {
    auto& node = *ref.node;
    append(path, node.path);
    LUCID_CHECK(load(node.children[0], path));
    path.resize(path.size() - node.path.size());
    if (!node.children[0].node) {
        ref = Ref{};
        return {};
    }
    if (node.children[0].node->is_branch()) return {};
    auto child = std::move(node.children[0].node);
    Bytes joined = node.path;
    append(joined, child->path);
    child->path = std::move(joined);
    ref.node = std::move(child);
    return {};
}

Result<Bytes> NodeTrie::get(ByteView key) {
    const auto nibbles = nibbles_of(key);
    ByteView rest = nibbles;
    auto* ref = &root_;
    for (;;) {
        LUCID_CHECK(load(*ref, ByteView(nibbles).first(nibbles.size() - rest.size())));
        if (!ref->node) return Bytes{};
        auto& node = *ref->node;
        if (node.is_branch()) {
            if (rest.empty()) return Bytes{};
            ref = &node.children[rest[0]];
            rest = rest.subspan(1);
            continue;
        }
        if (common_prefix(node.path, rest) < node.path.size()) return Bytes{};
        rest = rest.subspan(node.path.size());
        if (node.is_leaf()) return rest.empty() ? node.value : Bytes{};
        ref = node.children.data();
    }
}

Result<std::vector<Bytes>> NodeTrie::prove(ByteView key) {
    (void)root();
    const auto nibbles = nibbles_of(key);
    ByteView rest = nibbles;
    std::vector<Bytes> proof;
    auto* ref = &root_;
    for (;;) {
        const auto at = ByteView(nibbles).first(nibbles.size() - rest.size());
        LUCID_CHECK(load(*ref, at));
        if (!ref->node) return proof;
        auto& node = *ref->node;
        Bytes path = to_bytes(at);
        // A short node stands within its parent and is no item of its own.
        if (ref->hash) proof.push_back(encode(node, path));
        if (node.is_branch()) {
            if (rest.empty()) return proof;
            ref = &node.children[rest[0]];
            rest = rest.subspan(1);
            continue;
        }
        if (node.is_leaf() || common_prefix(node.path, rest) < node.path.size()) return proof;
        rest = rest.subspan(node.path.size());
        ref = node.children.data();
    }
}

}  // namespace lucid::blockchain::state
