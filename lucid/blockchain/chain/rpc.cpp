// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/rpc.hpp>
#include <lucid/blockchain/chain/rpc_call.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>
#include <map>

namespace lucid::blockchain::chain {

std::optional<std::uint64_t> height_of(const Call& call, const Json& tag) {
    const auto head = call.chain.height();
    if (tag.is_null()) return head;
    if (tag.is_object()) {  // EIP-1898
        if (tag.contains("blockNumber")) return height_of(call, tag["blockNumber"]);
        const auto number =
            call.chain.number_of(hash_param(tag.value("blockHash", Json()), "blockHash"));
        return number ? std::optional(*number) : std::nullopt;
    }
    if (tag == "latest" || tag == "pending" || tag == "safe" || tag == "finalized") return head;
    if (tag == "earliest") return 0;
    const auto number = quantity_param(tag, "block");
    return number <= head ? std::optional(number) : std::nullopt;
}

std::optional<StoredBlock> block_at(const Call& call, std::uint64_t number) {
    auto block = call.chain.block(number);
    return block ? std::optional(std::move(*block)) : std::nullopt;
}

namespace {

using proto::Uint256;

constexpr std::uint64_t call_gas_max = 50'000'000;

StateView state_for(const Call& call, const Json& tag) {
    const auto height = height_of(call, tag);
    if (!height) throw RpcError{rpc_server_error, "header not found", {}};
    auto view = call.chain.state_at(*height);
    if (!view && view.error().code == make_error_code(Errc::refused))
        throw RpcError{rpc_server_error,
                       "historical state is not available: this node keeps it from block " +
                           std::to_string(view.error().offset) + " on",
                       {}};
    if (!view) throw RpcError{rpc_server_error, view.error().message(), {}};
    return std::move(*view);
}

struct CallRequest {
    proto::Address from{};
    std::optional<proto::Address> to;
    Uint256 value;
    Bytes data;
    std::uint64_t gas = call_gas_max;
};

CallRequest call_request(const Json& object) {
    if (!object.is_object())
        throw RpcError{rpc_invalid_params, "invalid argument 0: object expected", {}};
    CallRequest request;
    if (object.contains("from")) request.from = address_param(object["from"], "from");
    if (object.contains("to") && !object["to"].is_null())
        request.to = address_param(object["to"], "to");
    if (object.contains("value")) request.value = wide_quantity_param(object["value"], "value");
    if (object.contains("gas"))
        request.gas = std::min(call_gas_max, quantity_param(object["gas"], "gas"));
    if (object.contains("input"))
        request.data = data_param(object["input"], "input");
    else if (object.contains("data"))
        request.data = data_param(object["data"], "data");
    return request;
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

/// Reason of Error(string) or Panic(uint256), for the message as geth words it.
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

state::Applied run_call(const Call& call, StateView& view, const CallRequest& request,
                        std::uint64_t gas) {
    auto context = call.chain.context_of(view.header);
    context.base_fee = 0;
    state::Applied applied;
    const auto ran = call.chain.run(view, [&](state::World& world) {
        applied = state::simulate_call(world, context, request.from, request.to, request.value,
                                       request.data, gas);
    });
    if (!ran) throw RpcError{rpc_server_error, ran.error().message(), {}};
    return applied;
}

void throw_on_failure(const state::Applied& applied) {
    if (applied.status == evm::Status::revert)
        throw RpcError{3, "execution reverted" + revert_reason(applied.output),
                       hex_data(applied.output)};
    if (applied.status == evm::Status::failure)
        throw RpcError{rpc_server_error, "out of gas or invalid instruction", {}};
}

Json eth_call(const Call& call) {
    const auto request = call_request(call.at(0, "transaction"));
    auto view = state_for(call, call.optional(1));
    const auto applied = run_call(call, view, request, request.gas);
    throw_on_failure(applied);
    return hex_data(applied.output);
}

/// Smallest limit with which the call succeeds, by halving.
Json eth_estimate_gas(const Call& call) {
    const auto request = call_request(call.at(0, "transaction"));
    proto::Transaction shape;
    shape.to = request.to;
    shape.data = request.data;
    const auto intrinsic = proto::intrinsic_gas(shape);
    auto view = state_for(call, call.optional(1));
    const auto first = run_call(call, view, request, request.gas);
    throw_on_failure(first);
    // The used gas itself is nearly always right. Where it is not, a refund or the 64th that calls
    // keep back is missing: look a little above it first.
    auto low = first.gas_used;
    auto high = request.gas;
    auto middle = low;
    while (low <= high) {
        if (run_call(call, view, request, middle).status == evm::Status::success)
            high = middle;
        else
            low = middle + 1;
        if (low >= high) break;
        middle = high == request.gas ? std::min(high - 1, low + low / 32 + 2500)
                                     : low + (high - low) / 2;
    }
    return hex_quantity(std::max(high + intrinsic.execution, intrinsic.floor));
}

Json eth_send_raw_transaction(const Call& call) {
    const auto bytes = data_param(call.at(0, "data"), "data");
    auto transaction = proto::Transaction::decode(bytes);
    if (!transaction) throw RpcError{rpc_server_error, transaction.error().message(), {}};
    const auto hash = call.chain.submit(std::move(*transaction));
    if (!hash) throw RpcError{rpc_server_error, hash.error().context, {}};
    return hex_data(*hash);
}

Json stored_transaction_json(const std::optional<StoredBlock>& block, std::uint64_t index) {
    if (!block || index >= block->transactions.size()) return nullptr;
    const auto t = proto::Transaction::decode(block->transactions[index]);
    if (!t) throw RpcError{rpc_server_error, "stored transaction: " + t.error().message(), {}};
    return transaction_json(*t, t->sender().value_or(proto::Address{}), &*block,
                            static_cast<std::uint32_t>(index));
}

Json eth_get_transaction_by_hash(const Call& call) {
    const auto hash = hash_param(call.at(0, "hash"), "hash");
    if (const auto place = call.chain.find_transaction(hash)) {
        return stored_transaction_json(block_at(call, place->block), place->index);
    }
    if (const auto waiting = call.chain.pending(hash))
        return transaction_json(waiting->transaction, waiting->sender, nullptr, 0);
    return nullptr;
}

Json transaction_in_block(const Call& call, const std::optional<StoredBlock>& block) {
    const auto index = quantity_param(call.at(1, "index"), "index");
    return stored_transaction_json(block, index);
}

Json eth_get_receipt(const Call& call) {
    const auto place = call.chain.find_transaction(hash_param(call.at(0, "hash"), "hash"));
    const auto block = place ? block_at(call, place->block) : std::nullopt;
    return block && place->index < block->receipts.size() ? receipt_json(*block, place->index)
                                                          : Json();
}

std::optional<StoredBlock> block_by_number(const Call& call) {
    const auto height = height_of(call, call.at(0, "block"));
    return height ? block_at(call, *height) : std::nullopt;
}
std::optional<StoredBlock> block_by_hash(const Call& call) {
    const auto number = call.chain.number_of(hash_param(call.at(0, "hash"), "hash"));
    return number ? block_at(call, *number) : std::nullopt;
}
Json block_or_null(const Call& call, const std::optional<StoredBlock>& block) {
    return block ? block_json(*block, call.optional(1) == true) : Json();
}

Json eth_fee_history(const Call& call) {
    const auto& wanted = call.at(0, "blockCount");
    const auto count =
        std::min<std::uint64_t>(wanted.is_number_unsigned() ? wanted.get<std::uint64_t>()
                                                            : quantity_param(wanted, "blockCount"),
                                1024);
    const auto newest = height_of(call, call.at(1, "newestBlock"));
    if (!newest) throw RpcError{rpc_server_error, "request beyond head block", {}};
    const auto rewards = call.optional(2);
    if (rewards.is_array() && rewards.size() > Rpc::percentiles_max)
        throw RpcError{rpc_invalid_params, "over the query limit 100", {}};
    const auto oldest = *newest + 1 > count ? *newest + 1 - count : 0;
    Json fees = Json::array();
    Json ratios = Json::array();
    Json blob_fees = Json::array({"0x1"});
    Json reward_rows = Json::array();
    for (auto number = oldest; number <= *newest && count > 0; ++number) {
        const auto block = block_at(call, number);
        if (!block) throw RpcError{rpc_server_error, "header not found", {}};
        blob_fees.push_back("0x1");
        fees.push_back(block->header.base_fee_per_gas.to_hex_quantity());
        ratios.push_back(static_cast<double>(block->header.gas_used) /
                         static_cast<double>(block->header.gas_limit));
        reward_rows.push_back(
            Json(std::vector<std::string>(rewards.is_array() ? rewards.size() : 0, "0x0")));
    }
    fees.push_back(hex_quantity(base_fee_wei));
    Json out = {{"oldestBlock", hex_quantity(oldest)},
                {"baseFeePerGas", fees},
                {"gasUsedRatio", ratios},
                {"baseFeePerBlobGas", blob_fees},
                {"blobGasUsedRatio", std::vector<int>(ratios.size())}};
    if (rewards.is_array()) out["reward"] = reward_rows;
    return out;
}

Json eth_get_storage_at(const Call& call) {
    const auto address = address_param(call.at(0, "address"), "address");
    const auto slot = wide_quantity_param(call.at(1, "position"), "position");
    return hex_data(state_for(call, call.optional(2)).state->storage(address, slot).to_be());
}

Json eth_get_balance(const Call& call) {
    const auto address = address_param(call.at(0, "address"), "address");
    const auto head = state_for(call, call.optional(1)).state->account(address);
    return head ? head->balance.to_hex_quantity() : "0x0";
}

Json eth_get_code(const Call& call) {
    const auto address = address_param(call.at(0, "address"), "address");
    const auto view = state_for(call, call.optional(1));
    const auto head = view.state->account(address);
    return head && head->code_hash != state::empty_code_hash()
               ? hex_data(view.state->code(head->code_hash))
               : "0x";
}

Json eth_get_transaction_count(const Call& call) {
    const auto address = address_param(call.at(0, "address"), "address");
    const auto tag = call.optional(1);
    if (tag == "pending") return hex_quantity(call.chain.nonce(address, true));
    const auto head = state_for(call, tag).state->account(address);
    return hex_quantity(head ? head->nonce : 0);
}

Json count_or_null(const std::optional<StoredBlock>& block) {
    return block ? Json(hex_quantity(block->transactions.size())) : Json();
}

using Method = Json (*)(const Call&);

const std::map<std::string, Method>& methods() {
    static const std::map<std::string, Method> table = {
        {"eth_chainId",
         [](const Call& c) { return Json(hex_quantity(c.chain.genesis().chain_id)); }},
        {"net_version",
         [](const Call& c) { return Json(std::to_string(c.chain.genesis().chain_id)); }},
        {"net_listening", [](const Call&) { return Json(true); }},
        {"net_peerCount", [](const Call&) { return Json("0x0"); }},
        {"eth_syncing", [](const Call&) { return Json(false); }},
        {"eth_accounts", [](const Call&) { return Json::array(); }},
        {"eth_blockNumber", [](const Call& c) { return Json(hex_quantity(c.chain.height())); }},
        {"eth_gasPrice", [](const Call&) { return Json(hex_quantity(base_fee_wei)); }},
        {"eth_maxPriorityFeePerGas", [](const Call&) { return Json("0x0"); }},
        {"eth_feeHistory", eth_fee_history},
        {"eth_getBlockByNumber",
         [](const Call& c) { return block_or_null(c, block_by_number(c)); }},
        {"eth_getBlockByHash", [](const Call& c) { return block_or_null(c, block_by_hash(c)); }},
        {"eth_getBlockTransactionCountByNumber",
         [](const Call& c) { return count_or_null(block_by_number(c)); }},
        {"eth_getBlockTransactionCountByHash",
         [](const Call& c) { return count_or_null(block_by_hash(c)); }},
        {"eth_getTransactionByBlockNumberAndIndex",
         [](const Call& c) { return transaction_in_block(c, block_by_number(c)); }},
        {"eth_getTransactionByBlockHashAndIndex",
         [](const Call& c) { return transaction_in_block(c, block_by_hash(c)); }},
        {"eth_getTransactionByHash", eth_get_transaction_by_hash},
        {"eth_getTransactionReceipt", eth_get_receipt},
        {"eth_getBlockReceipts",
         [](const Call& c) {
             // A block's hash may stand where its number does.
             const auto& which = c.at(0, "block");
             const bool by_hash =
                 which.is_string() && which.get_ref<const std::string&>().size() == 66;
             const auto block = by_hash ? block_by_hash(c) : block_by_number(c);
             if (!block) return Json();
             Json out = Json::array();
             for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
                 out.push_back(receipt_json(*block, i));
             return out;
         }},
        {"eth_getBalance", eth_get_balance},
        {"eth_getCode", eth_get_code},
        {"eth_getStorageAt", eth_get_storage_at},
        {"eth_getTransactionCount", eth_get_transaction_count},
        {"eth_call", eth_call},
        {"eth_estimateGas", eth_estimate_gas},
        {"eth_sendRawTransaction", eth_send_raw_transaction},
        {"eth_getLogs", eth_get_logs},
        {"web3_sha3",
         [](const Call& c) {
             return Json(hex_data(crypto::keccak256(data_param(c.at(0, "data"), "data"))));
         }},
    };
    return table;
}

}  // namespace

std::optional<Json> ethereum_method(Chain& chain, const std::string& method, const Json& params) {
    const auto found = methods().find(method);
    if (found == methods().end()) return std::nullopt;
    return found->second(Call{chain, params});
}

}  // namespace lucid::blockchain::chain
