// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The state after a block, as a snapshot of the store: of the head from flat rows, of earlier
/// blocks from what later ones overwrote.

#include <lucid/blockchain/store/state_rows.hpp>

namespace lucid::blockchain::store {

class StoredState final : public state::StateReader {
  public:
    /// After block `height`; `head` is the last block in the snapshot. The caller has checked that
    /// the history reaches back to `height`.
    StoredState(storage::kv::Snapshot snapshot, std::uint64_t height, std::uint64_t head)
        : snapshot_(std::move(snapshot)), height_(height), head_(head) {}

    std::optional<state::AccountHead> account(const Address& address) override;
    Uint256 storage(const Address& address, const Uint256& slot) override;
    Bytes code(const Hash32& code_hash) override;
    /// Why reading failed, once it has: what was computed from it must be thrown away.
    [[nodiscard]] const std::optional<Error>& failed() const { return failed_; }

    Result<std::optional<StoredAccount>> stored_account(const Address& address) const;
    /// The row of an account or slot as it was after block `height`.
    Result<std::optional<Bytes>> row(ByteView key) const;
    [[nodiscard]] const storage::kv::Snapshot& snapshot() const { return snapshot_; }
    [[nodiscard]] std::uint64_t height() const { return height_; }
    [[nodiscard]] std::uint64_t head() const { return head_; }

  private:
    storage::kv::Snapshot snapshot_;
    std::uint64_t height_;
    std::uint64_t head_;
    std::optional<Error> failed_;
};

/// What eth_getProof gives (EIP-1186).
struct StateProof {
    StoredAccount account;  ///< empty where there is none
    std::vector<Bytes> account_proof;
    struct Slot {
        Uint256 key;
        Uint256 value;
        std::vector<Bytes> proof;
    };
    std::vector<Slot> slots;
};

/// Rows that later blocks changed: what a proof of an earlier state undoes at most.
inline constexpr std::size_t undone_rows_max = 200'000;

/// `state_root`: of the header at the state's height. Errc::limit_exceeded: too much has changed
/// since then.
Result<StateProof> prove(const StoredState& state, const Hash32& state_root,
                         const Hash32& head_state_root, const Address& address,
                         std::span<const Uint256> slots);

/// Root of the state after `changes` on top of `state`, whose own root is `state_root`; nothing is
/// kept. Errors as prove().
Result<Hash32> root_after(const StoredState& state, const Hash32& state_root,
                          const Hash32& head_state_root, const state::StateChanges& changes);

}  // namespace lucid::blockchain::store
