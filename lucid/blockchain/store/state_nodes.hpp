// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Trie nodes of a snapshot's head state. Private to this folder.

#include <lucid/blockchain/state/node_trie.hpp>
#include <lucid/blockchain/store/state_rows.hpp>

namespace lucid::blockchain::store {

class StoredNodes final : public state::NodeSource {
  public:
    /// `prefix`: the table's byte, and the address where it is a storage trie.
    StoredNodes(const storage::kv::Snapshot& snapshot, Bytes prefix)
        : snapshot_(snapshot), prefix_(std::move(prefix)) {}
    Result<std::optional<Bytes>> node(ByteView path) override { return find(snapshot_, key(path)); }
    [[nodiscard]] Bytes key(ByteView path) const {
        auto key = prefix_;
        append(key, path);
        return key;
    }

  private:
    const storage::kv::Snapshot& snapshot_;
    Bytes prefix_;
};

}  // namespace lucid::blockchain::store
