// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call_request.hpp>
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/tracers.hpp>
#include <lucid/common/crypto/hash.hpp>

// debug_trace*: transactions run again on the state before their block.

namespace lucid::blockchain::rpc {
namespace {

using proto::Transaction;

/// A block that runs again, transaction by transaction; a second world stays one behind for tracers
/// that compare.
class Replay {
  public:
    Replay(const Call& call, const StoredBlock& block, state::World& world, state::World* before,
           TraceRoom& room)
        : call_(call),
          block_(block),
          context_(call.chain.context_of(block.header)),
          world_(world),
          before_(before),
          room_(room) {
        call_.chain.begin_block(world_, block_);
        if (before_ != nullptr) call_.chain.begin_block(*before_, block_);
    }

    void skip(std::size_t index) {
        call_.check_time();
        const auto t = stored_transaction(block_.transactions[index]);
        (void)apply(world_, t, nullptr);
        if (before_ != nullptr) (void)apply(*before_, t, nullptr);
    }
    Json trace(std::size_t index, const Json& options) {
        call_.check_time();
        const auto t = stored_transaction(block_.transactions[index]);
        const auto tracer = make_tracer(options, context_.fork, room_);
        const auto applied = apply(world_, t, tracer.get());
        auto result =
            tracer->result({t, sender_of(t), context_.coinbase}, applied, before_, world_);
        room_.check();
        if (before_ != nullptr) (void)apply(*before_, t, nullptr);
        return result;
    }

  private:
    static proto::Address sender_of(const Transaction& t) {
        return t.sender(true).value_or(proto::Address{});
    }
    state::Applied apply(state::World& world, const Transaction& t, evm::Tracer* tracer) {
        return state::apply_transaction(world, context_, t, sender_of(t), 0, tracer);
    }

    const Call& call_;
    const StoredBlock& block_;
    evm::BlockContext context_;
    state::World& world_;
    state::World* before_;
    TraceRoom& room_;
};

/// The state before a block, and what `work` makes of it.
void replay(const Call& call, const StoredBlock& block, const Json& options,
            const std::function<void(Replay&)>& work) {
    if (block.header.number == 0) throw RpcError{rpc_server_error, "genesis is not traceable"};
    TraceRoom room(trace_bytes_max);
    const bool compares = make_tracer(options, proto::Fork::prague, room)->wants_before();
    const Json parent = hex_quantity(block.header.number - 1);
    auto view = state_for(call, parent);
    auto behind = compares ? std::optional(state_for(call, parent)) : std::nullopt;
    const auto before = behind ? ChainView::world_of(*behind) : nullptr;
    run_on_state(view, [&](state::World& world) {
        Replay again(call, block, world, before.get(), room);
        work(again);
    });
}

Json trace_transaction(const Call& call) {
    const auto place = call.chain.blocks().find_transaction(hash_param(call.at(0, "hash"), "hash"));
    const auto block = place ? block_at(call, place->block) : std::nullopt;
    if (!block || place->index >= block->transactions.size())
        throw RpcError{rpc_server_error, "transaction not found"};
    const auto options = call.optional(1);
    Json result;
    replay(call, *block, options, [&](Replay& again) {
        for (std::size_t i = 0; i < place->index; ++i) again.skip(i);
        result = again.trace(place->index, options);
    });
    return result;
}

Json trace_block(const Call& call, const StoredBlock& block) {
    const auto options = call.optional(1);
    Json out = Json::array();
    replay(call, block, options, [&](Replay& again) {
        for (std::size_t i = 0; i < block.transactions.size(); ++i)
            out.push_back({{"txHash", hex_data(crypto::keccak256(block.transactions[i]))},
                           {"result", again.trace(i, options)}});
    });
    return out;
}

Json trace_block_by_number(const Call& call) {
    const auto& tag = call.at(0, "block");
    const auto height = height_of(call, tag);
    const auto block = height ? block_at(call, *height) : std::nullopt;
    if (!block) throw RpcError{rpc_server_error, "block " + tag.dump() + " not found"};
    return trace_block(call, *block);
}
Json trace_block_by_hash(const Call& call) {
    const auto& hash = call.at(0, "hash");
    const auto number = call.chain.blocks().number_of(hash_param(hash, "hash"));
    const auto block = number ? block_at(call, *number) : std::nullopt;
    if (!block) throw RpcError{rpc_server_error, "block " + hash.get<std::string>() + " not found"};
    return trace_block(call, *block);
}

/// A request that nobody signed.
Json trace_call(const Call& call) {
    auto request = call_request(call.at(0, "transaction"));
    const auto tag = call.optional(1);
    const auto options = call.optional(2);
    if (options.is_object()) {
        request.overrides = state_overrides(options.value("stateOverrides", Json()));
        request.block = call_block_overrides(options.value("blockOverrides", Json()));
    }
    TraceRoom room(trace_bytes_max);
    auto view = state_for(call, tag);
    auto context = context_for(call, view, request, tag);
    evm::Precompiles precompiles;
    const auto tracer = make_tracer(options, context.fork, room);
    auto behind = tracer->wants_before() ? std::optional(state_for(call, tag)) : std::nullopt;
    const auto before = behind ? ChainView::world_of(*behind) : nullptr;
    const TracedTransaction traced{request.transaction, request.from, context.coinbase};
    Json result;
    run_on_state(view, [&](state::World& world) {
        apply_overrides(request.overrides, world, context, precompiles);
        if (before) apply_overrides(request.overrides, *before, context, precompiles);
        if (!request.has_nonce) request.transaction.nonce = world.nonce(request.from);
        const auto applied =
            state::simulate_transaction(world, context, request.transaction, request.from,
                                        tracer.get(), state::Afterwards::kept);
        result = tracer->result(traced, applied, before.get(), world);
        room.check();
    });
    return result;
}

}  // namespace

const Methods& debug_methods() {
    static const Methods table = {
        {"debug_traceBlockByHash", trace_block_by_hash},
        {"debug_traceBlockByNumber", trace_block_by_number},
        {"debug_traceCall", trace_call},
        {"debug_traceTransaction", trace_transaction},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
