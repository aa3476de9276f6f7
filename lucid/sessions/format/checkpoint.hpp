// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Checkpoints: per slot, the root over all live sessions of a node (evidence specification,
/// Anchors). leaf = H(0x00 ‖ session id ‖ u64 tree size ‖ root), sorted by session id.

#include <lucid/common/ids/session_id.hpp>

#include <vector>

namespace lucid::sessions::format {

struct CheckpointLeaf {
    SessionId session_id;
    std::uint64_t tree_size = 0;
    Hash32 root{};  ///< of the empty tree for size 0

    friend bool operator==(const CheckpointLeaf&, const CheckpointLeaf&) = default;
};

/// Root over the leaves, which are sorted here.
[[nodiscard]] Hash32 checkpoint_root(std::vector<CheckpointLeaf> leaves);

}  // namespace lucid::sessions::format
