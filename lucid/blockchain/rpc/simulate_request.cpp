// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/simulate_request.hpp>

namespace lucid::blockchain::rpc {
namespace {

constexpr std::uint64_t seconds_between_blocks = 12;  ///< geth's, where no time is given

bool flag(const Json& object, const char* name) {
    const auto* value = field(object, name);
    if (value == nullptr) return false;
    if (!value->is_boolean()) bad_param(name, "true or false expected");
    return value->get<bool>();
}

SimulatedBlock simulated_block(const Json& object, std::uint64_t chain_id) {
    if (!object.is_object()) bad_param("blockStateCalls", "objects expected");
    SimulatedBlock out;
    if (const auto* overrides = field(object, "blockOverrides"))
        out.overrides = block_overrides(*overrides);
    if (const auto* state = field(object, "stateOverrides")) out.state = state_overrides(*state);
    const auto* calls = field(object, "calls");
    if (calls == nullptr) return out;
    if (!calls->is_array()) bad_param("calls", "array expected");
    for (const auto& item : *calls) {
        auto call = call_request(item);
        if (const auto* id = field(item, "chainId");
            id && quantity_param(*id, "chainId") != chain_id)
            throw RpcError{rpc_server_error, "chainId does not match node's (have=" +
                                                 to_decimal(quantity_param(*id, "chainId")) +
                                                 ", want=" + to_decimal(chain_id) + ")"};
        call.transaction.chain_id = chain_id;
        out.calls.push_back(std::move(call));
    }
    return out;
}

SimulatedBlock gap_block(std::uint64_t number, std::uint64_t time_s) {
    SimulatedBlock block;
    block.overrides.number = number;
    block.overrides.time_s = time_s;
    return block;
}

}  // namespace

SimulateRequest simulate_request(const Json& object, std::uint64_t chain_id) {
    if (!object.is_object()) bad_param("0", "object expected");
    SimulateRequest out;
    out.traces_transfers = flag(object, "traceTransfers");
    out.returns_whole_transactions = flag(object, "returnFullTransactions");
    if (flag(object, "validation")) out.validation = state::Validation::strict;
    const auto* blocks = field(object, "blockStateCalls");
    if (blocks == nullptr || !blocks->is_array() || blocks->empty())
        throw RpcError{rpc_invalid_params, "empty input"};
    if (blocks->size() > simulated_blocks_max)
        throw RpcError{rpc_too_many_blocks, "too many blocks"};
    for (const auto& block : *blocks) out.blocks.push_back(simulated_block(block, chain_id));
    return out;
}

void complete_blocks(std::vector<SimulatedBlock>& blocks, const proto::Header& base) {
    std::vector<SimulatedBlock> out;
    auto number = base.number;
    auto time_s = base.timestamp;
    for (auto& block : blocks) {
        auto& overrides = block.overrides;
        const auto wanted = overrides.number.value_or(number + 1);
        if (wanted <= number)
            throw RpcError{rpc_block_order, "block numbers must be in order: " +
                                                to_decimal(wanted) + " <= " + to_decimal(number)};
        if (wanted - base.number > simulated_blocks_max)
            throw RpcError{rpc_too_many_blocks, "too many blocks"};
        while (++number < wanted)
            out.push_back(gap_block(number, time_s += seconds_between_blocks));
        overrides.number = wanted;
        if (!overrides.time_s) overrides.time_s = time_s + seconds_between_blocks;
        if (*overrides.time_s <= time_s)
            throw RpcError{rpc_time_order,
                           "block timestamps must be in order: " + to_decimal(*overrides.time_s) +
                               " <= " + to_decimal(time_s)};
        time_s = *overrides.time_s;
        out.push_back(std::move(block));
    }
    blocks = std::move(out);
}

}  // namespace lucid::blockchain::rpc
