// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call_request.hpp>
#include <lucid/blockchain/rpc/limits.hpp>

#include <algorithm>
#include <exception>

namespace lucid::blockchain::rpc {
namespace {

using proto::Transaction;
using proto::TransactionType;
using proto::Uint256;

bool has(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && !found->is_null();
}

std::vector<proto::AccessListEntry> access_list(const Json& list) {
    if (!list.is_array()) bad_param("accessList", "array expected");
    std::vector<proto::AccessListEntry> out;
    for (const auto& item : list) {
        if (!item.is_object()) bad_param("accessList", "objects expected");
        proto::AccessListEntry entry;
        entry.address = address_param(item.value("address", Json()), "accessList.address");
        for (const auto& key : item.value("storageKeys", Json::array()))
            entry.storage_keys.push_back(hash_param(key, "accessList.storageKeys"));
        out.push_back(std::move(entry));
    }
    return out;
}

std::vector<proto::Authorization> authorizations(const Json& list) {
    if (!list.is_array()) bad_param("authorizationList", "array expected");
    std::vector<proto::Authorization> out;
    for (const auto& item : list) {
        if (!item.is_object()) bad_param("authorizationList", "objects expected");
        proto::Authorization a;
        a.chain_id = wide_quantity_param(item.value("chainId", Json()), "chainId");
        a.address = address_param(item.value("address", Json()), "address");
        a.nonce = quantity_param(item.value("nonce", Json()), "nonce");
        a.signature.y_parity =
            static_cast<std::uint8_t>(quantity_param(item.value("yParity", Json()), "yParity") & 1);
        a.signature.r = wide_quantity_param(item.value("r", Json()), "r").to_be();
        a.signature.s = wide_quantity_param(item.value("s", Json()), "s").to_be();
        out.push_back(a);
    }
    return out;
}

void read_prices(const Json& object, CallRequest& request) {
    auto& t = request.transaction;
    const bool dynamic = has(object, "maxFeePerGas") || has(object, "maxPriorityFeePerGas");
    if (has(object, "gasPrice")) {
        if (dynamic)
            throw RpcError{rpc_server_error,
                           "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified"};
        t.max_fee_per_gas = t.max_priority_fee_per_gas =
            wide_quantity_param(object["gasPrice"], "gasPrice");
    }
    if (has(object, "maxFeePerGas"))
        t.max_fee_per_gas = wide_quantity_param(object["maxFeePerGas"], "maxFeePerGas");
    if (has(object, "maxPriorityFeePerGas"))
        t.max_priority_fee_per_gas =
            wide_quantity_param(object["maxPriorityFeePerGas"], "maxPriorityFeePerGas");
    if (t.max_fee_per_gas < t.max_priority_fee_per_gas && has(object, "maxFeePerGas"))
        throw RpcError{rpc_server_error, "maxFeePerGas (" + t.max_fee_per_gas.to_hex_quantity() +
                                             ") < maxPriorityFeePerGas (" +
                                             t.max_priority_fee_per_gas.to_hex_quantity() + ")"};
    request.has_price = dynamic || has(object, "gasPrice");
    t.type = has(object, "gasPrice") ? TransactionType::legacy : TransactionType::dynamic_fee;
}

Bytes call_data(const Json& object) {
    if (!has(object, "input"))
        return has(object, "data") ? data_param(object["data"], "data") : Bytes{};
    auto input = data_param(object["input"], "input");
    if (has(object, "data") && data_param(object["data"], "data") != input)
        throw RpcError{rpc_server_error,
                       "both \"data\" and \"input\" are set and not equal. Please use \"input\" "
                       "to pass transaction call data"};
    return input;
}

/// What Solidity's Panic(uint256) codes mean, in geth's words.
std::string panic_reason(const Uint256& code) {
    static const std::map<std::uint64_t, const char*> reasons = {
        {0x00, "generic panic"},
        {0x01, "assert(false)"},
        {0x11, "arithmetic underflow or overflow"},
        {0x12, "division or modulo by zero"},
        {0x21, "enum overflow"},
        {0x22, "invalid encoded storage byte array accessed"},
        {0x31, "out-of-bounds array access; popping on an empty array"},
        {0x32, "out-of-bounds access of an array or bytesN"},
        {0x41, "out of memory"},
        {0x51, "uninitialized function"}};
    const auto found = code.fits_u64() ? reasons.find(code.words[0]) : reasons.end();
    return found == reasons.end() ? ": unknown panic code: " + code.to_hex_quantity()
                                  : std::string(": ") + found->second;
}

}  // namespace

CallRequest call_request(const Json& object) {
    if (!object.is_object()) bad_param("0", "object expected");
    CallRequest request;
    auto& t = request.transaction;
    if (has(object, "from")) request.from = address_param(object["from"], "from");
    if (has(object, "to")) t.to = address_param(object["to"], "to");
    if (has(object, "value")) t.value = wide_quantity_param(object["value"], "value");
    request.has_gas = has(object, "gas");
    if (request.has_gas) request.gas_asked = quantity_param(object["gas"], "gas");
    t.gas_limit = request.has_gas ? std::min(call_gas_max, request.gas_asked) : call_gas_max;
    request.has_nonce = has(object, "nonce");
    if (request.has_nonce) t.nonce = quantity_param(object["nonce"], "nonce");
    t.data = call_data(object);
    read_prices(object, request);
    if (has(object, "accessList")) {
        t.access_list = access_list(object["accessList"]);
        if (t.type == TransactionType::legacy) t.type = TransactionType::access_list;
    }
    if (has(object, "blobVersionedHashes")) {
        if (!object["blobVersionedHashes"].is_array())
            bad_param("blobVersionedHashes", "array expected");
        for (const auto& hash : object["blobVersionedHashes"])
            t.blob_hashes.push_back(hash_param(hash, "blobVersionedHashes"));
        if (has(object, "maxFeePerBlobGas"))
            t.max_fee_per_blob_gas =
                wide_quantity_param(object["maxFeePerBlobGas"], "maxFeePerBlobGas");
        t.type = TransactionType::blob;
    }
    if (has(object, "authorizationList")) {
        t.authorizations = authorizations(object["authorizationList"]);
        t.type = TransactionType::set_code;
    }
    return request;
}

std::string revert_reason(ByteView output) {
    constexpr std::array<std::uint8_t, 4> error = {0x08, 0xc3, 0x79, 0xa0};
    constexpr std::array<std::uint8_t, 4> panic = {0x4e, 0x48, 0x7b, 0x71};
    const auto begins_with = [&](const auto& selector) {
        return output.size() >= 4 && std::equal(selector.begin(), selector.end(), output.begin());
    };
    if (begins_with(panic) && output.size() == 36)
        return panic_reason(Uint256::from_be(output.subspan(4, 32)));
    if (!begins_with(error) || output.size() < 68) return "";
    const auto length = Uint256::from_be(output.subspan(36, 32));
    if (!length.fits_u64() || length.words[0] > output.size() - 68) return "";
    return ": " + std::string(as_text(output.subspan(68, length.words[0])));
}

void throw_on_failure(const state::Applied& applied) {
    if (applied.status == evm::Status::revert)
        throw RpcError{rpc_reverted, "execution reverted" + revert_reason(applied.output),
                       hex_data(applied.output)};
    if (applied.status == evm::Status::failure)
        throw RpcError{rpc_server_error, evm::text_of(applied.halt)};
}

evm::BlockContext context_for(const Call& call, const StateView& view, const CallRequest& request,
                              const Json& tag) {
    auto context =
        tag == "pending" ? call.chain.next_context() : call.chain.context_of(view.header);
    context = apply_overrides(request.block, call.chain, context);
    // Without a price nothing is charged, and the base fee is not seen either (geth).
    if (request.transaction.max_fee_per_gas.is_zero())
        context.base_fee = 0;
    else if (request.transaction.max_fee_per_gas < context.base_fee)
        throw RpcError{rpc_server_error,
                       "max fee per gas less than block base fee: maxFeePerGas: " +
                           to_decimal(request.transaction.max_fee_per_gas) +
                           ", baseFee: " + to_decimal(context.base_fee)};
    return context;
}

void run_on_state(StateView& view, const std::function<void(state::World&)>& work) {
    std::exception_ptr thrown;
    const auto ran = ChainView::run(view, [&](state::World& world) {
        try {
            work(world);
        } catch (...) {
            thrown = std::current_exception();
        }
    });
    if (thrown) std::rethrow_exception(thrown);
    if (!ran) throw RpcError{rpc_server_error, ran.error().message()};
}

state::Applied run_request(const Call& call, StateView& view, const CallRequest& request,
                           const Json& tag, std::uint64_t gas) {
    call.check_time();
    auto context = context_for(call, view, request, tag);
    evm::Precompiles precompiles;
    auto t = request.transaction;
    t.gas_limit = gas;
    state::Applied applied;
    run_on_state(view, [&](state::World& world) {
        apply_overrides(request.overrides, world, context, precompiles);
        if (!request.has_nonce) t.nonce = world.nonce(request.from);
        applied = state::simulate_transaction(world, context, t, request.from);
    });
    return applied;
}

std::uint64_t estimate_gas(const Call& call, const CallRequest& request, const Json& tag) {
    auto view = state_for(call, tag);
    auto high = request.transaction.gas_limit;
    const auto limit = high;
    const auto first = run_request(call, view, request, tag, limit);
    throw_on_failure(first);
    // The used gas itself is nearly always right. Where it is not, a refund or the 64th that calls
    // keep back is missing: look a little above it first.
    auto low = first.gas_used;
    auto middle = low;
    while (low <= high) {
        if (run_request(call, view, request, tag, middle).status == evm::Status::success)
            high = middle;
        else
            low = middle + 1;
        if (low >= high) break;
        middle = high == limit ? std::min(high - 1, low + low / 32 + 2500) : low + (high - low) / 2;
    }
    return high;
}

}  // namespace lucid::blockchain::rpc
