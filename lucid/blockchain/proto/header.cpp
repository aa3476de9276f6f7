// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/header.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::proto {

const Hash32& empty_ommers_hash() {
    static const Hash32 hash = crypto::keccak256(Bytes{0xc0});
    return hash;
}
const Hash32& empty_trie_root() {
    static const Hash32 hash = crypto::keccak256(Bytes{0x80});
    return hash;
}
const Hash32& empty_requests_hash() {
    static const Hash32 hash = crypto::sha256(ByteView{});
    return hash;
}

Bytes Header::encode() const {
    rlp::Encoder e;
    e.bytes(parent_hash).bytes(ommers_hash).bytes(coinbase).bytes(state_root);
    e.bytes(transactions_root).bytes(receipts_root).bytes(logs_bloom).integer(difficulty);
    e.integer(number).integer(gas_limit).integer(gas_used).integer(timestamp);
    e.bytes(extra_data).bytes(mix_hash).bytes(nonce);
    if (has(HeaderFields::london)) e.integer(base_fee_per_gas);
    if (has(HeaderFields::shanghai)) e.bytes(withdrawals_root);
    if (has(HeaderFields::cancun))
        e.integer(blob_gas_used).integer(excess_blob_gas).bytes(parent_beacon_block_root);
    if (has(HeaderFields::prague)) e.bytes(requests_hash);
    return e.list();
}

Result<Header> Header::decode(ByteView encoded) {
    LUCID_TRY(auto header, decode_any(encoded));
    if (header.fields != HeaderFields::prague) return fail(Errc::truncated, "header");
    return header;
}

Result<Header> Header::decode_any(ByteView encoded) {
    LUCID_TRY(auto d, rlp::Decoder::list(encoded, "header"));
    Header h;
    LUCID_TRY(h.parent_hash, d.array<32>("parentHash"));
    LUCID_TRY(h.ommers_hash, d.array<32>("ommersHash"));
    LUCID_TRY(h.coinbase, d.array<20>("coinbase"));
    LUCID_TRY(h.state_root, d.array<32>("stateRoot"));
    LUCID_TRY(h.transactions_root, d.array<32>("transactionsRoot"));
    LUCID_TRY(h.receipts_root, d.array<32>("receiptsRoot"));
    LUCID_TRY(h.logs_bloom, d.array<256>("logsBloom"));
    LUCID_TRY(h.difficulty, d.u256("difficulty"));
    LUCID_TRY(h.number, d.u64("number"));
    LUCID_TRY(h.gas_limit, d.u64("gasLimit"));
    LUCID_TRY(h.gas_used, d.u64("gasUsed"));
    LUCID_TRY(h.timestamp, d.u64("timestamp"));
    LUCID_TRY(const auto extra, d.bytes("extraData"));
    if (extra.size() > 32) return fail(Errc::bad_length, "extraData", extra.size());
    h.extra_data = to_bytes(extra);
    LUCID_TRY(h.mix_hash, d.array<32>("mixHash"));
    LUCID_TRY(h.nonce, d.array<8>("nonce"));
    h.fields = HeaderFields::frontier;
    if (!d.empty()) {
        h.fields = HeaderFields::london;
        LUCID_TRY(h.base_fee_per_gas, d.u256("baseFeePerGas"));
    }
    if (!d.empty()) {
        h.fields = HeaderFields::shanghai;
        LUCID_TRY(h.withdrawals_root, d.array<32>("withdrawalsRoot"));
    }
    if (!d.empty()) {
        h.fields = HeaderFields::cancun;
        LUCID_TRY(h.blob_gas_used, d.u64("blobGasUsed"));
        LUCID_TRY(h.excess_blob_gas, d.u64("excessBlobGas"));
        LUCID_TRY(h.parent_beacon_block_root, d.array<32>("parentBeaconBlockRoot"));
    }
    if (!d.empty()) {
        h.fields = HeaderFields::prague;
        LUCID_TRY(h.requests_hash, d.array<32>("requestsHash"));
    }
    LUCID_CHECK(d.finish("header"));
    return h;
}

Hash32 Header::hash() const {
    return crypto::keccak256(encode());
}

}  // namespace lucid::blockchain::proto
