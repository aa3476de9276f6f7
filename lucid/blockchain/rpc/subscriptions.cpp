// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/subscriptions.hpp>

namespace lucid::blockchain::rpc {

Json Subscriptions::subscribe(const Call& call) {
    const auto& name = call.at(0, "subscription");
    if (subscriptions_.size() >= subscriptions_per_connection_max)
        throw RpcError{rpc_limit_exceeded, "too many subscriptions (max 64)"};
    NewsCursor cursor;
    if (name == "newHeads") {
        cursor = NewsCursor::at_head(call.chain, NewsKind::blocks);
        cursor.full = true;
    } else if (name == "logs") {
        cursor = NewsCursor::at_head(call.chain, NewsKind::logs);
        const auto object = call.optional(1);
        cursor.logs.emplace(object.is_null() ? Json::object() : filter_object(object));
    } else if (name == "newPendingTransactions") {
        cursor = NewsCursor::at_head(call.chain, NewsKind::pending);
        cursor.full = call.optional(1) == true;
    } else {
        throw RpcError{rpc_method_not_found, "no \"" +
                                                 (name.is_string() ? name.get<std::string>() : "") +
                                                 "\" subscription in eth namespace"};
    }
    auto id = random_id();
    subscriptions_.emplace(id, std::move(cursor));
    return id;
}

std::optional<Json> Subscriptions::handle(const std::string& method, const Call& call) {
    if (method == "eth_subscribe") return subscribe(call);
    if (method != "eth_unsubscribe") return std::nullopt;
    const auto& id = call.at(0, "id");
    if (!id.is_string() || subscriptions_.erase(id.get<std::string>()) == 0)
        throw RpcError{rpc_server_error, "subscription not found"};
    return true;
}

std::vector<Json> Subscriptions::news(const Call& call) {
    std::vector<Json> out;
    for (auto& [id, cursor] : subscriptions_) {
        Json items = Json::array();
        try {
            items = cursor.take(call);
        } catch (const RpcError&) {
            // Too much at once for one connection: it goes on from here.
            cursor.next_block = call.chain.height() + 1;
        }
        for (auto& item : items)
            out.push_back({{"jsonrpc", "2.0"},
                           {"method", "eth_subscription"},
                           {"params", {{"subscription", id}, {"result", std::move(item)}}}});
    }
    return out;
}

}  // namespace lucid::blockchain::rpc
