// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/utf16.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto {
namespace {

TEST(Utf16, known_answers) {
    EXPECT_EQ(to_bytes(utf16_of(as_bytes("aä€😀"))->expose()),
              (Bytes{0x61, 0, 0xe4, 0, 0xac, 0x20, 0x3d, 0xd8, 0x00, 0xde}));
    EXPECT_TRUE(utf16_of({})->empty());
}

TEST(Utf16, what_is_not_utf8_is_refused) {
    for (const auto* text :
         {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80",
          "\xf4\x90\x80\x80", "\xf8", "\xc3", "\xe2\x82", "\xc3("})
        EXPECT_FALSE(utf16_of(as_bytes(text))) << text;
}

}  // namespace

TEST(Utf16, reads_back_what_it_wrote) {
    for (const std::string text : {"", "a", "aä€😀", "line\r\nline"})
        EXPECT_EQ(utf8_of(utf16_of(as_bytes(text))->expose()), text);
}

TEST(Utf16, what_is_no_character_is_replaced) {
    EXPECT_EQ(utf8_of(Bytes{0x3d, 0xd8}), "\uFFFD");
    EXPECT_EQ(utf8_of(Bytes{0x00, 0xdc, 'a', 0}), "\uFFFDa");
    EXPECT_EQ(utf8_of(Bytes{0x3d, 0xd8, 'a', 0}), "\uFFFDa");
    EXPECT_EQ(utf8_of(Bytes{0x3d, 0xd8, 0x21, 0xff}), "\uFFFD\uFF21") << "above the surrogates";
    EXPECT_EQ(utf8_of(Bytes{'a', 0, 0, 0, 'b', 0}), "a") << "ends at the terminator";
    EXPECT_EQ(utf8_of(Bytes{'a', 0, 'b'}), "a") << "half a unit";
}

}  // namespace lucid::rdp::proto
