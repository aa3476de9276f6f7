// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/commitments.hpp>
#include <lucid/blockchain/proto/rlp.hpp>
#include <lucid/blockchain/proto/transaction.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <algorithm>

#include <gtest/gtest.h>

namespace lucid::blockchain::proto {
namespace {

TEST(Rlp, matches_the_yellow_paper_s_examples) {
    EXPECT_EQ(to_hex(rlp::encode_bytes(as_bytes("dog"))), "83646f67");
    EXPECT_EQ(to_hex(rlp::Encoder().bytes(as_bytes("cat")).bytes(as_bytes("dog")).list()),
              "c88363617483646f67");
    EXPECT_EQ(to_hex(rlp::Encoder().integer(std::uint64_t{0}).items()), "80");
    EXPECT_EQ(to_hex(rlp::Encoder().integer(std::uint64_t{1024}).items()), "820400");
    EXPECT_EQ(to_hex(rlp::encode_bytes(Bytes(56, 'a'))).substr(0, 4), "b838");
}

TEST(Rlp, refuses_what_is_not_canonical) {
    for (const auto* bad : {"8100", "817f", "b800", "b80100", "b90001", "f800", "c1", "83646f",
                            "c88363617483646f", "bfffffffffffffffff"}) {
        const auto bytes = *from_hex(bad);
        rlp::Decoder d(bytes);
        EXPECT_FALSE(d.raw("item")) << bad;
    }
    for (const auto* bad : {"820001", "00"}) {  // integers with a leading zero
        const auto bytes = *from_hex(bad);
        EXPECT_FALSE(rlp::Decoder(bytes).u64("n")) << bad;
    }
}

crypto::Secp256k1Key key() {
    Bytes secret(32, 0x46);
    return *crypto::Secp256k1Key::from_secret(crypto::Secret(std::move(secret)));
}

// EIP-155, Example: key 0x46…, nonce 9, 20 gwei, 1 ether to 0x3535….
TEST(Transaction, matches_eip_155) {
    Transaction t;
    t.chain_id = 1;
    t.nonce = 9;
    t.max_fee_per_gas = t.max_priority_fee_per_gas = 20'000'000'000;
    t.gas_limit = 21000;
    t.to.emplace().fill(0x35);
    t.value = 1'000'000'000'000'000'000;
    EXPECT_EQ(to_hex(t.signing_hash()),
              "daf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53");
    t.sign(key());
    EXPECT_EQ(to_hex(t.encode()),
              "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a7640000"
              "8025a028ef61340bd9"
              "39bc2195fe537567866003e1a15d3c71ff63e1590620aa636276a067cbe9d8997f761aecb703304b3800"
              "ccf555c9f3dc64214b"
              "297fb1966a3b6d83");
}

TEST(Transaction, all_types_round_trip_and_prefixes_are_refused) {
    for (const auto type : {TransactionType::legacy, TransactionType::access_list,
                            TransactionType::dynamic_fee, TransactionType::set_code}) {
        Transaction t;
        t.type = type;
        t.chain_id = 19541;
        t.nonce = 1;
        t.max_fee_per_gas = 5;
        t.max_priority_fee_per_gas =
            type == TransactionType::legacy || type == TransactionType::access_list ? 5 : 2;
        t.gas_limit = 100000;
        t.to.emplace().fill(1);
        t.data = Bytes{1, 2, 3};
        if (type != TransactionType::legacy) t.access_list = {{Address{}, {Hash32{}}}};
        if (type == TransactionType::set_code) t.authorizations.resize(1);
        t.sign(key());
        const auto bytes = t.encode();
        const auto decoded = Transaction::decode(bytes);
        ASSERT_TRUE(decoded) << decoded.error().message();
        EXPECT_EQ(decoded->encode(), bytes);
        EXPECT_EQ(*decoded->sender(), key().address());
        for (std::size_t n = 0; n < bytes.size(); ++n)
            EXPECT_FALSE(Transaction::decode(ByteView(bytes).first(n))) << n;
    }
    EXPECT_FALSE(Transaction::decode(Bytes{3, 0xc0}));  // blobs
}

TEST(Certificate, needs_more_than_two_thirds) {
    ValidatorSet set;
    std::vector<crypto::Ed25519Key> keys;
    for (std::uint8_t i = 1; i <= 3; ++i) keys.emplace_back(crypto::Secret(Bytes(32, i)));
    std::sort(keys.begin(), keys.end(),
              [](const auto& a, const auto& b) { return a.public_key() < b.public_key(); });
    for (const auto& k : keys) set.validators.push_back({k.public_key(), 1, {}});
    Certificate c;
    c.height = 7;
    c.block_hash.fill(9);
    const auto message = vote_message(5, 7, 0, c.block_hash);
    for (std::uint32_t i = 0; i < 3; ++i) {
        EXPECT_FALSE(c.verify(set, 5)) << i;
        c.votes.push_back({i, keys[i].sign(message)});
    }
    EXPECT_TRUE(c.verify(set, 5));
    EXPECT_FALSE(c.verify(set, 6));
    const auto bytes = c.encode();
    EXPECT_EQ(Certificate::decode(bytes)->encode(), bytes);
    for (std::size_t n = 0; n < bytes.size(); ++n)
        EXPECT_FALSE(Certificate::decode(ByteView(bytes).first(n)));
    c.votes[2].signature[0] ^= 1;
    EXPECT_FALSE(c.verify(set, 5));
    EXPECT_EQ(ValidatorSet::decode(set.encode())->hash(), set.hash());
}

}  // namespace
}  // namespace lucid::blockchain::proto
