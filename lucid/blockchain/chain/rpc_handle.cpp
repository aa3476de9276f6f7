// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/rpc.hpp>
#include <lucid/blockchain/chain/rpc_values.hpp>

namespace lucid::blockchain::chain {
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

}  // namespace

std::string Rpc::handle(std::string_view text, bool local) const {
    if (text.size() > request_bytes_max)
        return text_of(error_json(nullptr, rpc_invalid_request, "request too large"));
    if (nests_deeper_than(text, nesting_max))
        return text_of(error_json(nullptr, rpc_invalid_request, "request nested too deeply"));
    const auto request = Json::parse(text, nullptr, false);
    if (request.is_discarded()) return text_of(error_json(nullptr, rpc_parse_error, "parse error"));
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
            } else if (auto ethereum = ethereum_method(chain_, method, params)) {
                result = std::move(*ethereum);
            } else if (auto lucid = lucid_method(chain_, method, params, local, status_)) {
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
    if (!request.is_array()) return text_of(one(request));
    if (request.empty()) return text_of(error_json(nullptr, rpc_invalid_request, "empty batch"));
    if (request.size() > batch_max)
        return text_of(error_json(nullptr, rpc_invalid_request, "batch too large"));
    std::string answers = "[";
    for (const auto& item : request) {
        if (answers.size() > 1) answers += ',';
        // What was asked for is not computed any more once the answers are large.
        if (answers.size() <= batch_response_bytes_max)
            answers += text_of(one(item));
        else
            answers += text_of(error_json(item.is_object() ? item.value("id", Json()) : Json(),
                                          rpc_response_too_large, "response too large"));
    }
    return answers + "]";
}

}  // namespace lucid::blockchain::chain
