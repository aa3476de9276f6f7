// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// eth_simulateV1: blocks that nobody will make, one after the other on the state after a real one,
/// by geth's rules. Private to this folder.

#include <lucid/blockchain/rpc/simulate_request.hpp>

namespace lucid::blockchain::rpc {

class Simulation {
  public:
    /// All outlive it. `world`: of `view`; its block hashes become those of the simulated chain.
    Simulation(const Call& call, const StateView& view, const SimulateRequest& request,
               state::World& world);
    /// The next block, as the method returns it. Throws RpcError, after which the world is of no
    /// use.
    Json run(const SimulatedBlock& block);

  private:
    struct Made;
    [[nodiscard]] proto::Header begin_header(const SimulatedBlock& block,
                                             const state::BlockRules& rules) const;
    void run_call(CallRequest call, evm::BlockContext& context, Made& made);
    /// What the header says of everything that ran.
    void finish_header(Made& made, const state::BlockRules& rules,
                       const evm::BlockContext& context);
    [[nodiscard]] Json to_json(const Made& made) const;
    [[nodiscard]] Hash32 state_root();

    const Call& call_;
    const StateView& view_;
    const SimulateRequest& request_;
    state::World& world_;
    proto::Header parent_;
    std::map<std::uint64_t, Hash32> hashes_;  ///< of the simulated blocks
    state::StateChanges changes_;             ///< since the real block
    std::uint64_t gas_left_;                  ///< for all blocks together
};

}  // namespace lucid::blockchain::rpc
