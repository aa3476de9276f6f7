// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/simulation.hpp>
#include <lucid/blockchain/rpc/tracers.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>
#include <array>

namespace lucid::blockchain::rpc {
namespace {

using proto::HeaderFields;
using proto::Transaction;
using proto::TransactionType;

constexpr std::uint64_t first_base_fee = 1'000'000'000;  ///< EIP-1559

int code_of(std::string_view refusal) {
    static constexpr auto codes = std::to_array<std::pair<std::string_view, int>>(
        {{state::nonce_too_low, rpc_nonce_too_low},
         {state::nonce_too_high, rpc_nonce_too_high},
         {state::fee_below_base_fee, rpc_base_fee_too_low},
         {state::intrinsic_gas_too_low, rpc_intrinsic_gas},
         {state::insufficient_funds, rpc_insufficient_funds},
         {state::gas_limit_reached, rpc_block_gas_limit},
         {state::initcode_too_large, rpc_initcode_too_large}});
    const auto* found = std::find_if(codes.begin(), codes.end(),
                                     [&](const auto& item) { return item.first == refusal; });
    return found == codes.end() ? rpc_internal_error : found->second;
}

/// As geth encodes it: without a signature a legacy transaction has no chain id either.
Bytes encode_unsigned(const Transaction& t) {
    if (t.type != TransactionType::legacy) return t.encode();
    proto::rlp::Encoder e;
    e.integer(t.nonce).integer(t.max_fee_per_gas).integer(t.gas_limit);
    e.bytes(t.to ? ByteView(*t.to) : ByteView{}).integer(t.value).bytes(t.data);
    for (int zero = 0; zero < 3; ++zero) e.bytes({});
    return e.list();
}

/// Later changes on top of earlier ones.
void merge(state::StateChanges& into, state::StateChanges changes) {
    for (auto& [address, change] : changes) {
        auto& merged = into[address];
        merged.after = change.after;
        if (change.code) merged.code = std::move(change.code);
        if (change.storage_cleared) {
            merged.storage_cleared = true;
            merged.storage.clear();
        }
        for (const auto& [slot, value] : change.storage) merged.storage[slot] = value;
    }
}

Json error_of(const state::Applied& applied) {
    if (applied.status == evm::Status::revert)
        return {{"code", rpc_reverted},
                {"message", "execution reverted" + revert_reason(applied.output)},
                {"data", hex_data(applied.output)}};
    return {{"code", rpc_vm_error}, {"message", evm::text_of(applied.halt)}};
}

}  // namespace

/// A block in the making.
struct Simulation::Made {
    struct CallResult {
        Transaction transaction;
        proto::Address sender{};
        state::Applied applied;
        std::vector<PlacedLog> logs;  ///< with those of transfers
    };
    StoredBlock block;
    std::uint64_t next_log_index = 0;
    std::vector<CallResult> calls;
    std::vector<proto::Receipt> receipts;
};

Simulation::Simulation(const Call& call, const StateView& view, const SimulateRequest& request,
                       state::World& world)
    : call_(call),
      view_(view),
      request_(request),
      world_(world),
      parent_(view.header),
      gas_left_(call_gas_max) {
    world_.block_hashes = [this, real = world_.block_hashes](std::uint64_t number) {
        const auto found = hashes_.find(number);
        return found != hashes_.end() ? found->second : real(number);
    };
}

proto::Header Simulation::begin_header(const SimulatedBlock& block,
                                       const state::BlockRules& rules) const {
    const auto& o = block.overrides;
    proto::Header h;
    h.fields = state::header_fields_of(rules.fork);
    h.parent_hash = parent_.hash();
    h.number = *o.number;
    h.timestamp = *o.time_s;
    h.difficulty = o.difficulty.value_or(parent_.difficulty);
    h.coinbase = o.fee_recipient.value_or(parent_.coinbase);
    h.gas_limit = o.gas_limit.value_or(parent_.gas_limit);
    h.mix_hash = o.prev_randao.value_or(Hash32{});
    h.parent_beacon_block_root = o.beacon_root.value_or(Hash32{});
    if (o.base_fee)
        h.base_fee_per_gas = *o.base_fee;
    else if (h.has(HeaderFields::london) && request_.validation == state::Validation::strict)
        h.base_fee_per_gas = parent_.has(HeaderFields::london) ? call_.chain.base_fee_after(parent_)
                                                               : proto::Uint256(first_base_fee);
    if (h.has(HeaderFields::cancun) && parent_.has(HeaderFields::cancun))
        h.excess_blob_gas = state::excess_blob_gas_after(parent_, rules);
    return h;
}

Json Simulation::run(const SimulatedBlock& block) {
    call_.check_time();
    // Which rules hold depends on number, time and difficulty.
    proto::Header named;
    named.number = *block.overrides.number;
    named.timestamp = *block.overrides.time_s;
    named.difficulty = block.overrides.difficulty.value_or(parent_.difficulty);
    const auto rules = call_.chain.rules_of(named);
    Made made;
    auto& header = made.block.header;
    header = begin_header(block, rules);
    auto context = state::context_of(header, rules);
    if (block.overrides.blob_base_fee) context.blob_base_fee = *block.overrides.blob_base_fee;
    evm::Precompiles precompiles;
    apply_overrides(block.state, world_, context, precompiles);
    state::begin_block(world_, context, header.parent_hash, header.parent_beacon_block_root);
    for (const auto& call : block.calls) run_call(call, context, made);
    made.block.withdrawals = block.overrides.withdrawals;
    finish_header(made, rules, context);
    parent_ = header;
    hashes_[header.number] = header.hash();
    return to_json(made);
}

void Simulation::run_call(CallRequest call, evm::BlockContext& context, Made& made) {
    call_.check_time();
    auto& t = call.transaction;
    auto& header = made.block.header;
    if (!call.has_nonce) t.nonce = world_.nonce(call.from);
    const auto room = context.gas_limit - header.gas_used;
    if (call.has_gas && call.gas_asked > room)
        throw RpcError{rpc_block_gas_limit,
                       "block gas limit reached: " + to_decimal(header.gas_used) +
                           " >= " + to_decimal(context.gas_limit)};
    t.gas_limit = std::min(call.has_gas ? call.gas_asked : room, gas_left_);
    const auto checked =
        state::check_unsigned(world_, context, t, call.from, gas_left_, request_.validation);
    if (!checked)
        throw RpcError{code_of(checked.error().context),
                       "err: " + std::string(checked.error().context) + ": address " +
                           hex_data(call.from) + " (supplied gas " + to_decimal(t.gas_limit) + ")"};
    LogTracer logs(made.next_log_index, request_.traces_transfers);
    auto applied = state::apply_unsigned(world_, context, t, call.from, header.gas_used,
                                         request_.validation, &logs);
    // What a creation returns is the code of the account.
    if (applied.created && applied.status == evm::Status::success)
        applied.output = to_bytes(world_.code(*applied.created)->bytes());
    header.gas_used += applied.gas_used;
    header.blob_gas_used += t.blob_hashes.size() * state::blob_gas_each;
    gas_left_ -= applied.gas_used;
    if (context.fork < evm::Fork::byzantium) applied.receipt.state_root = state_root();
    made.block.transactions.push_back(encode_unsigned(t));
    made.block.receipts.push_back(applied.receipt.encode());
    made.receipts.push_back(applied.receipt);
    made.calls.push_back({std::move(t), call.from, std::move(applied), logs.take()});
}

Hash32 Simulation::state_root() {
    merge(changes_, world_.take_changes());
    const auto root =
        store::root_after(*view_.state, view_.header.state_root, view_.head_state_root, changes_);
    return value_or_throw(root);
}

void Simulation::finish_header(Made& made, const state::BlockRules& rules,
                               const evm::BlockContext& context) {
    auto& block = made.block;
    auto& h = block.header;
    if (rules.fork >= evm::Fork::prague && rules.requests) {
        const auto requests = state::collect_requests(world_, context, made.receipts);
        if (!requests) throw RpcError{rpc_internal_error, requests.error().message()};
        h.requests_hash = state::requests_hash(*requests);
    }
    if (h.has(HeaderFields::shanghai)) {
        state::apply_withdrawals(world_, rules.fork, block.withdrawals);
        h.withdrawals_root = state::withdrawals_root(block.withdrawals);
    }
    state::pay_rewards(world_, block.whole(), rules.fork);
    h.state_root = state_root();
    h.transactions_root = state::ordered_trie_root(block.transactions);
    h.receipts_root = state::ordered_trie_root(block.receipts);
    for (const auto& receipt : made.receipts)
        for (const auto& log : receipt.logs) proto::add_to_bloom(h.logs_bloom, log);
}

Json Simulation::to_json(const Made& made) const {
    const auto& block = made.block;
    Json transactions = Json::array();
    Json calls = Json::array();
    for (std::size_t i = 0; i < made.calls.size(); ++i) {
        const auto& result = made.calls[i];
        const auto hash = hex_data(crypto::keccak256(block.transactions[i]));
        Json transaction = hash;
        if (request_.returns_whole_transactions) {
            transaction =
                pending_json(result.transaction, result.sender, block.header.base_fee_per_gas);
            transaction["hash"] = hash;
            if (result.transaction.type == TransactionType::legacy) transaction["v"] = "0x0";
            place_json(transaction, block.header, i);
        }
        transactions.push_back(std::move(transaction));
        const auto& applied = result.applied;
        const bool succeeded = applied.status == evm::Status::success;
        Json logs = Json::array();
        if (succeeded)
            for (const auto& placed : result.logs)
                logs.push_back(log_json(placed.log, block, i, placed.index));
        Json call = {{"returnData", hex_data(succeeded ? applied.output : Bytes{})},
                     {"logs", std::move(logs)},
                     {"gasUsed", hex_quantity(applied.gas_used)},
                     {"maxUsedGas", hex_quantity(applied.gas_peak)},
                     {"status", succeeded ? "0x1" : "0x0"}};
        if (!succeeded) call["error"] = error_of(applied);
        calls.push_back(std::move(call));
    }
    auto json = block_json(block, std::move(transactions));
    json["calls"] = std::move(calls);
    return json;
}

}  // namespace lucid::blockchain::rpc
