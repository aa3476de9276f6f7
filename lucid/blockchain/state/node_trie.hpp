// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A Merkle Patricia trie (Yellow Paper Appendix D) whose nodes are kept by path: changing some
/// keys reads and writes the nodes on their way only. Proofs come from the same walk.

#include <lucid/blockchain/proto/rlp.hpp>
#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace lucid::blockchain::state {

/// Where nodes are kept: path of nibbles (one per byte, the root's is empty) → RLP.
class NodeSource {
  public:
    virtual ~NodeSource() = default;
    virtual Result<std::optional<Bytes>> node(ByteView path) = 0;
};

class NodeTrie {
  public:
    /// `source` outlives the trie; `root` is that of the nodes it has. Every node is checked
    /// against the hash by which its parent names it.
    NodeTrie(NodeSource& source, const Hash32& root);
    ~NodeTrie();
    NodeTrie(const NodeTrie&) = delete;
    NodeTrie& operator=(const NodeTrie&) = delete;

    /// Keys of one trie have one length (hashes), so no key is another's beginning. An empty value
    /// removes the key. Errc::not_found, Errc::hash_mismatch: the source is damaged.
    Result<void> put(ByteView key, ByteView value);
    /// Empty where there is no such key.
    Result<Bytes> get(ByteView key);
    [[nodiscard]] Hash32 root();
    /// Nodes from the root towards the key, as eth_getProof gives them; they show the absence of a
    /// key as well.
    Result<std::vector<Bytes>> prove(ByteView key);

    /// Path → node as it is to be kept now; nothing: no node there any more.
    using Changes = std::map<Bytes, std::optional<Bytes>>;
    [[nodiscard]] Changes changes();

  private:
    struct Node;
    /// A child: nothing, a hash that is not loaded, or a node. A node without a hash is changed, or
    /// so short that its parent holds it.
    struct Ref {
        std::optional<Hash32> hash;
        std::unique_ptr<Node> node;
        [[nodiscard]] bool empty() const { return !hash && !node; }
    };
    static Result<std::unique_ptr<Node>> decode(ByteView rlp);
    /// RLP of the node; its changed children get their hashes on the way.
    Bytes encode(Node& node, Bytes& path);
    void encode_child(Ref& ref, Bytes& path, proto::rlp::Encoder& into);
    Result<void> load(Ref& ref, ByteView path);
    Result<void> insert(Ref& ref, Bytes& path, ByteView rest, ByteView value);
    static void split(Ref& ref, std::size_t shared, ByteView rest, ByteView value);
    Result<void> remove(Ref& ref, Bytes& path, ByteView rest);
    Result<void> collapse(Ref& ref, Bytes& path);
    Result<void> join(Ref& ref, Bytes& path);
    /// Nodes below, in order of their paths; takes those that are alive off `dead`.
    static void collect(const Ref& ref, Bytes& path, std::set<Bytes>& dead, Changes& out);

    NodeSource& source_;
    Ref root_;
    std::set<Bytes> loaded_;  ///< paths of nodes that the source has
};

/// Nibbles of a key, high one first.
[[nodiscard]] Bytes nibbles_of(ByteView key);

}  // namespace lucid::blockchain::state
