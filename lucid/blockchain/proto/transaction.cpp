// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/transaction.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::proto {
namespace {

constexpr std::uint8_t set_code_magic = 0x05;
/// Half of the group's order: above it s is malleable (EIP-2).
constexpr Hash32 half_order = {0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                               0xff, 0xff, 0xff, 0xff, 0xff, 0x5d, 0x57, 0x6e, 0x73, 0x57, 0xa4,
                               0x50, 0x1d, 0xdf, 0xe9, 0x2f, 0x46, 0x68, 0x1b, 0x20, 0xa0};

Bytes encode_access_list(const std::vector<AccessListEntry>& list) {
    rlp::Encoder entries;
    for (const auto& entry : list) {
        rlp::Encoder keys;
        for (const auto& key : entry.storage_keys) keys.bytes(key);
        rlp::Encoder item;
        item.bytes(entry.address).raw(keys.list());
        entries.raw(item.list());
    }
    return entries.list();
}

Result<std::vector<AccessListEntry>> decode_access_list(rlp::Decoder list) {
    std::vector<AccessListEntry> out;
    while (!list.empty()) {
        LUCID_TRY(auto item, list.sublist("access list entry"));
        AccessListEntry entry;
        LUCID_TRY(entry.address, item.array<20>("access list address"));
        LUCID_TRY(auto keys, item.sublist("access list keys"));
        while (!keys.empty()) {
            LUCID_TRY(const auto key, keys.array<32>("access list key"));
            entry.storage_keys.push_back(key);
        }
        LUCID_CHECK(item.finish("access list entry"));
        out.push_back(std::move(entry));
    }
    return out;
}

void put_signature(rlp::Encoder& e, const crypto::RecoverableSignature& s) {
    e.integer(std::uint64_t{s.y_parity})
        .integer(Uint256::from_be(s.r))
        .integer(Uint256::from_be(s.s));
}

Result<crypto::RecoverableSignature> take_signature(rlp::Decoder& d, std::uint64_t parity_max) {
    crypto::RecoverableSignature s;
    LUCID_TRY(const auto parity, d.u64("yParity"));
    if (parity > parity_max) return fail(Errc::bad_value, "yParity", parity);
    s.y_parity = static_cast<std::uint8_t>(parity);
    LUCID_TRY(const auto r, d.u256("r"));
    LUCID_TRY(const auto s_value, d.u256("s"));
    s.r = r.to_be();
    s.s = s_value.to_be();
    return s;
}

Bytes encode_authorizations(const std::vector<Authorization>& list) {
    rlp::Encoder entries;
    for (const auto& a : list) {
        rlp::Encoder item;
        item.integer(a.chain_id).bytes(a.address).integer(a.nonce);
        put_signature(item, a.signature);
        entries.raw(item.list());
    }
    return entries.list();
}

Result<std::vector<Authorization>> decode_authorizations(rlp::Decoder list) {
    std::vector<Authorization> out;
    while (!list.empty()) {
        LUCID_TRY(auto item, list.sublist("authorization"));
        Authorization a;
        LUCID_TRY(a.chain_id, item.u256("authorization chain id"));
        LUCID_TRY(a.address, item.array<20>("authorization address"));
        LUCID_TRY(a.nonce, item.u64("authorization nonce"));
        // Any byte is well-formed; only 0 and 1 recover an authority (EIP-7702).
        LUCID_TRY(a.signature, take_signature(item, 255));
        LUCID_CHECK(item.finish("authorization"));
        out.push_back(a);
    }
    return out;
}

ByteView to_field(const std::optional<Address>& to) {
    return to ? ByteView(*to) : ByteView{};
}

/// Fields without signature, in wire order.
rlp::Encoder unsigned_fields(const Transaction& t) {
    rlp::Encoder e;
    if (t.type != TransactionType::legacy) e.integer(t.chain_id.value_or(0));
    e.integer(t.nonce);
    if (t.type >= TransactionType::dynamic_fee) e.integer(t.max_priority_fee_per_gas);
    e.integer(t.max_fee_per_gas)
        .integer(t.gas_limit)
        .bytes(to_field(t.to))
        .integer(t.value)
        .bytes(t.data);
    if (t.type != TransactionType::legacy) e.raw(encode_access_list(t.access_list));
    if (t.type == TransactionType::blob) {
        rlp::Encoder hashes;
        for (const auto& hash : t.blob_hashes) hashes.bytes(hash);
        e.integer(t.max_fee_per_blob_gas).raw(hashes.list());
    }
    if (t.type == TransactionType::set_code) e.raw(encode_authorizations(t.authorizations));
    return e;
}

Bytes with_type(TransactionType type, ByteView list) {
    Bytes out;
    if (type != TransactionType::legacy) out.push_back(static_cast<std::uint8_t>(type));
    append(out, list);
    return out;
}

Result<void> take_to(rlp::Decoder& d, std::optional<Address>& to) {
    LUCID_TRY(const auto bytes, d.bytes("to"));
    if (bytes.empty()) return {};
    if (bytes.size() != 20) return fail(Errc::bad_length, "to", bytes.size());
    to.emplace();
    std::copy(bytes.begin(), bytes.end(), to->begin());
    return {};
}

Result<Transaction> decode_legacy(ByteView bytes) {
    LUCID_TRY(auto d, rlp::Decoder::list(bytes, "transaction"));
    Transaction t;
    LUCID_TRY(t.nonce, d.u64("nonce"));
    LUCID_TRY(t.max_fee_per_gas, d.u256("gasPrice"));
    t.max_priority_fee_per_gas = t.max_fee_per_gas;
    LUCID_TRY(t.gas_limit, d.u64("gas"));
    LUCID_CHECK(take_to(d, t.to));
    LUCID_TRY(t.value, d.u256("value"));
    LUCID_TRY(const auto data, d.bytes("data"));
    t.data = to_bytes(data);
    LUCID_TRY(const auto v, d.u64("v"));
    if (v >= 35) {
        t.chain_id = (v - 35) / 2;
        t.signature.y_parity = static_cast<std::uint8_t>((v - 35) % 2);
    } else if (v == 27 || v == 28) {
        t.signature.y_parity = static_cast<std::uint8_t>(v - 27);
    } else {
        return fail(Errc::bad_value, "v", v);
    }
    LUCID_TRY(const auto r, d.u256("r"));
    LUCID_TRY(const auto s, d.u256("s"));
    t.signature.r = r.to_be();
    t.signature.s = s.to_be();
    LUCID_CHECK(d.finish("transaction"));
    return t;
}

}  // namespace

