// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/window_orders.hpp>

namespace lucid::rdp::proto {
namespace {

/// controlFlags of an alternate secondary order (MS-RDPEGDI 2.2.2.2.1.3.1.1), orderType
/// TS_ALTSEC_WINDOW.
constexpr std::uint8_t window_order_header = 0x0b << 2 | 0x02;
/// Header, OrderSize, FieldsPresentFlags.
constexpr std::size_t head_bytes = 1 + 2 + 4;

/// FieldsPresentFlags (MS-RDPERP 2.2.1.3.1.1, 2.2.1.3.3.1).
constexpr std::uint32_t type_window = 0x01000000;
constexpr std::uint32_t type_desktop = 0x04000000;
constexpr std::uint32_t state_new = 0x10000000;
constexpr std::uint32_t state_deleted = 0x20000000;
constexpr std::uint32_t is_icon = 0x40000000;
constexpr std::uint32_t is_cached_icon = 0x80000000;
constexpr std::uint32_t field_owner = 0x00000002;
constexpr std::uint32_t field_title = 0x00000004;
constexpr std::uint32_t field_style = 0x00000008;
constexpr std::uint32_t field_show = 0x00000010;
constexpr std::uint32_t field_active_window = 0x00000020;

Result<void> decode_window(Reader& r, std::uint32_t fields, WindowOrder& order) {
    order.what = WindowOrder::What::window;
    LUCID_TRY(order.window, r.u32_le("WindowId"));
    order.is_new = (fields & state_new) != 0;
    order.deleted = (fields & state_deleted) != 0;
    if (order.deleted || (fields & (is_icon | is_cached_icon)) != 0) return {};
    if ((fields & field_owner) != 0) LUCID_CHECK(r.skip(4, "OwnerWindowId"));
    if ((fields & field_style) != 0) LUCID_CHECK(r.skip(4 + 4, "Style, ExtendedStyle"));
    if ((fields & field_show) != 0) LUCID_CHECK(r.skip(1, "ShowState"));
    if ((fields & field_title) == 0) return {};
    LUCID_TRY(const auto bytes, r.u16_le("CbString"));
    LUCID_TRY(order.title, r.take(bytes, "TitleInfo"));
    return {};
}

Result<WindowOrder> decode_one(ByteView order_bytes) {
    Reader r(order_bytes);
    LUCID_CHECK(r.skip(1 + 2, "Header, OrderSize"));
    LUCID_TRY(const auto fields, r.u32_le("FieldsPresentFlags"));
    WindowOrder order;
    if ((fields & type_window) != 0) {
        LUCID_CHECK(decode_window(r, fields, order));
    } else if ((fields & type_desktop) != 0) {
        order.what = WindowOrder::What::desktop;
        if ((fields & field_active_window) != 0) {
            LUCID_TRY(order.active_window, r.u32_le("ActiveWindowId"));
        }
    }
    return order;
}

}  // namespace

Result<std::vector<WindowOrder>> decode_window_orders(ByteView update) {
    Reader r(update);
    LUCID_TRY(const auto count, r.u16_le("numberOrders"));
    std::vector<WindowOrder> orders;
    for (unsigned i = 0; i < count; ++i) {
        const auto rest = update.subspan(r.offset());
        if (rest.empty()) return fail(Errc::truncated, "orders", r.offset());
        if (rest[0] != window_order_header) break;
        if (rest.size() < head_bytes) return fail(Errc::truncated, "window order", r.offset());
        const auto size = static_cast<std::size_t>(rest[1] | rest[2] << 8);
        if (size < head_bytes) return fail(Errc::bad_length, "OrderSize", size);
        LUCID_TRY(const auto bytes, r.take(size, "window order"));
        LUCID_TRY(auto order, decode_one(bytes));
        orders.push_back(order);
    }
    return orders;
}

}  // namespace lucid::rdp::proto
