// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/simulation.hpp>

namespace lucid::blockchain::rpc {
namespace {

Json simulate(const Call& call) {
    auto request = simulate_request(call.at(0, "opts"), call.chain.chain_id());
    auto view = state_for(call, call.optional(1));
    complete_blocks(request.blocks, view.header);
    Json out = Json::array();
    run_on_state(view, [&](state::World& world) {
        Simulation simulation(call, view, request, world);
        for (const auto& block : request.blocks) out.push_back(simulation.run(block));
    });
    return out;
}

}  // namespace

const Methods& simulate_methods() {
    static const Methods table = {{"eth_simulateV1", simulate}};
    return table;
}

}  // namespace lucid::blockchain::rpc
