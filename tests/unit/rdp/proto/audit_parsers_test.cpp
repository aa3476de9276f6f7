// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

/// Parsers of what an audit looks at: window orders, remote programs, printers, USB devices,
/// cameras, clamped to their specifications.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/camera.hpp>
#include <lucid/rdp/proto/channels/rail.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>
#include <lucid/rdp/proto/channels/usb.hpp>
#include <lucid/rdp/proto/window_orders.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::proto {
namespace {

using namespace channels;

Bytes wide(std::string_view text) {
    Bytes out;
    for (const char c : text) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

/// MS-RDPERP 4.1.1.1 New or Existing Windows, as the specification prints it (shortened to the
/// fields up to the title): owner, style, show state, title "Local Disk (C:)".
Bytes new_window() {
    const auto title = wide("Local Disk (C:)");
    Writer w;
    const auto fields = 0x01000000U | 0x10000000U | 0x2U | 0x8U | 0x10U | 0x4U;
    w.u8(0x2e).u16_le(static_cast<std::uint16_t>(7 + 4 + 4 + 8 + 1 + 2 + title.size()));
    w.u32_le(fields).u32_le(0x0007012e).u32_le(0).u32_le(0x14ca0000).u32_le(0x40310).u8(5);
    w.u16_le(static_cast<std::uint16_t>(title.size())).bytes(title);
    return w.take();
}

Bytes update(const std::vector<Bytes>& orders, std::uint16_t count) {
    Writer w;
    w.u16_le(count);
    for (const auto& order : orders) w.bytes(order);
    return w.take();
}

TEST(WindowOrders, title_stands_behind_owner_style_and_show_state) {
    const auto bytes = update({new_window()}, 1);
    const auto orders = decode_window_orders(bytes);
    ASSERT_TRUE(orders) << orders.error().message();
    ASSERT_EQ(orders->size(), 1U);
    const auto& order = orders->front();
    EXPECT_EQ(order.what, WindowOrder::What::window);
    EXPECT_EQ(order.window, 0x0007012eU);
    EXPECT_TRUE(order.is_new);
    ASSERT_TRUE(order.title);
    EXPECT_EQ(to_bytes(*order.title), wide("Local Disk (C:)"));
}

TEST(WindowOrders, icons_and_deletions_have_no_title) {
    const auto icon = Writer().u8(0x2e).u16_le(13).u32_le(0x41000000).u32_le(5).u16_le(0).take();
    const auto gone = Writer().u8(0x2e).u16_le(11).u32_le(0x21000004).u32_le(5).take();
    const auto orders = decode_window_orders(update({icon, gone}, 2));
    ASSERT_TRUE(orders && orders->size() == 2);
    EXPECT_FALSE((*orders)[0].title);
    EXPECT_TRUE((*orders)[1].deleted);
}

TEST(WindowOrders, desktop_orders_name_the_active_window) {
    const auto active = Writer().u8(0x2e).u16_le(11).u32_le(0x04000020).u32_le(77).take();
    const auto tray = Writer().u8(0x2e).u16_le(15).u32_le(0x02000000).zeros(8).take();
    const auto orders = decode_window_orders(update({tray, active}, 2));
    ASSERT_TRUE(orders && orders->size() == 2);
    EXPECT_EQ((*orders)[0].what, WindowOrder::What::other);
    EXPECT_EQ((*orders)[1].active_window, 77U);
}

TEST(WindowOrders, end_before_the_first_drawing_order) {
    const auto orders = decode_window_orders(update({new_window(), Bytes{0x09, 1, 2}}, 2));
    ASSERT_TRUE(orders);
    EXPECT_EQ(orders->size(), 1U);
    EXPECT_TRUE(decode_window_orders(update({Bytes{0x09}}, 1)));
}

TEST(WindowOrders, cut_anywhere_are_an_error) {
    const auto whole = update({new_window()}, 1);
    for (std::size_t n = 0; n < whole.size(); ++n)
        EXPECT_FALSE(decode_window_orders(ByteView(whole).first(n))) << n;
    auto longer = new_window();
    longer[1] = 6;  // an order shorter than its own head
    longer[2] = 0;
    EXPECT_FALSE(decode_window_orders(update({longer}, 1)));
    auto title = new_window();
    title[24] = 0xff;  // a title longer than the order
    EXPECT_FALSE(decode_window_orders(update({title}, 1)));
}

Bytes exec(std::string_view program, std::string_view arguments) {
    const auto exe = wide(program);
    const auto more = wide(arguments);
    Writer w;
    w.u16_le(1).u16_le(static_cast<std::uint16_t>(4 + 8 + exe.size() + more.size()));
    w.u16_le(0).u16_le(static_cast<std::uint16_t>(exe.size())).u16_le(0);
    w.u16_le(static_cast<std::uint16_t>(more.size())).bytes(exe).bytes(more);
    return w.take();
}

TEST(Rail, client_execute_names_program_and_arguments) {
    const auto message = exec("||notepad", "a.txt");
    const auto pdu = decode_rail_pdu(message);
    ASSERT_TRUE(pdu);
    const auto read = decode_rail_exec(*pdu);
    ASSERT_TRUE(read);
    EXPECT_EQ(to_bytes(read->program), wide("||notepad"));
    EXPECT_EQ(to_bytes(read->arguments), wide("a.txt"));
    for (std::size_t n = 0; n < message.size(); ++n)
        EXPECT_FALSE(decode_rail_pdu(ByteView(message).first(n))) << n;
    auto trailing = message;
    trailing.push_back(0);
    EXPECT_FALSE(decode_rail_pdu(trailing));
}

TEST(Rail, knows_its_orders_and_no_others) {
    for (const unsigned type : {0x0000U, 0x001dU, 0x007fU, 0x0081U, 0xffffU})
        EXPECT_FALSE(
            decode_rail_pdu(Writer().u16_le(static_cast<std::uint16_t>(type)).u16_le(4).take()))
            << type;
    for (const unsigned type : {0x0001U, 0x0005U, 0x001cU, 0x0080U})
        EXPECT_TRUE(
            decode_rail_pdu(Writer().u16_le(static_cast<std::uint16_t>(type)).u16_le(4).take()))
            << type;
}

Bytes printer_data(std::uint32_t flags, ByteView name) {
    Writer w;
    w.u32_le(flags).u32_le(0).u32_le(2).u32_le(4).u32_le(static_cast<std::uint32_t>(name.size()));
    w.u32_le(3).zeros(2 + 4).bytes(name).zeros(3);
    return w.take();
}

TEST(Printer, name_stands_behind_plug_and_play_and_driver_names) {
    const auto data = printer_data(0, wide("Office"));
    const auto read = decode_printer_name(data);
    ASSERT_TRUE(read);
    EXPECT_EQ(to_bytes(read->text), wide("Office"));
    EXPECT_FALSE(read->is_ascii);
    EXPECT_TRUE(decode_printer_name(printer_data(1, as_bytes("Office")))->is_ascii);
    for (std::size_t n = 0; n + 3 < data.size(); ++n)
        EXPECT_FALSE(decode_printer_name(ByteView(data).first(n))) << n;
}

void put_ids(Writer& w, std::initializer_list<std::string_view> ids) {
    Bytes text;
    for (const auto id : ids) {
        append(text, wide(id));
        append(text, Bytes(2));
    }
    append(text, Bytes(2));
    w.u32_le(static_cast<std::uint32_t>(text.size() / 2)).bytes(text);
}

Bytes usb_device(std::initializer_list<std::string_view> compatible) {
    Writer w;
    w.u32_le(0x40000001).u32_le(7).u32_le(0x101).u32_le(1).u32_le(4);
    put_ids(w, {"1&2"});
    put_ids(w, {"USB\\VID_046D&PID_C52B&REV_1201", "USB\\VID_046D&PID_C52B"});
    put_ids(w, compatible);
    return w.take();
}

TEST(Usb, classes_are_read_from_the_ids) {
    const auto message = usb_device(
        {"USB\\Class_03&SubClass_01&Prot_01", "USB\\Class_03&SubClass_01", "USB\\Class_0e"});
    const auto device = decode_usb_add_device(message);
    ASSERT_TRUE(device && *device);
    EXPECT_EQ((*device)->classes, (std::vector<std::string>{"03", "0E"}));
    EXPECT_EQ((*device)->hardware_id, "USB\\VID_046D&PID_C52B&REV_1201");
    for (std::size_t n = 12; n < message.size(); ++n)
        EXPECT_FALSE(decode_usb_add_device(ByteView(message).first(n))) << n;
}

TEST(Usb, other_messages_are_no_devices) {
    auto other = usb_device({});
    other[8] = 0x00;  // ADD_VIRTUAL_CHANNEL
    ASSERT_TRUE(decode_usb_add_device(other));
    EXPECT_FALSE(*decode_usb_add_device(other));
    EXPECT_FALSE(decode_usb_add_device(Bytes(7)));
    const auto composite = decode_usb_add_device(usb_device({"USB\\COMPOSITE", "Class_0"}));
    ASSERT_TRUE(composite && *composite);
    EXPECT_TRUE((*composite)->classes.empty());
    Writer huge;
    huge.u32_le(0x40000001)
        .u32_le(7)
        .u32_le(0x101)
        .u32_le(1)
        .u32_le(4)
        .u32_le(usb_ids_units_max + 1);
    huge.zeros(2 * (usb_ids_units_max + 1));
    EXPECT_EQ(decode_usb_add_device(huge.view()).error().code, Errc::limit_exceeded);
}

TEST(Camera, added_cameras_name_their_channel) {
    const auto message =
        Writer().u8(2).u8(5).bytes(wide("Front")).u16_le(0).text("RDCamera_Device_0").u8(0).take();
    const auto camera = decode_camera_added(message);
    ASSERT_TRUE(camera && *camera);
    EXPECT_EQ(to_bytes((*camera)->name), wide("Front"));
    EXPECT_EQ((*camera)->channel, "RDCamera_Device_0");
    for (std::size_t n = 2; n < message.size(); ++n)
        EXPECT_FALSE(decode_camera_added(ByteView(message).first(n))) << n;
    auto trailing = message;
    trailing.push_back(0);
    EXPECT_FALSE(decode_camera_added(trailing));
    EXPECT_FALSE(*decode_camera_added(Bytes{2, 3}));
}

TEST(Rdpdr, reads_and_writes_of_our_own_are_what_we_read) {
    const auto body = to_bytes(as_bytes("data"));
    const auto write = encode_write_request(1, 2, 3, 0x100000004, body);
    const auto io = decode_io_request(*decode_rdpdr_message(write));
    ASSERT_TRUE(io);
    EXPECT_EQ(io->device, 1U);
    EXPECT_EQ(io->file, 2U);
    EXPECT_EQ(io->completion, 3U);
    EXPECT_EQ(io->major, irp_mj_write);
    const auto range = decode_file_range(*io);
    ASSERT_TRUE(range);
    EXPECT_EQ(range->offset, 0x100000004U);
    EXPECT_EQ(to_bytes(range->data), body);
    const auto read = encode_read_completion(1, 3, body);
    const auto completion = decode_io_completion(*decode_rdpdr_message(read));
    ASSERT_TRUE(completion);
    EXPECT_EQ(to_bytes(*decode_read_data(*completion)), body);
}

}  // namespace
}  // namespace lucid::rdp::proto
