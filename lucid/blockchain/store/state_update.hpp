// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A block's changes turned into rows: flat state, trie nodes on the touched paths, and what the
/// rows were before (reverse diffs).

#include <lucid/blockchain/store/state_rows.hpp>

namespace lucid::blockchain::store {

struct StateUpdate {
    Hash32 root{};  ///< of the state after the block
    /// Nothing: the row goes.
    std::map<Bytes, std::optional<Bytes>> rows;
    std::map<Bytes, std::optional<Bytes>> nodes;
    /// Accounts and slots as they were; empty: not there.
    std::map<Bytes, Bytes> before;
};

/// Reads only. `snapshot` holds the state with root `root_before`.
Result<StateUpdate> prepare_update(const storage::kv::Snapshot& snapshot,
                                   const state::StateChanges& changes, const Hash32& root_before);
/// `keep_history`: false for genesis, before which there is nothing.
Result<void> write_update(storage::kv::Batch& batch, const StateUpdate& update, std::uint64_t block,
                          bool keep_history);
/// Forgets what the rows were before `block`: states before it cannot be read any more.
Result<void> drop_history(storage::kv::Batch& batch, std::uint64_t block);

}  // namespace lucid::blockchain::store
