// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>

#include <gtest/gtest.h>

namespace lucid {
namespace {

TEST(Reader, reads_what_writer_wrote) {
    Writer w;
    w.u8(1).u16_le(0x0203).u16_be(0x0203).u32_le(0x04050607).u32_be(0x04050607);
    w.u64_le(0x08090a0b0c0d0e0f).u64_be(0x08090a0b0c0d0e0f).varint(300).text("ab").zeros(2);
    const auto bytes = w.take();
    Reader r(bytes);
    EXPECT_EQ(*r.u8("a"), 1);
    EXPECT_EQ(*r.u16_le("b"), 0x0203);
    EXPECT_EQ(*r.u16_be("c"), 0x0203);
    EXPECT_EQ(*r.u32_le("d"), 0x04050607U);
    EXPECT_EQ(*r.u32_be("e"), 0x04050607U);
    EXPECT_EQ(*r.u64_le("f"), 0x08090a0b0c0d0e0fU);
    EXPECT_EQ(*r.u64_be("g"), 0x08090a0b0c0d0e0fU);
    EXPECT_EQ(*r.varint("h"), 300U);
    EXPECT_TRUE(r.expect(as_bytes("ab"), "i"));
    EXPECT_EQ(r.remaining(), 2U);
    EXPECT_FALSE(r.finish("rest"));
    EXPECT_TRUE(r.skip(2, "j"));
    EXPECT_TRUE(r.finish("rest"));
}

TEST(Reader, names_field_and_offset_when_truncated) {
    const Bytes bytes = {1, 2, 3};
    Reader r(bytes);
    ASSERT_TRUE(r.u16_le("first"));
    const auto result = r.u32_be("second");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, make_error_code(Errc::truncated));
    EXPECT_STREQ(result.error().context, "second");
    EXPECT_EQ(result.error().offset, 2U);
    EXPECT_EQ(r.offset(), 2U);  // a failed read consumes nothing
}

TEST(Varint, accepts_one_spelling_of_each_value) {
    for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128},
                                      std::uint64_t{1} << 32, ~std::uint64_t{0}}) {
        Writer w;
        w.varint(value);
        const auto bytes = w.take();
        EXPECT_EQ(*Reader(bytes).varint("v"), value);
        for (std::size_t n = 0; n < bytes.size(); ++n)
            EXPECT_FALSE(Reader(ByteView(bytes).first(n)).varint("v"));
    }
    const Bytes overlong = {0x80, 0x00};
    EXPECT_EQ(Reader(overlong).varint("v").error().code, make_error_code(Errc::not_canonical));
    const Bytes too_big = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02};
    EXPECT_EQ(Reader(too_big).varint("v").error().code, make_error_code(Errc::bad_value));
    const Bytes too_long(11, 0x80);
    EXPECT_FALSE(Reader(too_long).varint("v"));
}

TEST(Writer, patches_inside_what_was_written) {
    Writer w;
    w.zeros(7);
    w.patch_u8(0, 9);
    w.patch_u16_le(1, 0x0102);
    w.patch_u16_be(3, 0x0102);
    w.patch_u32_le(3, 0x0a0b0c0d);
    EXPECT_EQ(w.take(), (Bytes{9, 2, 1, 0x0d, 0x0c, 0x0b, 0x0a}));
}

TEST(Error, reads_as_a_sentence) {
    EXPECT_EQ(make_error(Errc::truncated, "tpkt length", 2).message(),
              "tpkt length: truncated (at 2)");
}

TEST(Writer, cleared_starts_over) {
    Writer w;
    w.u32_be(0x01020304);
    w.clear();
    EXPECT_EQ(w.offset(), 0U);
    w.u8(7);
    EXPECT_EQ(w.take(), Bytes{7});
}

}  // namespace
}  // namespace lucid
