// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What JSON-RPC is asked about: Lucid's own chain, or blocks of another Ethereum chain that were
/// imported. Calls may come from several threads.

#include <lucid/blockchain/chain/pool.hpp>
#include <lucid/blockchain/state/block_rules.hpp>
#include <lucid/blockchain/store/block_store.hpp>

#include <functional>

namespace lucid::blockchain::chain {

/// The state after a block, to read and to run against.
struct StateView {
    proto::Header header;  ///< of that block
    Hash32 head_state_root{};
    std::unique_ptr<store::StoredState> state;
};

/// A set of rules and when it holds from (EIP-7910).
struct ForkInfo {
    std::uint64_t activation_time_s = 0;  ///< 0: from genesis on
    proto::Fork fork = proto::Fork::prague;
    state::BlobSchedule blobs;
    ByteArray<4> fork_id{};  ///< EIP-2124
    /// Contracts that the rules themselves call, by EIP-7910's names.
    std::map<std::string, proto::Address> system_contracts;
};

class ChainView {
  public:
    virtual ~ChainView() = default;

    [[nodiscard]] virtual std::uint64_t chain_id() const = 0;
    [[nodiscard]] virtual std::uint64_t height() const = 0;
    [[nodiscard]] virtual const store::BlockStore& blocks() const = 0;
    /// What code in block `header` sees of it.
    [[nodiscard]] virtual evm::BlockContext context_of(const proto::Header& header) const = 0;
    /// The rules of a block with this number, time and difficulty.
    [[nodiscard]] virtual state::BlockRules rules_of(const proto::Header& header) const = 0;
    [[nodiscard]] virtual proto::Uint256 base_fee_after(const proto::Header& parent) const = 0;
    /// What code in the next block will see, as far as it is known.
    [[nodiscard]] virtual evm::BlockContext next_context() const = 0;
    /// What a block does before its first transaction, on the state after its parent.
    virtual void begin_block(state::World& world, const store::StoredBlock& block) const = 0;
    /// The rules of now, then those that are to come.
    [[nodiscard]] virtual std::vector<ForkInfo> forks() const = 0;
    /// Looks at the pool under its lock.
    virtual void with_pool(const std::function<void(const Pool&)>& look) const = 0;
    virtual Result<Hash32> submit(proto::Transaction transaction) = 0;

    /// After a block, or after the head. Errc::not_found, Errc::refused: BlockStore::state_at.
    Result<StateView> state_at(std::optional<std::uint64_t> height) const;
    /// Runs `work` on a stack that holds the EVM's depth, over a view that it may change: nothing
    /// of that is kept. Fails where the state could not be read.
    static Result<void> run(StateView& view, const std::function<void(state::World&)>& work);
    /// A view's world for one thing: block hashes come from the same snapshot.
    [[nodiscard]] static std::unique_ptr<state::World> world_of(StateView& view);
};

}  // namespace lucid::blockchain::chain
