// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/logs.hpp>

#include <algorithm>

namespace lucid::blockchain::rpc {
namespace {

/// One value, several in an array, or null for any.
std::vector<Json> alternatives(const Json& value) {
    if (value.is_null()) return {};
    if (!value.is_array()) return {value};
    if (value.size() > filter_values_max)
        throw RpcError{rpc_invalid_params, "exceed max addresses or topics per search position"};
    // Null among the alternatives is any, too.
    if (std::any_of(value.begin(), value.end(), [](const Json& item) { return item.is_null(); }))
        return {};
    return {value.begin(), value.end()};
}

/// First and last block that a filter asks for.
std::pair<std::uint64_t, std::uint64_t> block_range(const Call& call, const Json& filter) {
    if (filter.contains("blockHash")) {
        if (filter.contains("fromBlock") || filter.contains("toBlock"))
            throw RpcError{rpc_invalid_params,
                           "invalid argument 0: cannot specify both BlockHash and "
                           "FromBlock/ToBlock, choose one or the other"};
        const auto number =
            call.chain.blocks().number_of(hash_param(filter["blockHash"], "blockHash"));
        if (!number) throw RpcError{rpc_server_error, "unknown block"};
        return {*number, *number};
    }
    const auto from = height_of(call, filter.value("fromBlock", Json()));
    const auto to = height_of(call, filter.value("toBlock", Json()));
    if (!from || !to)
        throw RpcError{rpc_invalid_params, "block range extends beyond current head block"};
    if (*from > *to) throw RpcError{rpc_invalid_params, "invalid block range params"};
    if (*to - *from >= log_range_blocks_max)
        throw RpcError{rpc_limit_exceeded, "query exceeds max block range 100000"};
    return {*from, *to};
}

}  // namespace

const Json& filter_object(const Json& object) {
    if (!object.is_object()) bad_param("0", "object expected");
    return object;
}

LogFilter::LogFilter(const Json& filter) {
    for (const auto& item : alternatives(filter.value("address", Json())))
        addresses_.push_back(address_param(item, "address"));
    const auto list = filter.value("topics", Json());
    if (list.is_null()) return;
    if (!list.is_array() || list.size() > topics_max)
        throw RpcError{rpc_invalid_params, "exceed max topics"};
    for (const auto& position : list) {
        std::vector<Hash32> any;
        for (const auto& item : alternatives(position)) any.push_back(hash_param(item, "topic"));
        topics_.push_back(std::move(any));
    }
}

bool LogFilter::matches(const proto::Log& log) const {
    if (!addresses_.empty() &&
        std::find(addresses_.begin(), addresses_.end(), log.address) == addresses_.end())
        return false;
    if (topics_.size() > log.topics.size()) return false;
    for (std::size_t i = 0; i < topics_.size(); ++i)
        if (!topics_[i].empty() &&
            std::find(topics_[i].begin(), topics_[i].end(), log.topics[i]) == topics_[i].end())
            return false;
    return true;
}

bool LogFilter::may_match(const proto::Bloom& bloom) const {
    const auto any = [&](const auto& values) {
        return values.empty() || std::any_of(values.begin(), values.end(), [&](const auto& value) {
                   return proto::bloom_may_contain(bloom, value);
               });
    };
    return any(addresses_) && std::all_of(topics_.begin(), topics_.end(), any);
}

void LogFilter::collect(const StoredBlock& block, Json& out) const {
    if (!may_match(block.header.logs_bloom)) return;
    std::uint64_t index = 0;
    for (std::size_t i = 0; i < block.receipts.size(); ++i)
        for (const auto& log : stored_receipt(block.receipts[i]).logs) {
            if (matches(log)) out.push_back(log_json(log, block, i, index));
            if (out.size() > logs_max)
                throw RpcError{rpc_limit_exceeded, "query returned more than 10000 results"};
            ++index;
        }
}

Json logs_between(const Call& call, const LogFilter& filter, std::uint64_t first,
                  std::uint64_t last) {
    Json out = Json::array();
    for (auto number = first; number <= last; ++number) {
        call.check_time();
        if (const auto block = block_at(call, number)) filter.collect(*block, out);
    }
    return out;
}

Json logs_of(const Call& call, const Json& object) {
    const LogFilter filter(filter_object(object));
    const auto [first, last] = block_range(call, object);
    return logs_between(call, filter, first, last);
}

}  // namespace lucid::blockchain::rpc
