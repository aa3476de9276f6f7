// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/ethereum_genesis.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::import {
namespace {

using proto::Uint256;
using Json = nlohmann::json;

/// "0x…", with or without the prefix, of any length.
Result<Bytes> hex_field(const Json& value, const char* name) {
    if (!value.is_string()) return fail(Errc::bad_value, name);
    auto text = value.get<std::string>();
    if (text.starts_with("0x")) text = text.substr(2);
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    return from_hex(text);
}
Result<Uint256> number_field(const Json& object, const char* name) {
    const auto found = object.find(name);
    if (found == object.end() || found->is_null()) return Uint256{};
    LUCID_TRY(const auto bytes, hex_field(*found, name));
    if (bytes.size() > 32) return fail(Errc::bad_length, name, bytes.size());
    return Uint256::from_be(bytes);
}
template <std::size_t N>
Result<ByteArray<N>> fixed_field(const Json& object, const char* name) {
    ByteArray<N> out{};
    const auto found = object.find(name);
    if (found == object.end()) return out;
    LUCID_TRY(const auto bytes, hex_field(*found, name));
    if (bytes.size() > N) return fail(Errc::bad_length, name, bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    return out;
}

Result<state::Account> read_account(const Json& item) {
    if (!item.is_object()) return fail(Errc::bad_value, "alloc");
    state::Account account;
    LUCID_TRY(account.balance, number_field(item, "balance"));
    LUCID_TRY(const auto nonce, number_field(item, "nonce"));
    account.nonce = nonce.words[0];
    if (item.contains("code")) {
        LUCID_TRY(account.code, hex_field(item["code"], "code"));
    }
    const auto storage = item.value("storage", Json::object());
    for (const auto& [slot, value] : storage.items()) {
        LUCID_TRY(const auto key, hex_field(Json(slot), "slot"));
        LUCID_TRY(const auto bytes, hex_field(value, "slot value"));
        if (key.size() > 32 || bytes.size() > 32) return fail(Errc::bad_length, "slot");
        account.storage[Uint256::from_be(key)] = Uint256::from_be(bytes);
    }
    return account;
}

Result<proto::Header> read_header(const Json& json, const ForkSchedule& schedule) {
    proto::Header h;
    LUCID_TRY(const auto time, number_field(json, "timestamp"));
    h.timestamp = time.words[0];
    LUCID_TRY(h.extra_data, hex_field(json.value("extraData", Json("0x")), "extraData"));
    LUCID_TRY(const auto gas_limit, number_field(json, "gasLimit"));
    h.gas_limit = gas_limit.words[0];
    LUCID_TRY(h.difficulty, number_field(json, "difficulty"));
    LUCID_TRY(h.mix_hash, fixed_field<32>(json, "mixHash"));
    LUCID_TRY(h.coinbase, fixed_field<20>(json, "coinbase"));
    LUCID_TRY(h.nonce, fixed_field<8>(json, "nonce"));
    LUCID_TRY(h.parent_hash, fixed_field<32>(json, "parentHash"));
    const auto rules = schedule.rules_at(0, h.timestamp, h.difficulty.is_zero());
    h.fields = proto::HeaderFields::frontier;
    if (rules.fork >= evm::Fork::london) {
        h.fields = proto::HeaderFields::london;
        LUCID_TRY(h.base_fee_per_gas, number_field(json, "baseFeePerGas"));
        if (h.base_fee_per_gas.is_zero()) h.base_fee_per_gas = 1'000'000'000;
    }
    if (rules.fork >= evm::Fork::shanghai) h.fields = proto::HeaderFields::shanghai;
    if (rules.fork >= evm::Fork::cancun) h.fields = proto::HeaderFields::cancun;
    if (rules.fork >= evm::Fork::prague) h.fields = proto::HeaderFields::prague;
    LUCID_TRY(const auto excess, number_field(json, "excessBlobGas"));
    LUCID_TRY(const auto blob_gas, number_field(json, "blobGasUsed"));
    h.excess_blob_gas = excess.words[0];
    h.blob_gas_used = blob_gas.words[0];
    return h;
}

}  // namespace

Result<EthereumGenesis> read_genesis(std::string_view text) {
    const auto json = Json::parse(text, nullptr, false);
    if (!json.is_object() || !json.contains("alloc") || !json["alloc"].is_object())
        return fail(Errc::bad_value, "genesis.json");
    EthereumGenesis genesis;
    LUCID_TRY(genesis.schedule, ForkSchedule::from_json(json.value("config", Json())));
    for (const auto& [name, item] : json["alloc"].items()) {
        LUCID_TRY(const auto bytes, hex_field(Json(name), "alloc"));
        if (bytes.size() != 20) return fail(Errc::bad_length, "alloc", bytes.size());
        proto::Address address;
        std::copy(bytes.begin(), bytes.end(), address.begin());
        LUCID_TRY(genesis.accounts[address], read_account(item));
    }
    LUCID_TRY(genesis.header, read_header(json, genesis.schedule));
    genesis.header.state_root = state::state_root(genesis.accounts);
    return genesis;
}

}  // namespace lucid::blockchain::import
