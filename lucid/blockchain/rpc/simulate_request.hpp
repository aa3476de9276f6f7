// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What eth_simulateV1 is asked (execution-apis, eth_simulateV1). Private to this folder.

#include <lucid/blockchain/rpc/call_request.hpp>

namespace lucid::blockchain::rpc {

struct SimulatedBlock {
    BlockOverrides overrides;
    StateOverrides state;
    std::vector<CallRequest> calls;
};

struct SimulateRequest {
    std::vector<SimulatedBlock> blocks;
    bool traces_transfers = false;
    bool returns_whole_transactions = false;
    state::Validation validation = state::Validation::lenient;
};

/// Throws RpcError.
[[nodiscard]] SimulateRequest simulate_request(const Json& object, std::uint64_t chain_id);
/// Numbers and times where none are given, blocks in gaps between numbers. Throws RpcError where
/// they do not rise.
void complete_blocks(std::vector<SimulatedBlock>& blocks, const proto::Header& base);

}  // namespace lucid::blockchain::rpc
