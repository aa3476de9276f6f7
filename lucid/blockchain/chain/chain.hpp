// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The chain of one node: head state, pool, anchor log, and a block for each slot that has
/// something to do. All calls take the lock; time is an argument.

#include <lucid/blockchain/chain/block_store.hpp>
#include <lucid/blockchain/chain/pool.hpp>
#include <lucid/blockchain/proto/anchor_leaf.hpp>

#include <mutex>

namespace lucid::blockchain::chain {

struct ChainKeys {
    crypto::Secp256k1Key account;  ///< anchors
    crypto::Ed25519Key validator;  ///< certificates and log checkpoints
};

class Chain {
  public:
    /// A block of a slot is made this many seconds into it: what nodes say of the slot before can
    /// still come in.
    static constexpr std::uint64_t block_delay_s = 4;

    /// Opens the store, makes genesis in a new one, checks an old one: head block's certificate,
    /// state root and anchor log, and that each block follows its parent and holds what its header
    /// says. `genesis` must describe the store's chain.
    static Result<std::unique_ptr<Chain>> open(const std::string& directory, const Genesis& genesis,
                                               ChainKeys keys);

    /// Makes the block of the slot that `now_s` lies in, if it is due and there is something to do.
    /// Gives the height if a block was made.
    Result<std::optional<std::uint64_t>> produce(std::uint64_t now_s);

    Result<Hash32> submit(proto::Transaction transaction);
    /// Signed by this node's account. Errc::already_exists when the anchor is in a block.
    Result<Hash32> submit_anchor(const proto::CheckpointAnchor& anchor);
    Result<Hash32> submit_anchor(const proto::SessionAnchor& anchor);

    struct SessionPlace {
        std::uint64_t block = 0;
        Hash32 transaction{};
    };
    /// Errc::not_found while the session is not registered in a block.
    Result<SessionPlace> find_session(const SessionId& id) const;
    /// anchor.json with empty leaves (sessions/format). Errc::not_found until everything is in a
    /// block.
    Result<std::string> evidence(const SessionId& id, std::uint64_t first_slot,
                                 std::uint64_t last_slot) const;

    [[nodiscard]] const Genesis& genesis() const { return genesis_; }
    [[nodiscard]] Hash32 genesis_hash() const { return genesis_hash_; }
    [[nodiscard]] std::uint64_t height() const;
    Result<StoredBlock> block(std::uint64_t number) const { return store_.block(number); }
    Result<std::uint64_t> number_of(const Hash32& hash) const { return store_.number_of(hash); }
    Result<TransactionPlace> find_transaction(const Hash32& hash) const {
        return store_.find_transaction(hash);
    }
    [[nodiscard]] std::optional<PooledTransaction> pending(const Hash32& hash) const;
    [[nodiscard]] std::size_t pool_size() const;
    [[nodiscard]] std::uint64_t nonce(const proto::Address& address, bool with_pending) const;
    [[nodiscard]] state::Account account(const proto::Address& address) const;
    /// eth_call against the head. Fails only where no call could be made.
    Result<state::Applied> call(const proto::Address& from, const std::optional<proto::Address>& to,
                                const proto::Uint256& value, ByteView data,
                                std::uint64_t gas) const;
    [[nodiscard]] std::uint64_t log_size() const;

  private:
    Chain(BlockStore store, Genesis genesis, ChainKeys keys, state::Accounts accounts);
    Result<void> load();
    /// Blocks follow each other and hold what their headers say; finds the places of the log's
    /// entries.
    Result<void> walk_blocks();
    [[nodiscard]] evm::BlockContext context_after_head(std::uint64_t timestamp) const;
    /// What a block in the making consists of.
    struct Draft {
        StoredBlock block;
        std::uint64_t gas_used = 0;
        std::vector<proto::Log> logs;
        std::vector<LogEntry> entries;
        std::vector<Hash32> entry_transactions;  ///< one for each entry
    };
    /// Applies what waits to `world`; forgets what became impossible.
    Draft fill_block(state::World& world, const evm::BlockContext& context, std::uint64_t slot);
    Result<std::optional<std::uint64_t>> make_block(std::uint64_t slot);
    [[nodiscard]] state::World world_at_head() const;
    Result<Hash32> submit_call(Bytes calldata);
    void index_entry(const LogEntry& entry, std::uint64_t index, std::uint64_t block,
                     const Hash32& transaction);

    mutable std::recursive_mutex mutex_;
    BlockStore store_;
    Genesis genesis_;
    Hash32 genesis_hash_{};
    ChainKeys keys_;
    mutable state::World world_;
    Pool pool_;
    StoredBlock head_;
    Hash32 head_hash_{};
    std::vector<LogEntry> log_;
    std::map<SessionId, std::pair<std::uint64_t, SessionPlace>>
        sessions_;                                        ///< id → log index, place
    std::map<std::uint64_t, std::uint64_t> checkpoints_;  ///< slot → log index
    std::map<Hash32, Hash32> submitted_;  ///< calldata hash → transaction waiting in the pool
};

}  // namespace lucid::blockchain::chain
