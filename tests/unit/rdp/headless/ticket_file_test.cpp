// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/ticket_file.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::headless {
namespace {

TEST(TicketFile, reads_what_lucid_ticket_prints) {
    Order order;
    ASSERT_TRUE(read_ticket_file(
        as_bytes(R"({"ok":true,"host":"desk","user":"lt-abc","secret":"s3","address":"[::1]:3390",)"
                 R"("fingerprint":"00:01:02:03:04:05:06:07:08:09:0A:0b:0c:0d:0e:0f:10:11:12:13:)"
                 R"(14:15:16:17:18:19:1a:1b:1c:1d:1e:1f"})"),
        order));
    EXPECT_EQ(order.address, "::1");
    EXPECT_EQ(order.port, 3390);
    EXPECT_EQ(order.user, "lt-abc");
    EXPECT_EQ(as_text(order.password.expose()), "s3");
    EXPECT_EQ((*order.pin)[31], 0x1f);
    EXPECT_EQ(fingerprint_text(*order.pin).substr(27, 8), "09:0a:0b");
    EXPECT_FALSE(read_ticket_file(as_bytes(R"({"address":"a:1","user":"u"})"), order));
}

TEST(TicketFile, reads_rdp_files) {
    Order order;
    ASSERT_TRUE(read_ticket_file(
        as_bytes("full address:s:desk:3390\r\nusername:s:lt-abc\r\nenablecredsspsupport:i:0\r\n"
                 "redirectclipboard:i:0\r\nprompt for credentials:i:1\r\n"),
        order));
    EXPECT_EQ(order.address, "desk");
    EXPECT_EQ(order.port, 3390);
    EXPECT_EQ(order.user, "lt-abc");
    EXPECT_FALSE(order.nla);
    EXPECT_FALSE(order.clipboard);
    EXPECT_FALSE(order.pin);
    EXPECT_FALSE(read_ticket_file(as_bytes("username:s:me\n"), order));
    EXPECT_FALSE(read_ticket_file(as_bytes("no file of any kind"), order));
    // As mstsc saves it.
    Bytes wide = {0xff, 0xfe};
    for (const char c : std::string_view("full address:s:desk\r\n"))
        append(wide, Bytes{static_cast<std::uint8_t>(c), 0});
    ASSERT_TRUE(read_ticket_file(wide, order));
    EXPECT_EQ(order.port, 3389);
}

TEST(TicketFile, hosts_have_ports_or_the_usual_one) {
    Order order;
    ASSERT_TRUE(read_host("192.0.2.7", order));
    EXPECT_EQ(order.port, 3389);
    ASSERT_TRUE(read_host("[2001:db8::1]:99", order));
    EXPECT_EQ(order.address, "2001:db8::1");
    EXPECT_EQ(order.port, 99);
    ASSERT_TRUE(read_host("2001:db8::1", order));
    EXPECT_EQ(order.address, "2001:db8::1");
    for (const auto* wrong :
         {"", ":3389", "desk:", "desk:x", "desk:0", "desk:70000", "[::1", "[::1]x", "[::1]:"})
        EXPECT_FALSE(read_host(wrong, order)) << wrong;
}

TEST(Order, is_read_back_as_it_was_written) {
    Order order;
    order.address = "desk";
    order.port = 3390;
    order.nla = false;
    order.user = "ä";
    order.password = crypto::Secret::copy_of(as_bytes("p\"\n"));
    order.pin = Hash32{1, 2, 3};
    order.graphics = client::Graphics::remotefx;
    order.width = 800;
    order.monitors = {{0, 0, 800, 600}, {-640, 8, 640, 480}};
    order.drive = Drive{"docs", "/srv"};
    order.script = "-";
    order.reconnects = 3;
    const auto json = encode_order(order);
    const auto read = decode_order(json.expose());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->user, "ä");
    EXPECT_EQ(as_text(read->password.expose()), "p\"\n");
    EXPECT_EQ(read->pin, order.pin);
    EXPECT_EQ(read->graphics, client::Graphics::remotefx);
    EXPECT_EQ(read->drive->path, "/srv");
    EXPECT_EQ(read->width, 800);
    EXPECT_EQ(read->monitors, order.monitors);
    EXPECT_EQ(read->reconnects, 3U);
    EXPECT_FALSE(read->nla);
    EXPECT_FALSE(decode_order(as_bytes("{}")));
    EXPECT_FALSE(decode_order(as_bytes("[]")));
}

}  // namespace
}  // namespace lucid::rdp::headless
