// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/clipboard_formats.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include <random>

#include "scripted_host.hpp"

namespace lucid::test {
namespace {

namespace channels = rdp::proto::channels;

TEST(ClipboardText, has_the_wires_line_ends) {
    EXPECT_EQ(*client::clipboard_text_to_wire("a\r\nb\n"),
              wide(std::string_view("a\r\nb\r\n\0", 7)));
    EXPECT_EQ(client::clipboard_text_of_wire(wide("a\r\nb\r")), "a\nb\r");
    EXPECT_FALSE(client::clipboard_text_to_wire("\xff"));
}

TEST(ClipboardHtml, has_the_description_that_programs_expect) {
    const auto wire = client::clipboard_html_to_wire("<b>x</b>");
    constexpr std::string_view expected =
        "Version:0.9\r\nStartHTML:0000000105\r\nEndHTML:0000000181\r\n"
        "StartFragment:0000000139\r\nEndFragment:0000000147\r\n"
        "<html><body>\r\n<!--StartFragment--><b>x</b><!--EndFragment-->\r\n</body></html>";
    EXPECT_EQ(as_text(wire), std::string(expected) + '\0');
    EXPECT_EQ(expected.substr(105, 6), "<html>");
    EXPECT_EQ(expected.size(), 181U);
    EXPECT_EQ(expected.substr(139, 8), "<b>x</b>");
    EXPECT_EQ(*client::clipboard_html_of_wire(wire), "<b>x</b>");
    EXPECT_EQ(client::clipboard_html_to_wire(as_text(wire)), wire) << "described already";
    EXPECT_EQ(*client::clipboard_html_of_wire(client::clipboard_html_to_wire("")), "");
}

TEST(ClipboardHtml, a_description_that_points_elsewhere_is_refused) {
    const auto refused = [](std::string_view text) {
        return !client::clipboard_html_of_wire(as_bytes(text));
    };
    EXPECT_TRUE(refused(""));
    EXPECT_TRUE(refused("<b>plain</b>"));
    EXPECT_TRUE(refused("Version:0.9\r\n"));
    EXPECT_TRUE(refused("Version:0.9 StartFragment:-1 EndFragment:3"));
    EXPECT_TRUE(refused("Version:0.9 StartFragment:5 EndFragment:4"));
    EXPECT_TRUE(refused("Version:0.9 StartFragment:5 EndFragment:9999999999"));
    EXPECT_TRUE(refused("Version:0.9 StartFragment:5 EndFragment:"));
    const auto whole = client::clipboard_html_to_wire("<i>y</i>");
    // Cut before the fragment's end there is nothing to give.
    for (std::size_t size = 0; size < 139 + 8; ++size)
        EXPECT_FALSE(client::clipboard_html_of_wire(ByteView(whole).first(size))) << size;
}

/// Two by two, 24 bits.
Bytes small_dib() {
    Writer w;
    w.u32_le(40).u32_le(2).u32_le(2).u16_le(1).u16_le(24).u32_le(0).u32_le(16).zeros(16);
    return w.zeros(16).take();
}

TEST(ClipboardImage, is_a_bmp_file_without_its_header) {
    const auto dib = small_dib();
    const auto bmp = client::bmp_of_clipboard_image(dib);
    ASSERT_TRUE(bmp);
    EXPECT_EQ(to_bytes(ByteView(*bmp).first(14)),
              (Bytes{'B', 'M', 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0}));
    EXPECT_EQ(*client::clipboard_image_of_bmp(*bmp), dib);
}

TEST(ClipboardImage, masks_and_palettes_stand_before_the_pixels) {
    const auto offset_of = [](std::uint32_t header, std::uint16_t bits, std::uint32_t compression,
                              std::uint32_t used) {
        Writer w;
        w.u32_le(header).u32_le(1).u32_le(1).u16_le(1).u16_le(bits).u32_le(compression);
        w.u32_le(0).zeros(8).u32_le(used).u32_le(0).zeros(2000);
        const auto bmp = client::bmp_of_clipboard_image(w.view());
        return bmp ? static_cast<int>(*Reader(ByteView(*bmp).subspan(10)).u32_le("bfOffBits")) - 14
                   : -1;
    };
    EXPECT_EQ(offset_of(40, 24, 0, 0), 40);
    EXPECT_EQ(offset_of(40, 32, 3, 0), 52);
    EXPECT_EQ(offset_of(124, 32, 3, 0), 124);
    EXPECT_EQ(offset_of(40, 8, 0, 0), 40 + 1024);
    EXPECT_EQ(offset_of(40, 1, 0, 0), 40 + 8);
    EXPECT_EQ(offset_of(40, 8, 0, 3), 40 + 12);
    EXPECT_EQ(offset_of(40, 8, 0, 256), 40 + 1024);
    EXPECT_EQ(offset_of(40, 8, 0, 257), -1);
    EXPECT_EQ(offset_of(39, 24, 0, 0), -1);
    EXPECT_EQ(offset_of(125, 24, 0, 0), -1);
}

TEST(ClipboardImage, cut_or_damaged_it_is_refused_or_another) {
    const auto dib = small_dib();
    for (std::size_t size = 0; size < 40; ++size)
        EXPECT_FALSE(client::bmp_of_clipboard_image(ByteView(dib).first(size))) << size;
    const auto bmp = *client::bmp_of_clipboard_image(dib);
    for (std::size_t size = 0; size < 54; ++size)
        EXPECT_FALSE(client::clipboard_image_of_bmp(ByteView(bmp).first(size))) << size;
    std::mt19937 random(11);
    for (int round = 0; round < 2000; ++round) {
        auto damaged = bmp;
        damaged[random() % damaged.size()] ^= static_cast<std::uint8_t>(1U << random() % 8);
        const auto taken = client::clipboard_image_of_bmp(damaged);
        if (taken) EXPECT_LE(taken->size(), damaged.size());
    }
}

TEST(ClipboardFileList, is_laid_out_as_the_specification_says) {
    const auto wire = client::clipboard_files_to_wire(
        {{"box", true, std::nullopt, 0},
         {"box/\xc3\xa4", false, (std::uint64_t{2} << 32) + 9, 0x0102030405060708}});
    ASSERT_TRUE(wire);
    // MS-RDPECLIP 2.2.5.2.3: cItems, then 592 bytes each.
    Writer w;
    w.u32_le(2);
    w.u32_le(0x4004).zeros(32).u32_le(0x10).zeros(16).u64_le(0).u32_le(0).u32_le(0);
    w.bytes(wide("box")).zeros(520 - 6);
    w.u32_le(0x4064).zeros(32).u32_le(0x80).zeros(16).u64_le(0x0102030405060708);
    w.u32_le(2).u32_le(9).bytes(wide("box\\")).u16_le(0xe4).zeros(520 - 10);
    EXPECT_EQ(*wire, w.take());
    const auto files = client::clipboard_files_of_wire(*wire);
    ASSERT_TRUE(files);
    ASSERT_EQ(files->size(), 2U);
    EXPECT_TRUE(files->at(0).is_folder);
    EXPECT_FALSE(files->at(0).bytes);
    EXPECT_EQ(files->at(1).name, "box/\xc3\xa4");
    EXPECT_EQ(files->at(1).bytes, (std::uint64_t{2} << 32) + 9);
    EXPECT_EQ(files->at(1).modified_filetime, 0x0102030405060708U);
    for (std::size_t size = 0; size < wire->size(); ++size)
        ASSERT_FALSE(client::clipboard_files_of_wire(ByteView(*wire).first(size))) << size;
}

TEST(ClipboardFileList, has_limits) {
    std::vector<client::ClipboardFile> files(channels::clip_files_max, {"f", false, 1, 0});
    EXPECT_TRUE(client::clipboard_files_to_wire(files));
    files.push_back({"f", false, 1, 0});
    EXPECT_EQ(client::clipboard_files_to_wire(files).error().code, Errc::limit_exceeded);
    EXPECT_TRUE(client::clipboard_files_to_wire({{std::string(259, 'n'), false, 1, 0}}));
    for (const auto& name : {std::string(260, 'n'), std::string(), std::string("\xff")})
        EXPECT_EQ(client::clipboard_files_to_wire({{name, false, 1, 0}}).error().code,
                  Errc::bad_value);
    Bytes many = Writer().u32_le(channels::clip_files_max + 1).take();
    many.resize(4 + (channels::clip_files_max + 1) * 592);
    EXPECT_EQ(client::clipboard_files_of_wire(many).error().code, Errc::limit_exceeded);
}

TEST(ClipboardFileList, names_stay_inside) {
    for (const auto* name : {"..\\x", "a\\..\\..\\x", ".", "a/b", "", "\\", "a\nb"}) {
        const auto wire = wide(name);
        const auto list = channels::encode_file_list({{wire, 1, false, 0}});
        EXPECT_FALSE(client::clipboard_files_of_wire(list)) << name;
    }
    const auto rooted = wide("\\a\\b");
    EXPECT_EQ(client::clipboard_files_of_wire(channels::encode_file_list({{rooted, 1, false, 0}}))
                  ->at(0)
                  .name,
              "a/b");
}

}  // namespace
}  // namespace lucid::test
