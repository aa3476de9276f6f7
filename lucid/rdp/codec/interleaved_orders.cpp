// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/interleaved_orders.hpp>

namespace lucid::rdp::codec::interleaved {

namespace {

/// Order by its code in a regular header (3 bits), and in a lite header (4 bits from 0xc).
constexpr Order regular[] = {Order::background_run, Order::foreground_run, Order::mask_image,
                             Order::colour_run, Order::colour_image};
constexpr Order lite[] = {Order::set_foreground_run, Order::set_mask_image, Order::dithered_run};
/// Orders 0xf0 to 0xff: MEGA_MEGA orders with a 16-bit run, then the special ones.
constexpr Order mega[] = {Order::background_run,
                          Order::foreground_run,
                          Order::mask_image,
                          Order::colour_run,
                          Order::colour_image,
                          Order::unknown,
                          Order::set_foreground_run,
                          Order::set_mask_image,
                          Order::dithered_run,
                          Order::special_mask_1,
                          Order::special_mask_2,
                          Order::unknown,
                          Order::unknown,
                          Order::white,
                          Order::black,
                          Order::unknown};

bool is_mask(Order order) {
    return order == Order::mask_image || order == Order::set_mask_image;
}

}  // namespace

Result<OrderHeader> read_order(ByteView data) {
    const std::uint8_t first = data[0];
    if (first >= 0xf0) {
        const Order order = mega[first & 0x0f];
        if (order == Order::unknown) return fail(Errc::bad_value, "interleaved order", first);
        if (first >= 0xf9) return OrderHeader{order, 0, 1};
        if (data.size() < 3) return fail(Errc::truncated, "interleaved run length");
        return OrderHeader{order, static_cast<std::uint32_t>(data[1] | data[2] << 8), 3};
    }
    const bool is_lite = first >= 0xc0;
    const std::uint8_t length_mask = is_lite ? 0x0f : 0x1f;
    if (!is_lite && (first >> 5) > 4) return fail(Errc::bad_value, "interleaved order", first);
    const Order order = is_lite ? lite[(first >> 4) - 0x0c] : regular[first >> 5];
    const std::uint32_t length = first & length_mask;
    if (length != 0) return OrderHeader{order, is_mask(order) ? length * 8 : length, 1};
    if (data.size() < 2) return fail(Errc::truncated, "interleaved run length");
    const std::uint32_t base = is_mask(order) ? 1 : length_mask + 1U;
    return OrderHeader{order, data[1] + base, 2};
}

}  // namespace lucid::rdp::codec::interleaved
