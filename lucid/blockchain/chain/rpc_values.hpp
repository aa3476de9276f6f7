// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// JSON-RPC values: quantities and data as Ethereum spells them, blocks, transactions, receipts,
/// logs. Private to this folder.

#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <functional>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::chain {

using Json = nlohmann::json;

/// Thrown inside one request only, turned into its error object by Rpc::handle.
struct RpcError {
    int code;
    std::string message;
    Json data;
};
inline constexpr int rpc_parse_error = -32700;
inline constexpr int rpc_invalid_request = -32600;
inline constexpr int rpc_method_not_found = -32601;
inline constexpr int rpc_invalid_params = -32602;
inline constexpr int rpc_server_error = -32000;
inline constexpr int rpc_limit_exceeded = -32005;
inline constexpr int rpc_response_too_large = -32003;
inline constexpr int rpc_already_anchored = -32010;
inline constexpr int rpc_not_final = -32011;

[[nodiscard]] std::string hex_data(ByteView bytes);
[[nodiscard]] std::string hex_quantity(std::uint64_t value);
[[nodiscard]] Bytes data_param(const Json& value, const char* what);
[[nodiscard]] std::uint64_t quantity_param(const Json& value, const char* what);
[[nodiscard]] proto::Uint256 wide_quantity_param(const Json& value, const char* what);
[[nodiscard]] proto::Address address_param(const Json& value, const char* what);
[[nodiscard]] Hash32 hash_param(const Json& value, const char* what);

[[nodiscard]] Json block_json(const StoredBlock& block, bool full);
[[nodiscard]] Json transaction_json(const proto::Transaction& transaction,
                                    const proto::Address& sender, const StoredBlock* block,
                                    std::uint32_t index);
[[nodiscard]] Json receipt_json(const StoredBlock& block, std::uint32_t index);
[[nodiscard]] Json log_json(const proto::Log& log, const StoredBlock& block,
                            std::uint32_t transaction, std::uint64_t log_index);

/// eth_*, net_* and web3_* methods; nothing for another name. Throws RpcError.
std::optional<Json> ethereum_method(Chain& chain, const std::string& method, const Json& params);
/// lucid_* methods; nothing for another name. Throws RpcError.
std::optional<Json> lucid_method(Chain& chain, const std::string& method, const Json& params,
                                 bool local, const std::function<std::string()>& status);

}  // namespace lucid::blockchain::chain
