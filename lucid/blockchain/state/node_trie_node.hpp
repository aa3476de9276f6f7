// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Nodes of a NodeTrie in memory. Private to this folder.

#include <lucid/blockchain/state/node_trie.hpp>

namespace lucid::blockchain::state {

struct NodeTrie::Node {
    Bytes path;                 ///< nibbles; of leaf and extension
    Bytes value;                ///< of a leaf
    std::vector<Ref> children;  ///< none: leaf, one: extension, 16: branch
    Bytes fresh;                ///< its RLP, where it is not the one that the source has

    [[nodiscard]] bool is_leaf() const { return children.empty(); }
    [[nodiscard]] bool is_extension() const { return children.size() == 1; }
    [[nodiscard]] bool is_branch() const { return children.size() == 16; }
};

}  // namespace lucid::blockchain::state
