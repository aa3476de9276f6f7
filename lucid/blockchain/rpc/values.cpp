// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/values.hpp>

namespace lucid::blockchain::rpc {
namespace {

using proto::Uint256;

std::string hex_text(const Json& value, const std::string& what) {
    if (!value.is_string()) bad_param(what, "must be a hex string");
    auto text = value.get<std::string>();
    if (!text.starts_with("0x") && !text.starts_with("0X"))
        bad_param(what, "hex string without 0x prefix");
    return text.substr(2);
}

template <std::size_t N>
ByteArray<N> fixed_param(const Json& value, const std::string& what, const char* why) {
    const auto bytes = data_param(value, what);
    if (bytes.size() != N) bad_param(what, why);
    ByteArray<N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

}  // namespace

void bad_param(const std::string& what, const char* why) {
    throw RpcError{rpc_invalid_params, "invalid argument: " + what + ": " + why};
}

std::string hex_data(ByteView bytes) {
    return "0x" + to_hex(bytes);
}
std::string hex_quantity(std::uint64_t value) {
    return Uint256(value).to_hex_quantity();
}

std::string to_decimal(Uint256 value) {
    std::string digits;
    do {
        const auto division = divide(value, Uint256(10));
        digits.insert(digits.begin(), static_cast<char>('0' + division.remainder.words[0]));
        value = division.quotient;
    } while (!value.is_zero());
    return digits;
}

Bytes data_param(const Json& value, const std::string& what) {
    const auto bytes = from_hex(hex_text(value, what));
    if (!bytes) bad_param(what, "not hex, or of odd length");
    return *bytes;
}

Uint256 wide_quantity_param(const Json& value, const std::string& what) {
    auto text = hex_text(value, what);
    if (text.empty() || text.size() > 64) bad_param(what, "hex number of 1 to 64 digits expected");
    if (text.size() > 1 && text[0] == '0') bad_param(what, "hex number with leading zero digits");
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    const auto bytes = from_hex(text);
    if (!bytes) bad_param(what, "not hex");
    return Uint256::from_be(*bytes);
}

std::uint64_t quantity_param(const Json& value, const std::string& what) {
    const auto number = wide_quantity_param(value, what);
    if (!number.fits_u64()) bad_param(what, "number too large");
    return number.words[0];
}

proto::Address address_param(const Json& value, const std::string& what) {
    return fixed_param<20>(value, what, "20 bytes expected");
}

Hash32 hash_param(const Json& value, const std::string& what) {
    return fixed_param<32>(value, what, "32 bytes expected");
}

Uint256 slot_param(const Json& value) {
    auto text = hex_text(value, "storage key");
    if (text.size() > 64)
        throw RpcError{rpc_invalid_params,
                       "storage key too long (want at most 32 bytes): " + value.dump()};
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    const auto bytes = from_hex(text);
    if (!bytes) throw RpcError{rpc_invalid_params, "invalid hex in storage key: " + value.dump()};
    return Uint256::from_be(*bytes);
}

const Json* field(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

}  // namespace lucid::blockchain::rpc
