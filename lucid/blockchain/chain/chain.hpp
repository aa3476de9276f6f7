// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The chain of one node: head, pool, anchor log, and a block for each slot that has something to
/// do. Calls may come from several threads; what reads the state does so in a snapshot and waits
/// for nobody. Time is an argument.

#include <lucid/blockchain/chain/chain_view.hpp>
#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/blockchain/store/block_store.hpp>
#include <lucid/blockchain/tlog/note.hpp>

#include <mutex>

namespace lucid::blockchain::chain {

using store::LogEntry;
using store::SessionPlace;
using store::StoredBlock;
using store::TransactionPlace;

struct ChainKeys {
    crypto::Secp256k1Key account;  ///< anchors
    crypto::Ed25519Key validator;  ///< certificates and log checkpoints
};

class Chain final : public ChainView {
  public:
    /// A block of a slot is made this many seconds into it: what nodes say of the slot before can
    /// still come in.
    static constexpr std::uint64_t block_delay_s = 4;
    /// At start so many blocks and rows of state are looked through; check() has no such limits.
    static constexpr std::uint64_t blocks_checked_at_start = 512;
    static constexpr std::size_t rows_checked_at_start = 20'000;

    /// Opens the store, makes genesis in a new one, checks an old one: head block's certificate,
    /// state root and anchor log, and that the last blocks follow their parents and hold what their
    /// headers say. `genesis` must describe the store's chain. `history_blocks`: BlockStore::open.
    static Result<std::unique_ptr<Chain>> open(const std::string& directory, const Genesis& genesis,
                                               ChainKeys keys, std::uint64_t history_blocks = 0);
    /// Everything that is stored: every block, every row of the state, every entry of the log.
    Result<void> check() const { return check_stored(UINT64_MAX, SIZE_MAX); }

    /// Makes the block of the slot that `now_s` lies in, if it is due and there is something to do.
    /// Gives the height if a block was made.
    Result<std::optional<std::uint64_t>> produce(std::uint64_t now_s);

    Result<Hash32> submit(proto::Transaction transaction) override;
    /// Signed by this node's account. Errc::already_exists when the anchor is in a block.
    Result<Hash32> submit_anchor(const proto::CheckpointAnchor& anchor);
    Result<Hash32> submit_anchor(const proto::SessionAnchor& anchor);

    /// Errc::not_found while the session is not registered in a block.
    Result<SessionPlace> find_session(const SessionId& id) const;
    /// anchor.json with empty leaves (sessions/format). Errc::not_found until everything is in a
    /// block.
    Result<std::string> evidence(const SessionId& id, std::uint64_t first_slot,
                                 std::uint64_t last_slot) const;

    /// Who signs the anchor log's checkpoints, and the log's name.
    [[nodiscard]] tlog::VerifierKey log_key() const;
    /// Signed checkpoint of the log as it is now, with the lines of its witnesses (C2SP).
    Result<std::string> checkpoint_note() const;
    /// A witness's line on the checkpoint of a size; refused unless it verifies.
    Result<void> add_cosignature(std::uint64_t log_size, std::string_view line,
                                 const tlog::VerifierKey& witness);
    Result<std::vector<Hash32>> log_consistency(std::uint64_t old_size, std::uint64_t size) const;

    [[nodiscard]] const Genesis& genesis() const { return genesis_; }
    [[nodiscard]] Hash32 genesis_hash() const { return genesis_hash_; }
    [[nodiscard]] std::uint64_t chain_id() const override { return genesis_.chain_id; }
    [[nodiscard]] std::uint64_t height() const override;
    [[nodiscard]] const store::BlockStore& blocks() const override { return store_; }
    Result<StoredBlock> block(std::uint64_t number) const { return store_.block(number); }
    Result<std::uint64_t> number_of(const Hash32& hash) const { return store_.number_of(hash); }
    Result<TransactionPlace> find_transaction(const Hash32& hash) const {
        return store_.find_transaction(hash);
    }
    [[nodiscard]] std::optional<PooledTransaction> pending(const Hash32& hash) const;
    void with_pool(const std::function<void(const Pool&)>& look) const override;
    [[nodiscard]] std::size_t pool_size() const;
    [[nodiscard]] std::uint64_t nonce(const proto::Address& address, bool with_pending) const;
    [[nodiscard]] std::uint64_t log_size() const;

