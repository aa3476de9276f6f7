// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/rpc.hpp>
#include <lucid/blockchain/chain/rpc_values.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>
#include <map>

namespace lucid::blockchain::chain {
namespace {

using proto::Uint256;

constexpr std::uint64_t call_gas_max = 50'000'000;

/// One call: what a method sees.
struct Call {
    Chain& chain;
    const Json& params;

    [[nodiscard]] const Json& at(std::size_t index, const char* what) const {
        if (!params.is_array() || params.size() <= index)
            throw RpcError{
                rpc_invalid_params,
                "missing value for required argument " + std::to_string(index) + " (" + what + ")",
                {}};
        return params[index];
    }
    [[nodiscard]] Json optional(std::size_t index) const {
        return params.is_array() && params.size() > index ? params[index] : Json();
    }
};

/// Height that a block tag or number means; nothing for a block that is not there.
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

/// State queries: only the head's state is kept.
void require_head(const Call& call, const Json& tag) {
    const auto height = height_of(call, tag);
    if (!height) throw RpcError{rpc_server_error, "header not found", {}};
    if (*height != call.chain.height())
        throw RpcError{rpc_server_error, "historical state is not kept by this node", {}};
}

std::optional<StoredBlock> block_at(const Call& call, std::uint64_t number) {
    auto block = call.chain.block(number);
    return block ? std::optional(std::move(*block)) : std::nullopt;
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

/// Reason of Error(string), for the message as geth words it.
std::string revert_reason(ByteView output) {
    constexpr std::array<std::uint8_t, 4> selector = {0x08, 0xc3, 0x79, 0xa0};
    if (output.size() < 68 || !std::equal(selector.begin(), selector.end(), output.begin()))
        return "";
    const auto length = Uint256::from_be(output.subspan(36, 32));
    if (!length.fits_u64() || length.words[0] > output.size() - 68) return "";
    return ": " + std::string(as_text(output.subspan(68, length.words[0])));
}

state::Applied run_call(const Call& call, const CallRequest& request, std::uint64_t gas) {
    return call.chain.call(request.from, request.to, request.value, request.data, gas);
}

void throw_on_failure(const state::Applied& applied) {
    if (applied.status == evm::Status::revert)
        throw RpcError{3, "execution reverted" + revert_reason(applied.output),
                       hex_data(applied.output)};
    if (applied.status == evm::Status::failure)
        throw RpcError{rpc_server_error, "out of gas or invalid instruction", {}};
}

Json eth_call(const Call& call) {
    require_head(call, call.optional(1));
    const auto request = call_request(call.at(0, "transaction"));
    const auto applied = run_call(call, request, request.gas);
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
    const auto first = run_call(call, request, request.gas);
    throw_on_failure(first);
    std::uint64_t low = first.gas_used > 0 ? first.gas_used - 1 : 0;
    std::uint64_t high = request.gas;
    while (low + 1 < high) {
        // The used gas itself is nearly always right; look there first.
        const auto middle =
            high == request.gas ? std::min(high - 1, low + low / 32 + 2500) : (low + high) / 2;
        if (run_call(call, request, middle).status == evm::Status::success)
            high = middle;
        else
            low = middle;
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

Json eth_get_transaction_by_hash(const Call& call) {
    const auto hash = hash_param(call.at(0, "hash"), "hash");
    if (const auto place = call.chain.find_transaction(hash)) {
        const auto block = block_at(call, place->block);
        const auto t = proto::Transaction::decode(block->transactions[place->index]);
        return transaction_json(*t, t->sender().value_or(proto::Address{}), &*block, place->index);
    }
    if (const auto waiting = call.chain.pending(hash))
        return transaction_json(waiting->transaction, waiting->sender, nullptr, 0);
    return nullptr;
}

Json transaction_in_block(const Call& call, const std::optional<StoredBlock>& block) {
    const auto index = quantity_param(call.at(1, "index"), "index");
    if (!block || index >= block->transactions.size()) return nullptr;
    const auto t = proto::Transaction::decode(block->transactions[index]);
    return transaction_json(*t, t->sender().value_or(proto::Address{}), &*block,
                            static_cast<std::uint32_t>(index));
}

Json eth_get_receipt(const Call& call) {
    const auto place = call.chain.find_transaction(hash_param(call.at(0, "hash"), "hash"));
    if (!place) return nullptr;
    return receipt_json(*block_at(call, place->block), place->index);
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

/// address and topics of a filter object.
struct LogFilter {
    std::vector<proto::Address> addresses;
    std::vector<std::vector<Hash32>> topics;

    explicit LogFilter(const Json& filter) {
        const auto address = filter.value("address", Json());
        for (const auto& item : address.is_array()  ? address
                                : address.is_null() ? Json::array()
                                                    : Json::array({address}))
            addresses.push_back(address_param(item, "address"));
        const auto list = filter.value("topics", Json::array());
        if (!list.is_array() || list.size() > 4)
            throw RpcError{rpc_invalid_params, "exceed max topics", {}};
        for (const auto& alternatives : list) {
            std::vector<Hash32> any;
            for (const auto& item : alternatives.is_array()  ? alternatives
                                    : alternatives.is_null() ? Json::array()
                                                             : Json::array({alternatives}))
                any.push_back(hash_param(item, "topic"));
            topics.push_back(std::move(any));
        }
    }
    [[nodiscard]] bool matches(const proto::Log& log) const {
        if (!addresses.empty() &&
            std::find(addresses.begin(), addresses.end(), log.address) == addresses.end())
            return false;
        if (topics.size() > log.topics.size()) return false;
        for (std::size_t i = 0; i < topics.size(); ++i)
            if (!topics[i].empty() &&
                std::find(topics[i].begin(), topics[i].end(), log.topics[i]) == topics[i].end())
                return false;
        return true;
    }
};

Json eth_get_logs(const Call& call) {
    const auto& object = call.at(0, "filter");
    if (!object.is_object())
        throw RpcError{rpc_invalid_params, "invalid argument 0: object expected", {}};
    const LogFilter filter(object);
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    if (object.contains("blockHash")) {
        const auto number = call.chain.number_of(hash_param(object["blockHash"], "blockHash"));
        if (!number) throw RpcError{rpc_server_error, "unknown block", {}};
        from = to = *number;
    } else {
        const auto first = height_of(call, object.value("fromBlock", Json()));
        from = first.value_or(call.chain.height() + 1);
        to = height_of(call, object.value("toBlock", Json())).value_or(call.chain.height());
    }
    if (from > to) return Json::array();
    if (to - from > Rpc::log_range_blocks_max)
        throw RpcError{-32005, "query exceeds max block range", {}};
    Json out = Json::array();
    for (auto number = from; number <= to; ++number) {
        const auto block = block_at(call, number);
        if (!block) continue;
        std::uint64_t index = 0;
        for (std::uint32_t i = 0; i < block->receipts.size(); ++i) {
            const auto receipt = proto::Receipt::decode(block->receipts[i]);
            if (!receipt) continue;
            for (const auto& log : receipt->logs) {
                if (filter.matches(log)) out.push_back(log_json(log, *block, i, index));
                if (out.size() > Rpc::logs_max)
                    throw RpcError{-32005, "query returned more than 10000 results", {}};
                ++index;
            }
        }
    }
    return out;
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
    const auto oldest = *newest + 1 > count ? *newest + 1 - count : 0;
    Json fees = Json::array();
    Json ratios = Json::array();
    Json reward_rows = Json::array();
    for (auto number = oldest; number <= *newest && count > 0; ++number) {
        const auto block = block_at(call, number);
        fees.push_back(block->header.base_fee_per_gas.to_hex_quantity());
        ratios.push_back(static_cast<double>(block->header.gas_used) /
                         static_cast<double>(block->header.gas_limit));
        reward_rows.push_back(
            Json(std::vector<std::string>(rewards.is_array() ? rewards.size() : 0, "0x0")));
    }
    fees.push_back(hex_quantity(base_fee_wei));
    Json out = {
        {"oldestBlock", hex_quantity(oldest)}, {"baseFeePerGas", fees}, {"gasUsedRatio", ratios}};
    if (rewards.is_array()) out["reward"] = reward_rows;
    return out;
}

Json eth_get_storage_at(const Call& call) {
    require_head(call, call.optional(2));
    const auto account = call.chain.account(address_param(call.at(0, "address"), "address"));
    const auto slot = account.storage.find(wide_quantity_param(call.at(1, "position"), "position"));
    return hex_data((slot == account.storage.end() ? Uint256{} : slot->second).to_be());
}

Json eth_get_transaction_count(const Call& call) {
    const auto tag = call.optional(1);
    require_head(call, tag);
    return hex_quantity(
        call.chain.nonce(address_param(call.at(0, "address"), "address"), tag == "pending"));
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
             const auto block = block_by_number(c);
             if (!block) return Json();
             Json out = Json::array();
             for (std::uint32_t i = 0; i < block->transactions.size(); ++i)
                 out.push_back(receipt_json(*block, i));
             return out;
         }},
        {"eth_getBalance",
         [](const Call& c) {
             require_head(c, c.optional(1));
             return Json(c.chain.account(address_param(c.at(0, "address"), "address"))
                             .balance.to_hex_quantity());
         }},
        {"eth_getCode",
         [](const Call& c) {
             require_head(c, c.optional(1));
             return Json(
                 hex_data(c.chain.account(address_param(c.at(0, "address"), "address")).code));
         }},
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

Json error_json(const Json& id, int code, const std::string& message, const Json& data = {}) {
    Json error = {{"code", code}, {"message", message}};
    if (!data.is_null()) error["data"] = data;
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", error}};
}

}  // namespace

std::string Rpc::handle(std::string_view text, bool local) const {
    if (text.size() > request_bytes_max)
        return error_json(nullptr, rpc_invalid_request, "request too large").dump();
    const auto request = Json::parse(text, nullptr, false);
    if (request.is_discarded()) return error_json(nullptr, rpc_parse_error, "parse error").dump();
    const auto one = [&](const Json& item) -> Json {
        if (!item.is_object() || !item.contains("method") || !item["method"].is_string())
            return error_json(nullptr, rpc_invalid_request, "invalid request");
        const Json id = item.value("id", Json());
        const auto method = item["method"].get<std::string>();
        const Json params = item.value("params", Json::array());
        try {
            Json result;
            if (method == "web3_clientVersion") {
                result = client_version_;
            } else if (const auto found = methods().find(method); found != methods().end()) {
                result = found->second(Call{chain_, params});
            } else if (auto lucid = lucid_method(chain_, method, params, local, status_())) {
                result = std::move(*lucid);
            } else {
                return error_json(id, rpc_method_not_found,
                                  "the method " + method + " does not exist/is not available");
            }
            return {{"jsonrpc", "2.0"}, {"id", id}, {"result", std::move(result)}};
        } catch (const RpcError& error) {
            return error_json(id, error.code, error.message, error.data);
        } catch (const Json::exception& error) {
            return error_json(id, rpc_invalid_params, error.what());
        }
    };
    constexpr auto replace = Json::error_handler_t::replace;
    if (!request.is_array()) return one(request).dump(-1, ' ', false, replace);
    if (request.empty()) return error_json(nullptr, rpc_invalid_request, "empty batch").dump();
    if (request.size() > batch_max)
        return error_json(nullptr, rpc_invalid_request, "batch too large").dump();
    Json answers = Json::array();
    for (const auto& item : request) answers.push_back(one(item));
    return answers.dump(-1, ' ', false, replace);
}

}  // namespace lucid::blockchain::chain
