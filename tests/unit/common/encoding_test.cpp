// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>

#include <gtest/gtest.h>

namespace lucid {
namespace {

std::string text_of(const Bytes& bytes) {
    return std::string(as_text(bytes));
}

TEST(Hex, round_trips_and_refuses_bad_text) {
    EXPECT_EQ(to_hex(Bytes{0x00, 0xab, 0xff}), "00abff");
    EXPECT_EQ(*from_hex("00ABff"), (Bytes{0x00, 0xab, 0xff}));
    EXPECT_EQ(from_hex("abc").error().code, make_error_code(Errc::bad_length));
    EXPECT_EQ(from_hex("zz").error().code, make_error_code(Errc::bad_value));
    EXPECT_FALSE(hash32_from_hex(std::string(63, '0')));
    EXPECT_TRUE(hash32_from_hex(std::string(64, '0')));
}

// RFC 4648 §10.
TEST(Base64, matches_rfc_4648) {
    const std::array<std::pair<const char*, const char*>, 7> cases = {{{"", ""},
                                                                       {"f", "Zg=="},
                                                                       {"fo", "Zm8="},
                                                                       {"foo", "Zm9v"},
                                                                       {"foob", "Zm9vYg=="},
                                                                       {"fooba", "Zm9vYmE="},
                                                                       {"foobar", "Zm9vYmFy"}}};
    for (const auto& [plain, encoded] : cases) {
        EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
        EXPECT_EQ(text_of(*from_base64(encoded)), plain);
    }
    EXPECT_FALSE(from_base64("Zg="));
    EXPECT_FALSE(from_base64("Zh=="));  // unused bits must be zero
    EXPECT_FALSE(from_base64("Z==="));
    EXPECT_FALSE(from_base64("Zm 9v"));
    EXPECT_EQ(text_of(*from_base64_unpadded("Zg")), "f");
    EXPECT_FALSE(from_base64_unpadded("Zg=="));
}

TEST(Base32, matches_rfc_4648_in_lower_case) {
    EXPECT_EQ(to_base32(as_bytes("foobar")), "mzxw6ytboi");
    EXPECT_EQ(to_base32(as_bytes("f")), "my");
}

TEST(Bech32, matches_bip_173_and_refuses_damage) {
    // BIP 173, valid string "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw" holds 0..31 as 5-bit
    // digits.
    const auto decoded = from_bech32("abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
    ASSERT_TRUE(decoded);
    EXPECT_EQ(to_bech32("abcdef", *decoded), "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw");
    EXPECT_FALSE(from_bech32("abcdef", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxx"));
    EXPECT_FALSE(from_bech32("abcdeg", "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"));
    EXPECT_FALSE(from_bech32("a", "a1"));
}

}  // namespace
}  // namespace lucid
