// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/checkpoint.hpp>

#include <algorithm>

namespace lucid::sessions::format {

Hash32 checkpoint_root(std::vector<CheckpointLeaf> leaves) {
    std::sort(leaves.begin(), leaves.end(),
              [](const auto& a, const auto& b) { return a.session_id < b.session_id; });
    std::vector<Hash32> hashes;
    hashes.reserve(leaves.size());
    for (const auto& leaf : leaves) {
        Writer w;
        w.bytes(leaf.session_id.bytes).u64_le(leaf.tree_size).bytes(leaf.root);
        hashes.push_back(crypto::merkle_leaf(w.view()));
    }
    return crypto::merkle_root(hashes);
}

}  // namespace lucid::sessions::format
