// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::conformance {
namespace {

Uint256 decimal(std::string_view text) {
    Uint256 out;
    for (const char c : text) {
        if (c < '0' || c > '9') throw BadTest("not a number: " + std::string(text));
        out = out * 10 + static_cast<std::uint64_t>(c - '0');
    }
    return out;
}

}  // namespace

Uint256 number(const Json& value) {
    if (value.is_number_unsigned()) return value.get<std::uint64_t>();
    auto text = value.get<std::string>();
    if (!text.starts_with("0x")) return decimal(text);
    text = text.substr(2);
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    const auto bytes = from_hex(text);
    if (!bytes) throw BadTest("not a number: " + text);
    ByteView view(*bytes);
    while (view.size() > 32 && view[0] == 0) view = view.subspan(1);
    if (view.size() > 32) throw BadTest("number above 256 bits: " + text);
    return Uint256::from_be(view);
}

std::uint64_t number64(const Json& value) {
    const auto n = number(value);
    if (!n.fits_u64()) throw BadTest("number above 64 bits");
    return n.words[0];
}

Bytes data(const Json& value) {
    std::string text = value.get<std::string>();
    if (text.starts_with("0x")) text = text.substr(2);
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    const auto bytes = from_hex(text);
    if (!bytes) throw BadTest("not hex: " + text.substr(0, 80));
    return *bytes;
}

state::Accounts read_accounts(const Json& pre) {
    state::Accounts accounts;
    for (const auto& [address, item] : pre.items()) {
        auto& account = accounts[fixed<20>(Json(address))];
        if (item.contains("nonce")) account.nonce = number64(item["nonce"]);
        if (item.contains("balance")) account.balance = number(item["balance"]);
        if (item.contains("code")) account.code = data(item["code"]);
        if (!item.contains("storage")) continue;
        for (const auto& [key, value] : item["storage"].items())
            if (const auto word = number(value); !word.is_zero())
                account.storage[number(Json(key))] = word;
    }
    return accounts;
}

std::string hex(ByteView bytes) {
    return "0x" + to_hex(bytes);
}

Hash32 hash_of_logs(const std::vector<proto::Log>& logs) {
    proto::rlp::Encoder list;
    for (const auto& log : logs) {
        proto::rlp::Encoder topics;
        for (const auto& topic : log.topics) topics.bytes(topic);
        proto::rlp::Encoder item;
        item.bytes(log.address).raw(topics.list()).bytes(log.data);
        list.raw(item.list());
    }
    return crypto::keccak256(list.list());
}

std::string difference(const state::Accounts& expected, const state::Accounts& got) {
    for (const auto& [address, account] : expected) {
        const auto found = got.find(address);
        if (found == got.end()) return hex(address) + " is missing";
        const auto& other = found->second;
        if (account == other) continue;
        auto text = hex(address);
        if (account.nonce != other.nonce)
            text +=
                " nonce " + std::to_string(other.nonce) + " not " + std::to_string(account.nonce);
        if (account.balance != other.balance)
            text += " balance " + other.balance.to_hex_quantity() + " not " +
                    account.balance.to_hex_quantity();
        if (account.code != other.code) text += " code";
        for (const auto& [key, value] : account.storage) {
            const auto slot = other.storage.find(key);
            if (slot == other.storage.end() || slot->second != value)
                text += " slot " + key.to_hex_quantity() + " should be " + value.to_hex_quantity();
        }
        if (other.storage.size() > account.storage.size()) text += " has more slots";
        return text;
    }
    for (const auto& [address, account] : got)
        if (!expected.contains(address)) return hex(address) + " should not be there";
    return {};
}

state::BlobSchedule blob_schedule(const Json& test, const std::string& name, Fork fork) {
    if (test.contains("config") && test["config"].contains("blobSchedule")) {
        const auto& all = test["config"]["blobSchedule"];
        if (all.contains(name))
            return {number64(all[name]["target"]), number64(all[name]["max"]),
                    number64(all[name]["baseFeeUpdateFraction"])};
    }
    return state::blob_schedule_of(fork);
}

}  // namespace lucid::blockchain::conformance