    /// An account of the head, with all its storage. For tests and small accounts.
    [[nodiscard]] state::Account account(const proto::Address& address) const;
    [[nodiscard]] evm::BlockContext context_of(const proto::Header& header) const override;
    [[nodiscard]] state::BlockRules rules_of(const proto::Header& header) const override;
    [[nodiscard]] proto::Uint256 base_fee_after(const proto::Header& parent) const override;
    [[nodiscard]] evm::BlockContext next_context() const override;
    void begin_block(state::World& world, const StoredBlock& block) const override;
    [[nodiscard]] std::vector<ForkInfo> forks() const override;
    /// What code in the block after the head would see at this time.
    [[nodiscard]] evm::BlockContext context_after_head(std::uint64_t timestamp) const;
    /// eth_call as the next block would see it. Fails only where no call could be made.
    Result<state::Applied> call(const proto::Address& from, const std::optional<proto::Address>& to,
                                const proto::Uint256& value, ByteView data,
                                std::uint64_t gas) const;

  private:
    Chain(store::BlockStore store, Genesis genesis, ChainKeys keys);
    Result<void> put_genesis(const GenesisBlock& genesis);
    Result<void> load();
    Result<void> check_stored(std::uint64_t blocks_max, std::size_t rows_max) const;
    Result<void> check_block(std::uint64_t number, const Hash32& parent) const;
    /// What a block in the making consists of.
    struct Draft {
        StoredBlock block;
        std::uint64_t gas_used = 0;
        std::vector<proto::Log> logs;
        std::vector<LogEntry> entries;
        std::vector<Hash32> entry_transactions;  ///< one for each entry
        std::vector<proto::Address> admitted;    ///< nodes
    };
    /// Applies what waits to `world`; forgets what became impossible.
    Draft fill_block(state::World& world, const evm::BlockContext& context, std::uint64_t slot);
    void apply_pool(Draft& draft, state::World& world, const evm::BlockContext& context,
                    std::uint64_t slot);
    [[nodiscard]] std::uint64_t head_slot() const;
    /// Does an epoch begin with this slot's block in which somebody lacks gas?
    Result<bool> budgets_due(std::uint64_t slot);
    Result<std::optional<std::uint64_t>> make_block(std::uint64_t slot);
    Result<store::BlockStore::Rows> index_of(const Draft& draft, store::AnchorLog& log,
                                             std::uint64_t number) const;
    Result<void> finish_header(Draft& draft, const evm::BlockContext& context,
                               const store::StateUpdate& state, const Hash32& log_root,
                               std::uint64_t log_size, std::uint64_t slot) const;
    Result<std::string> checkpoint_text(std::uint64_t size) const;
    Result<Hash32> submit_call(Bytes calldata);
    mutable std::recursive_mutex mutex_;  ///< over everything below
    store::BlockStore store_;
    Genesis genesis_;
    Hash32 genesis_hash_{};
    ChainKeys keys_;
    Pool pool_;
    StoredBlock head_;
    Hash32 head_hash_{};
    std::uint64_t log_size_ = 0;
    std::vector<proto::Address> nodes_;  ///< ever admitted
    std::uint64_t withdrawals_made_ = 0;
    std::uint64_t epoch_without_needs_ = 0;  ///< found by budgets_due since the head was made
    std::map<Hash32, Hash32> submitted_;     ///< calldata hash → transaction waiting in the pool
};

}  // namespace lucid::blockchain::chain
