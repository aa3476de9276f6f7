// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// JSON-RPC values: quantities and data as Ethereum spells them, and errors. Private to this
/// folder.

#include <lucid/blockchain/proto/transaction.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::rpc {

using Json = nlohmann::json;

/// Thrown inside one request only, turned into its error object by Rpc.
struct RpcError {
    int code;
    std::string message;
    Json data = {};
};
inline constexpr int rpc_parse_error = -32700;
inline constexpr int rpc_invalid_request = -32600;
inline constexpr int rpc_method_not_found = -32601;
inline constexpr int rpc_invalid_params = -32602;
inline constexpr int rpc_server_error = -32000;
inline constexpr int rpc_timeout = -32002;
inline constexpr int rpc_response_too_large = -32003;
inline constexpr int rpc_limit_exceeded = -32005;
inline constexpr int rpc_already_anchored = -32010;
inline constexpr int rpc_not_final = -32011;
inline constexpr int rpc_reverted = 3;
// eth_simulateV1 (execution-apis, geth).
inline constexpr int rpc_nonce_too_low = -38010;
inline constexpr int rpc_nonce_too_high = -38011;
inline constexpr int rpc_base_fee_too_low = -38012;
inline constexpr int rpc_intrinsic_gas = -38013;
inline constexpr int rpc_insufficient_funds = -38014;
inline constexpr int rpc_block_gas_limit = -38015;
inline constexpr int rpc_block_order = -38020;
inline constexpr int rpc_time_order = -38021;
inline constexpr int rpc_initcode_too_large = -38025;
inline constexpr int rpc_too_many_blocks = -38026;
inline constexpr int rpc_vm_error = -32015;
inline constexpr int rpc_internal_error = -32603;

[[noreturn]] void bad_param(const std::string& what, const char* why);

[[nodiscard]] std::string hex_data(ByteView bytes);
[[nodiscard]] std::string hex_quantity(std::uint64_t value);
[[nodiscard]] std::string to_decimal(proto::Uint256 value);
/// `what` names the parameter in the error.
[[nodiscard]] Bytes data_param(const Json& value, const std::string& what);
/// No leading zeros, as geth wants it.
[[nodiscard]] std::uint64_t quantity_param(const Json& value, const std::string& what);
[[nodiscard]] proto::Uint256 wide_quantity_param(const Json& value, const std::string& what);
[[nodiscard]] proto::Address address_param(const Json& value, const std::string& what);
[[nodiscard]] Hash32 hash_param(const Json& value, const std::string& what);
/// A storage position: hex of at most 32 bytes, however many zeros lead.
[[nodiscard]] proto::Uint256 slot_param(const Json& value);

/// A value or the error as the client gets it.
template <class T>
T value_or_throw(Result<T> result) {
    if (!result) throw RpcError{rpc_server_error, result.error().message()};
    return std::move(*result);
}

/// A member that is there and not null.
[[nodiscard]] const Json* field(const Json& object, const char* name);

}  // namespace lucid::blockchain::rpc
