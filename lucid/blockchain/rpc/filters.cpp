// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/filters.hpp>
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/common/crypto/random.hpp>

namespace lucid::blockchain::rpc {
namespace {

Json new_filter(const Call& call, NewsKind kind) {
    auto cursor = NewsCursor::at_head(call.chain, kind);
    if (kind == NewsKind::logs) {
        cursor.object = filter_object(call.at(0, "filter"));
        cursor.logs.emplace(cursor.object);
        // A filter from an earlier block on tells of the blocks since then at its first poll.
        if (const auto from = cursor.object.value("fromBlock", Json()); !from.is_null())
            if (const auto height = height_of(call, from);
                height && *height < cursor.next_block && from != "latest" && from != "pending")
                cursor.next_block = *height;
    }
    return call.filters.add(std::move(cursor));
}

std::string id_param(const Call& call) {
    const auto& id = call.at(0, "id");
    if (!id.is_string()) bad_param("0", "filter id expected");
    return id.get<std::string>();
}

}  // namespace

std::string random_id() {
    ByteArray<16> bytes{};
    crypto::fill_random(bytes);
    return proto::Uint256::from_be(bytes).to_hex_quantity();
}

NewsCursor NewsCursor::at_head(const ChainView& chain, NewsKind kind) {
    NewsCursor cursor;
    cursor.kind = kind;
    cursor.next_block = chain.height() + 1;
    chain.with_pool([&](const chain::Pool& pool) { cursor.next_arrival = pool.arrivals_end(); });
    return cursor;
}

Json NewsCursor::take(const Call& call) {
    Json out = Json::array();
    if (kind == NewsKind::pending) {
        const auto base_fee = call.chain.next_context().base_fee;
        call.chain.with_pool([&](const chain::Pool& pool) {
            for (const auto& hash : pool.arrivals_since(next_arrival)) {
                if (!full)
                    out.push_back(hex_data(hash));
                else if (const auto* entry = pool.find(hash))
                    out.push_back(pending_json(entry->transaction, entry->sender, base_fee));
            }
            next_arrival = pool.arrivals_end();
        });
        return out;
    }
    const auto head = call.chain.height();
    if (next_block > head) return out;
    if (head - next_block >= log_range_blocks_max)
        throw RpcError{rpc_limit_exceeded, "query exceeds max block range 100000"};
    if (kind == NewsKind::logs) {
        out = logs_between(call, *logs, next_block, head);
    } else {
        for (auto number = next_block; number <= head; ++number)
            if (const auto block = block_at(call, number))
                out.push_back(full ? header_json(block->header)
                                   : Json(hex_data(block->header.hash())));
    }
    next_block = head + 1;
    return out;
}

void FilterTable::forget_old() {
    const auto now = clock_();
    std::erase_if(filters_, [&](const auto& item) { return item.second.used + filter_life < now; });
}

FilterTable::Filter& FilterTable::find(const std::string& id) {
    forget_old();
    const auto found = filters_.find(id);
    if (found == filters_.end()) throw RpcError{rpc_server_error, "filter not found"};
    found->second.used = clock_();
    return found->second;
}

std::string FilterTable::add(NewsCursor cursor) {
    const std::lock_guard lock(mutex_);
    forget_old();
    if (filters_.size() >= filters_max)
        throw RpcError{rpc_limit_exceeded, "too many filters (max 1000)"};
    auto id = random_id();
    filters_.emplace(id, Filter{std::move(cursor), clock_()});
    return id;
}

Json FilterTable::changes(const Call& call, const std::string& id) {
    const std::lock_guard lock(mutex_);
    return find(id).cursor.take(call);
}

Json FilterTable::all_logs(const Call& call, const std::string& id) {
    Json object;
    {
        const std::lock_guard lock(mutex_);
        const auto& cursor = find(id).cursor;
        if (cursor.kind != NewsKind::logs) throw RpcError{rpc_server_error, "filter not found"};
        object = cursor.object;
    }
    return logs_of(call, object);
}

bool FilterTable::remove(const std::string& id) {
    const std::lock_guard lock(mutex_);
    return filters_.erase(id) == 1;
}

const Methods& filter_methods() {
    static const Methods table = {
        {"eth_getLogs", [](const Call& c) { return logs_of(c, c.at(0, "filter")); }},
        {"eth_newFilter", [](const Call& c) { return new_filter(c, NewsKind::logs); }},
        {"eth_newBlockFilter", [](const Call& c) { return new_filter(c, NewsKind::blocks); }},
        {"eth_newPendingTransactionFilter",
         [](const Call& c) { return new_filter(c, NewsKind::pending); }},
        {"eth_getFilterChanges", [](const Call& c) { return c.filters.changes(c, id_param(c)); }},
        {"eth_getFilterLogs", [](const Call& c) { return c.filters.all_logs(c, id_param(c)); }},
        {"eth_uninstallFilter", [](const Call& c) { return Json(c.filters.remove(id_param(c))); }},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
