// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/blob_sidecar.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::proto {
namespace {

constexpr std::uint8_t commitment_version = 0x01;  ///< VERSIONED_HASH_VERSION_KZG
constexpr std::uint64_t cell_proof_version = 1;    ///< EIP-7594
constexpr std::size_t cells_per_blob = 128;
constexpr std::size_t point_bytes = 48;

/// How many items of that size a list holds.
Result<std::size_t> count_items(rlp::Decoder list, std::size_t size, const char* field) {
    std::size_t count = 0;
    for (; !list.empty(); ++count) {
        LUCID_TRY(const auto item, list.bytes(field));
        if (item.size() != size) return fail(Errc::bad_length, field, item.size());
    }
    return count;
}

Result<void> check_commitments(rlp::Decoder list, const std::vector<Hash32>& hashes) {
    for (const auto& expected : hashes) {
        LUCID_TRY(const auto commitment, list.array<point_bytes>("commitment"));
        auto hash = crypto::sha256(commitment);
        hash[0] = commitment_version;
        if (hash != expected) return fail(Errc::hash_mismatch, "blob commitment");
    }
    return list.finish("commitments");
}

Result<Transaction> decode_with_blobs(rlp::Decoder outer) {
    LUCID_TRY(const auto body, outer.raw("transaction"));
    Bytes plain = {static_cast<std::uint8_t>(TransactionType::blob)};
    append(plain, body);
    LUCID_TRY(auto transaction, Transaction::decode(plain));
    std::size_t proofs_per_blob = 1;
    if (!outer.next_is_list()) {
        LUCID_TRY(const auto version, outer.u64("blob wrapper version"));
        if (version != cell_proof_version)
            return fail(Errc::bad_value, "blob wrapper version", version);
        proofs_per_blob = cells_per_blob;
    }
    LUCID_TRY(const auto blobs, outer.sublist("blobs"));
    LUCID_TRY(const auto blob_count, count_items(blobs, blob_bytes, "blob"));
    LUCID_TRY(const auto commitments, outer.sublist("commitments"));
    LUCID_TRY(const auto proofs, outer.sublist("proofs"));
    LUCID_TRY(const auto proof_count, count_items(proofs, point_bytes, "proof"));
    LUCID_CHECK(outer.finish("blob transaction"));
    if (blob_count != transaction.blob_hashes.size() || proof_count != blob_count * proofs_per_blob)
        return fail(Errc::bad_length, "blobs", blob_count);
    LUCID_CHECK(check_commitments(commitments, transaction.blob_hashes));
    return transaction;
}

}  // namespace

Result<Transaction> decode_sent(ByteView bytes) {
    if (bytes.empty() || bytes[0] != static_cast<std::uint8_t>(TransactionType::blob))
        return Transaction::decode(bytes);
    if (bytes.size() > transaction_bytes_max + blobs_sent_max * (blob_bytes + blob_bytes / 16))
        return fail(Errc::limit_exceeded, "transaction", bytes.size());
    LUCID_TRY(auto outer, rlp::Decoder::list(bytes.subspan(1), "blob transaction"));
    if (!outer.next_is_list()) return Transaction::decode(bytes);
    return decode_with_blobs(outer);
}

}  // namespace lucid::blockchain::proto
