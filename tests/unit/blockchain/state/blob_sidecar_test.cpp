// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/blob_sidecar.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::proto::test {
namespace {

/// A transaction with one blob of zeros, as clients send it.
struct Sent {
    Transaction transaction;
    Bytes blob = Bytes(blob_bytes);
    Bytes commitment = Bytes(48, 0xc0);
    std::size_t proofs = 128;
    std::optional<std::uint64_t> version = 1;

    Sent() {
        transaction.type = TransactionType::blob;
        transaction.chain_id = 1;
        transaction.to = Address{};
        auto hash = crypto::sha256(commitment);
        hash[0] = 1;
        transaction.blob_hashes = {hash};
        transaction.sign(*crypto::Secp256k1Key::from_secret(crypto::Secret(Bytes(32, 1))));
    }
    [[nodiscard]] Bytes encode() const {
        const auto plain = transaction.encode();
        rlp::Encoder proofs_list;
        for (std::size_t i = 0; i < proofs; ++i) proofs_list.bytes(Bytes(48, 1));
        rlp::Encoder outer;
        outer.raw(ByteView(plain).subspan(1));
        if (version) outer.integer(*version);
        outer.raw(rlp::Encoder().bytes(blob).list());
        outer.raw(rlp::Encoder().bytes(commitment).list());
        outer.raw(proofs_list.list());
        Bytes out = {3};
        append(out, outer.list());
        return out;
    }
};

TEST(BlobSidecar, is_checked_and_dropped) {
    const Sent sent;
    const auto taken = decode_sent(sent.encode());
    ASSERT_TRUE(taken) << taken.error().message();
    EXPECT_EQ(taken->encode(), sent.transaction.encode());
    Sent before_cells;  // EIP-4844 without EIP-7594
    before_cells.version.reset();
    before_cells.proofs = 1;
    EXPECT_TRUE(decode_sent(before_cells.encode()));
}

TEST(BlobSidecar, must_fit_the_transaction) {
    const auto refused = [](auto change) {
        Sent sent;
        change(sent);
        return !decode_sent(sent.encode());
    };
    EXPECT_TRUE(refused([](Sent& s) { s.commitment[5] ^= 1; }));
    EXPECT_TRUE(refused([](Sent& s) { s.commitment.pop_back(); }));
    EXPECT_TRUE(refused([](Sent& s) { s.blob.pop_back(); }));
    EXPECT_TRUE(refused([](Sent& s) { s.proofs = 127; }));
    EXPECT_TRUE(refused([](Sent& s) { s.version = 2; }));
    EXPECT_TRUE(refused([](Sent& s) { s.version.reset(); }));
    EXPECT_TRUE(refused(
        [](Sent& s) { s.transaction.blob_hashes.push_back(s.transaction.blob_hashes[0]); }));
}

TEST(BlobSidecar, cut_anywhere_it_is_refused) {
    auto bytes = Sent().encode();
    for (std::size_t size = 0; size < bytes.size(); size += 97)
        EXPECT_FALSE(decode_sent(ByteView(bytes).first(size))) << size;
    bytes.push_back(0);
    EXPECT_FALSE(decode_sent(bytes));
    EXPECT_FALSE(decode_sent(Bytes(transaction_bytes_max + 10 * 139264, 3)));
}

TEST(BlobSidecar, other_transactions_pass_as_they_are) {
    Transaction t;
    t.type = TransactionType::dynamic_fee;
    t.chain_id = 1;
    t.sign(*crypto::Secp256k1Key::from_secret(crypto::Secret(Bytes(32, 1))));
    EXPECT_EQ(decode_sent(t.encode())->hash(), t.hash());
    EXPECT_EQ(decode_sent(Sent().transaction.encode())->hash(), Sent().transaction.hash());
    EXPECT_FALSE(decode_sent({}));
}

}  // namespace
}  // namespace lucid::blockchain::proto::test
