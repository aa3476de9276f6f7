// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blocks of another Ethereum chain, executed and stored as ours are, to be asked over JSON-RPC.
/// Proof of work and finality are not checked: whoever gives the blocks answers for them.

#include <lucid/blockchain/import/fork_schedule.hpp>
#include <lucid/blockchain/state/block_transition.hpp>

#include <mutex>

namespace lucid::blockchain::import {

class ImportedChain final : public chain::ChainView {
  public:
    /// Makes a new chain in `directory` from geth's genesis.json.
    static Result<std::unique_ptr<ImportedChain>> create(const std::string& directory,
                                                         std::string_view genesis_json);
    /// The next block. Errors name what in it is wrong.
    Result<void> import(const proto::Block& block);
    /// Blocks one after the other in RLP; stops at the first that is refused.
    Result<void> import_all(ByteView blocks);

    /// What a block after the head is to be made of.
    struct BlockPlan {
        Hash32 parent_hash{};
        std::uint64_t timestamp_s = 0;
        Hash32 prev_randao{};
        proto::Address fee_recipient{};
        Hash32 parent_beacon_block_root{};
        std::vector<proto::Withdrawal> withdrawals;
        std::optional<std::vector<Bytes>> transactions;  ///< nothing: what the pool has
        Bytes extra_data;
    };
    struct BuiltBlock {
        proto::Block block;
        state::Requests requests;
        proto::Uint256 value;  ///< tips, in wei
    };
    /// A block by the rules of Cancun and later; the chain stays as it is.
    Result<BuiltBlock> build(const BlockPlan& plan) const;

    [[nodiscard]] std::uint64_t chain_id() const override { return schedule_.chain_id; }
    [[nodiscard]] std::uint64_t height() const override;
    [[nodiscard]] const store::BlockStore& blocks() const override { return store_; }
    [[nodiscard]] evm::BlockContext context_of(const proto::Header& header) const override;
    [[nodiscard]] state::BlockRules rules_of(const proto::Header& header) const override;
    [[nodiscard]] proto::Uint256 base_fee_after(const proto::Header& parent) const override;
    [[nodiscard]] evm::BlockContext next_context() const override;
    void begin_block(state::World& world, const store::StoredBlock& block) const override;
    [[nodiscard]] std::vector<chain::ForkInfo> forks() const override;
    void with_pool(const std::function<void(const chain::Pool&)>& look) const override;
    Result<Hash32> submit(proto::Transaction transaction) override;

  private:
    ImportedChain(store::BlockStore store, ForkSchedule schedule)
        : store_(std::move(store)), schedule_(std::move(schedule)), pool_(proto::Address{}) {}
    [[nodiscard]] proto::Header next_header() const;
    [[nodiscard]] std::function<Hash32(std::uint64_t)> hashes() const;
    Result<void> fill(state::World& world, const BlockPlan& plan, BuiltBlock& built) const;
    Result<void> put(const proto::Block& block, const std::vector<proto::Receipt>& receipts,
                     const state::StateChanges& changes, const Hash32& root_before);

    mutable std::mutex mutex_;
    store::BlockStore store_;
    ForkSchedule schedule_;
    chain::Pool pool_;
    /// The whole state in memory: receipts of early blocks hold its root after each transaction.
    state::Accounts accounts_;
    proto::Header head_;
    Hash32 genesis_hash_{};
};

}  // namespace lucid::blockchain::import
