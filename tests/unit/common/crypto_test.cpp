// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/crypto/ed25519.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secp256k1.hpp>
#include <lucid/common/crypto/x25519.hpp>

#include <gtest/gtest.h>

namespace lucid::crypto {
namespace {

template <class T>
std::string hex(const T& bytes) {
    return to_hex(bytes);
}

TEST(Hash, matches_published_digests) {
    EXPECT_EQ(hex(sha256(as_bytes("abc"))),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(hex(keccak256({})),
              "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    EXPECT_EQ(hex(keccak256(as_bytes("abc"))),
              "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    EXPECT_EQ(hex(ripemd160(as_bytes("abc"))), "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc");
    EXPECT_EQ(hex(md4(as_bytes("abc"))), "a448017aaf21d8525fc10ae87aa6729d");
    EXPECT_EQ(
        hex(md4(as_bytes("12345678901234567890123456789012345678901234567890123456789012345678"
                         "901234567890"))),
        "e33b4ddc9c38f2199c3e7b164fcc0536");
    EXPECT_EQ(hex(md5(as_bytes("abc"))), "900150983cd24fb0d6963f7d28e17f72");
}

TEST(Hash, incremental_equals_one_shot) {
    Bytes data(1000);
    for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i * 7);
    Sha256 hash;
    for (int round = 0; round < 2; ++round) {
        hash.update(ByteView(data).first(333));
        hash.update(ByteView(data).subspan(333));
        EXPECT_EQ(hash.finish(), sha256(data));
    }
    EXPECT_EQ(sha256({ByteView(data).first(10), ByteView(data).subspan(10)}), sha256(data));
}

TEST(Keccak, crosses_the_block_boundary) {
    // Rate is 136 bytes: one below, at, and above it, against values of the Ethereum test suite's
    // reference implementation (checked with OpenSSL-independent code).
    EXPECT_NE(keccak256(Bytes(135, 0x61)), keccak256(Bytes(136, 0x61)));
    EXPECT_EQ(hex(keccak256(Bytes(200, 0xa3))),
              "3a57666b048777f2c953dc4456f45a2588e1cb6f2da760122d530ac2ce607d4a");
}

// RFC 4231 test case 2; RFC 5869 A.1 and A.3; RFC 2202 case 2.
TEST(Mac, matches_rfc_vectors) {
    EXPECT_EQ(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(hex(hmac_md5(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
              "750c783e6ab0b503eaa86e310a5db738");
    Bytes out(42);
    hkdf_sha256(Bytes(22, 0x0b), *from_hex("000102030405060708090a0b0c"),
                *from_hex("f0f1f2f3f4f5f6f7f8f9"), out);
    EXPECT_EQ(
        hex(out),
        "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
    hkdf_sha256(Bytes(22, 0x0b), {}, {}, out);
    EXPECT_EQ(
        hex(out),
        "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(Rc4, matches_published_stream) {
    Bytes data = to_bytes(as_bytes("Plaintext"));
    Rc4 cipher(as_bytes("Key"));
    cipher.apply(data);
    EXPECT_EQ(hex(data), "bbf316e8d940af0ad3");
}

// RFC 8439 §2.8.2.
TEST(Aead, matches_rfc_8439_and_refuses_every_flipped_bit) {
    Hash32 key;
    for (std::size_t i = 0; i < 32; ++i) key[i] = static_cast<std::uint8_t>(0x80 + i);
    const ByteArray<12> nonce = {7, 0, 0, 0, 0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47};
    const auto aad = *from_hex("50515253c0c1c2c3c4c5c6c7");
    const auto text = as_bytes(
        "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the "
        "future, sunscreen would be it.");
    auto sealed = aead_seal(key, nonce, aad, text);
    EXPECT_EQ(hex(ByteView(sealed).last(16)), "1ae10b594f09e26a7e902ecbd0600691");
    EXPECT_EQ(*aead_open(key, nonce, aad, sealed), to_bytes(text));
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
        sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(aead_open(key, nonce, aad, sealed));
        sealed[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
    EXPECT_FALSE(aead_open(key, nonce, {}, sealed));
    EXPECT_EQ(aead_open(key, nonce, aad, ByteView(sealed).first(15)).error().code,
              make_error_code(Errc::truncated));
    EXPECT_TRUE(aead_open(key, nonce, aad, aead_seal(key, nonce, aad, {}))->empty());
}

// RFC 8032 §7.1 TEST 2.
TEST(Ed25519, matches_rfc_8032) {
    const Ed25519Key key(
        Secret(*from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")));
    EXPECT_EQ(hex(key.public_key()),
              "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    auto signature = key.sign(Bytes{0x72});
    EXPECT_EQ(
        hex(signature),
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
    EXPECT_TRUE(ed25519_verify(key.public_key(), Bytes{0x72}, signature));
    signature[63] ^= 0x10;
    EXPECT_FALSE(ed25519_verify(key.public_key(), Bytes{0x72}, signature));
}

// RFC 7748 §6.1.
TEST(X25519, agrees_and_refuses_low_order_points) {
    const Secret alice(
        *from_hex("77076d0a7318a57d3c16c17251b26645c6df3fda4c14d9e49c5f5f8b9d2c8f2a"));
    const Secret bob(*from_hex("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
    EXPECT_EQ(hex(x25519_public(alice)).size(), 64U);
    const auto shared = x25519(alice, x25519_public(bob));
    ASSERT_TRUE(shared);
    EXPECT_TRUE(equal_constant_time(shared->expose(), x25519(bob, x25519_public(alice))->expose()));
    EXPECT_FALSE(x25519(alice, ByteArray<32>{}));
}

TEST(Secp256k1, signs_recovers_and_addresses) {
    Bytes secret(32);
    secret[31] = 1;
    const auto key = Secp256k1Key::from_secret(Secret(std::move(secret)));
    ASSERT_TRUE(key);
    EXPECT_EQ(hex(key->address()), "7e5f4552091a69125d5dfcb7b8c2659029395bdf");
    const auto digest = keccak256(as_bytes("hello"));
    auto signature = key->sign(digest);
    EXPECT_EQ(*secp256k1_recover(digest, signature), key->public_key());
    signature.y_parity ^= 1;
    const auto other = secp256k1_recover(digest, signature);
    EXPECT_TRUE(!other || *other != key->public_key());
    EXPECT_FALSE(Secp256k1Key::from_secret(Secret(Bytes(32))));
    EXPECT_FALSE(Secp256k1Key::from_secret(Secret(Bytes(31, 1))));
}

TEST(Secret, wipes_and_compares) {
    Secret a = Secret::copy_of(as_bytes("key"));
    Secret b = std::move(a);
    EXPECT_TRUE(equal_constant_time(b.expose(), as_bytes("key")));
    EXPECT_FALSE(equal_constant_time(b.expose(), as_bytes("kez")));
    EXPECT_FALSE(equal_constant_time(b.expose(), as_bytes("ke")));
}

}  // namespace
}  // namespace lucid::crypto
