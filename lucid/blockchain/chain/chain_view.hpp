// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What JSON-RPC is asked about: Lucid's own chain, or blocks of another Ethereum chain that were
/// imported. Calls may come from several threads.

#include <lucid/blockchain/chain/pool.hpp>
#include <lucid/blockchain/store/block_store.hpp>

#include <functional>

namespace lucid::blockchain::chain {

/// The state after a block, to read and to run against.
struct StateView {
    proto::Header header;  ///< of that block
    Hash32 head_state_root{};
    std::unique_ptr<store::StoredState> state;
};

class ChainView {
  public:
    virtual ~ChainView() = default;

    [[nodiscard]] virtual std::uint64_t chain_id() const = 0;
    [[nodiscard]] virtual std::uint64_t height() const = 0;
    [[nodiscard]] virtual const store::BlockStore& blocks() const = 0;
    /// What code in block `header` sees of it.
    [[nodiscard]] virtual evm::BlockContext context_of(const proto::Header& header) const = 0;
    /// What code in the next block will see, as far as it is known.
    [[nodiscard]] virtual evm::BlockContext next_context() const = 0;
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
