// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/rpc.hpp>
#include <lucid/blockchain/chain/rpc_call.hpp>

#include <algorithm>

namespace lucid::blockchain::chain {
namespace {

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

/// First and last block that a filter asks for.
std::pair<std::uint64_t, std::uint64_t> block_range(const Call& call, const Json& filter) {
    if (filter.contains("blockHash")) {
        if (filter.contains("fromBlock") || filter.contains("toBlock"))
            throw RpcError{rpc_invalid_params,
                           "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the "
                           "other",
                           {}};
        const auto number = call.chain.number_of(hash_param(filter["blockHash"], "blockHash"));
        if (!number) throw RpcError{rpc_server_error, "unknown block", {}};
        return {*number, *number};
    }
    const auto from = height_of(call, filter.value("fromBlock", Json()));
    const auto to = height_of(call, filter.value("toBlock", Json()));
    if (!from || !to)
        throw RpcError{rpc_invalid_params, "block range extends beyond current head block", {}};
    if (*from > *to) throw RpcError{rpc_invalid_params, "invalid block range params", {}};
    if (*to - *from >= Rpc::log_range_blocks_max)
        throw RpcError{rpc_limit_exceeded, "query exceeds max block range", {}};
    return {*from, *to};
}

}  // namespace

Json eth_get_logs(const Call& call) {
    const auto& object = call.at(0, "filter");
    if (!object.is_object())
        throw RpcError{rpc_invalid_params, "invalid argument 0: object expected", {}};
    const LogFilter filter(object);
    const auto [from, to] = block_range(call, object);
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
                    throw RpcError{
                        rpc_limit_exceeded, "query returned more than 10000 results", {}};
                ++index;
            }
        }
    }
    return out;
}

}  // namespace lucid::blockchain::chain
