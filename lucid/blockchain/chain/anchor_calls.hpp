// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// LucidAnchors seen from here: calldata in, anchor-log leaves out
/// (contracts/src/LucidAnchors.sol).

#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/blockchain/proto/receipt.hpp>

namespace lucid::blockchain::chain {

[[nodiscard]] Bytes checkpoint_calldata(const proto::CheckpointAnchor& anchor);
[[nodiscard]] Bytes session_calldata(const proto::SessionAnchor& anchor);

/// Leaf data of an anchoring event; nothing for other logs.
[[nodiscard]] std::optional<Bytes> leaf_of_event(std::uint64_t block_slot, const proto::Log& log);

}  // namespace lucid::blockchain::chain