std::optional<Address> Authorization::authority() const {
    if (signature.s > half_order) return std::nullopt;
    rlp::Encoder e;
    e.integer(chain_id).bytes(address).integer(nonce);
    Bytes message = {set_code_magic};
    append(message, e.list());
    const auto key = crypto::secp256k1_recover(crypto::keccak256(message), signature);
    if (!key) return std::nullopt;
    return crypto::address_of(*key);
}

Bytes Transaction::encode() const {
    auto e = unsigned_fields(*this);
    if (type == TransactionType::legacy) {
        const std::uint64_t v =
            chain_id ? *chain_id * 2 + 35 + signature.y_parity : 27U + signature.y_parity;
        e.integer(v).integer(Uint256::from_be(signature.r)).integer(Uint256::from_be(signature.s));
    } else {
        put_signature(e, signature);
    }
    return with_type(type, e.list());
}

Result<Transaction> Transaction::decode(ByteView bytes, std::size_t bytes_max) {
    if (bytes.empty()) return fail(Errc::truncated, "transaction");
    if (bytes.size() > bytes_max) return fail(Errc::limit_exceeded, "transaction", bytes.size());
    if (bytes[0] >= 0xc0) return decode_legacy(bytes);
    Transaction t;
    if (bytes[0] < 1 || bytes[0] > 4) return fail(Errc::unsupported, "transaction type", bytes[0]);
    t.type = static_cast<TransactionType>(bytes[0]);
    LUCID_TRY(auto d, rlp::Decoder::list(bytes.subspan(1), "transaction"));
    LUCID_TRY(t.chain_id, d.u64("chainId"));
    LUCID_TRY(t.nonce, d.u64("nonce"));
    if (t.type != TransactionType::access_list) {
        LUCID_TRY(t.max_priority_fee_per_gas, d.u256("maxPriorityFeePerGas"));
    }
    LUCID_TRY(t.max_fee_per_gas, d.u256("maxFeePerGas"));
    if (t.type == TransactionType::access_list) t.max_priority_fee_per_gas = t.max_fee_per_gas;
    LUCID_TRY(t.gas_limit, d.u64("gas"));
    LUCID_CHECK(take_to(d, t.to));
    LUCID_TRY(t.value, d.u256("value"));
    LUCID_TRY(const auto data, d.bytes("data"));
    t.data = to_bytes(data);
    LUCID_TRY(const auto access_list, d.sublist("accessList"));
    LUCID_TRY(t.access_list, decode_access_list(access_list));
    if (t.type == TransactionType::blob) {
        LUCID_TRY(t.max_fee_per_blob_gas, d.u256("maxFeePerBlobGas"));
        LUCID_TRY(auto hashes, d.sublist("blobVersionedHashes"));
        while (!hashes.empty()) {
            LUCID_TRY(const auto hash, hashes.array<32>("blobVersionedHash"));
            t.blob_hashes.push_back(hash);
        }
        if (!t.to) return fail(Errc::bad_value, "blob transaction without to");
    }
    if (t.type == TransactionType::set_code) {
        LUCID_TRY(const auto list, d.sublist("authorizationList"));
        LUCID_TRY(t.authorizations, decode_authorizations(list));
        if (!t.to) return fail(Errc::bad_value, "set code transaction without to");
    }
    LUCID_TRY(t.signature, take_signature(d, 1));
    LUCID_CHECK(d.finish("transaction"));
    return t;
}

Hash32 Transaction::hash() const {
    return crypto::keccak256(encode());
}

Hash32 Transaction::signing_hash() const {
    auto e = unsigned_fields(*this);
    if (type == TransactionType::legacy && chain_id)
        e.integer(*chain_id).integer(std::uint64_t{0}).integer(std::uint64_t{0});
    return crypto::keccak256(with_type(type, e.list()));
}

void Transaction::sign(const crypto::Secp256k1Key& key) {
    signature = key.sign(signing_hash());
}

Result<Address> Transaction::sender(bool high_s_allowed) const {
    if (!high_s_allowed && signature.s > half_order)
        return fail(Errc::bad_signature, "transaction signature");
    LUCID_TRY(const auto key, crypto::secp256k1_recover(signing_hash(), signature));
    return crypto::address_of(key);
}

std::optional<Uint256> Transaction::effective_gas_price(const Uint256& base_fee) const {
    if (max_fee_per_gas < base_fee) return std::nullopt;
    const auto room = max_fee_per_gas - base_fee;
    return base_fee + (max_priority_fee_per_gas < room ? max_priority_fee_per_gas : room);
}

}  // namespace lucid::blockchain::proto
