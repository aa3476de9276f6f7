// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/lucid_method.hpp>
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/blockchain/rpc/subscriptions.hpp>

namespace lucid::blockchain::rpc {
namespace {

constexpr auto replace_bad_utf8 = Json::error_handler_t::replace;

std::string text_of(const Json& json) {
    return json.dump(-1, ' ', false, replace_bad_utf8);
}

Json error_json(const Json& id, int code, const std::string& message, const Json& data = {}) {
    Json error = {{"code", code}, {"message", message}};
    if (!data.is_null()) error["data"] = data;
    return {{"jsonrpc", "2.0"}, {"id", id}, {"error", error}};
}

/// Counts brackets outside of strings.
/// WHY: the JSON library copies and prints nested values recursively; a megabyte of brackets would
/// end the process.
bool nests_deeper_than(std::string_view text, std::size_t limit) {
    std::size_t depth = 0;
    bool in_string = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (in_string) {
            if (c == '\\')
                ++i;
            else if (c == '"')
                in_string = false;
        } else if (c == '"') {
            in_string = true;
        } else if (c == '[' || c == '{') {
            if (++depth > limit) return true;
        } else if ((c == ']' || c == '}') && depth > 0) {
            --depth;
        }
    }
    return false;
}

/// By name, whatever table it stands in.
Method find_method(std::string_view name) {
    for (const auto* table :
         {&block_methods(), &state_methods(), &call_methods(), &fee_methods(), &pool_methods(),
          &filter_methods(), &debug_methods(), &config_methods(), &simulate_methods()})
        if (const auto found = table->find(name); found != table->end()) return found->second;
    return nullptr;
}

/// An id may be text, a number or null.
Json id_of(const Json& item) {
    return item.is_object() ? item.value("id", Json()) : Json();
}

}  // namespace

Rpc::Rpc(chain::Chain& chain, RpcOptions options) : Rpc(static_cast<ChainView&>(chain), options) {
    lucid_ = &chain;
}
Rpc::Rpc(chain::ChainView& chain, RpcOptions options)
    : chain_(chain),
      lucid_(nullptr),
      options_(std::move(options)),
      filters_(std::make_unique<FilterTable>(options_.clock)) {}
Rpc::~Rpc() = default;

std::string Rpc::handle(std::string_view request, bool local) const {
    return answer(request, local, nullptr);
}

Rpc::Connection::Connection(const Rpc& rpc)
    : rpc_(rpc), subscriptions_(std::make_unique<Subscriptions>()) {}
Rpc::Connection::~Connection() = default;

std::string Rpc::Connection::handle(std::string_view request) {
    return rpc_.answer(request, false, subscriptions_.get());
}

std::vector<std::string> Rpc::Connection::news() {
    const Json none;
    const Call call{rpc_.chain_, *rpc_.filters_, none, rpc_.options_.clock,
                    rpc_.options_.clock() + request_time_max};
    std::vector<std::string> out;
    for (const auto& message : subscriptions_->news(call)) out.push_back(text_of(message));
    return out;
}

Json Rpc::call_method(const std::string& method, const Json& params, bool local,
                      Subscriptions* subscriptions) const {
    const Call call{chain_, *filters_, params, options_.clock, options_.clock() + request_time_max};
    if (const auto known = find_method(method)) return known(call);
    if (const auto found = options_.more.find(method); found != options_.more.end())
        return found->second(params);
    if (method == "web3_clientVersion") return options_.client_version;
    if (subscriptions != nullptr)
        if (auto result = subscriptions->handle(method, call)) return std::move(*result);
    if (subscriptions == nullptr && (method == "eth_subscribe" || method == "eth_unsubscribe"))
        throw RpcError{rpc_method_not_found, "notifications not supported"};
    if (lucid_ != nullptr)
        if (auto result = lucid_method(*lucid_, method, params, local, options_.status))
            return std::move(*result);
    throw RpcError{rpc_method_not_found,
                   "the method " + method + " does not exist/is not available"};
}

std::string Rpc::answer_one(const Json& item, bool local, Subscriptions* subscriptions) const {
    const auto id = id_of(item);
    if (!item.is_object() || !item.contains("method") || !item["method"].is_string() ||
        id.is_structured())
        return text_of(error_json(nullptr, rpc_invalid_request, "invalid request"));
    Json out;
    try {
        const Json params = item.value("params", Json::array());
        out = {{"jsonrpc", "2.0"},
               {"id", id},
               {"result", call_method(item["method"], params, local, subscriptions)}};
    } catch (const RpcError& error) {
        out = error_json(id, error.code, error.message, error.data);
    } catch (const Json::exception& error) {
        out = error_json(id, rpc_invalid_params, error.what());
    }
    // Without an id it was a notification: done, and not answered.
    if (!item.contains("id")) return "";
    auto text = text_of(out);
    if (text.size() <= response_bytes_max) return text;
    return text_of(error_json(id, rpc_response_too_large, "response too large"));
}

std::string Rpc::answer(std::string_view text, bool local, Subscriptions* subscriptions) const {
    if (text.size() > request_bytes_max)
        return text_of(error_json(nullptr, rpc_invalid_request, "request too large"));
    if (nests_deeper_than(text, nesting_max))
        return text_of(error_json(nullptr, rpc_invalid_request, "request nested too deeply"));
    const auto request = Json::parse(text, nullptr, false);
    if (request.is_discarded()) return text_of(error_json(nullptr, rpc_parse_error, "parse error"));
    if (!request.is_array()) return answer_one(request, local, subscriptions);
    if (request.empty()) return text_of(error_json(nullptr, rpc_invalid_request, "empty batch"));
    if (request.size() > batch_max)
        return text_of(error_json(nullptr, rpc_invalid_request, "batch too large"));
    std::string answers = "[";
    const auto deadline = options_.clock() + batch_time_max;
    for (const auto& item : request) {
        // What was asked for is not computed any more once the answers are large or late.
        std::string one;
        if (answers.size() > response_bytes_max)
            one = text_of(error_json(id_of(item), rpc_response_too_large, "response too large"));
        else if (options_.clock() > deadline)
            one = text_of(error_json(id_of(item), rpc_timeout, "request timed out"));
        else
            one = answer_one(item, local, subscriptions);
        if (one.empty()) continue;
        if (answers.size() > 1) answers += ',';
        answers += one;
    }
    return answers.size() > 1 ? answers + "]" : "";
}

}  // namespace lucid::blockchain::rpc
