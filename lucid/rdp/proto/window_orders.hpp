// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Windowing alternate secondary orders (MS-RDPERP 2.2.1.3), as far as titles and the active window
/// need them.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <vector>

namespace lucid::rdp::proto {

struct WindowOrder {
    enum class What { window, desktop, other } what = What::other;
    std::uint32_t window = 0;  ///< of a window order
    bool is_new = false;
    bool deleted = false;
    std::optional<ByteView> title;               ///< UTF-16LE
    std::optional<std::uint32_t> active_window;  ///< of a desktop order
};

inline constexpr std::size_t orders_max = 0xffff;

/// The window orders at the front of an orders update (fast-path UPDATE_ORDERS: numberOrders, then
/// the orders; MS-RDPBCGR 2.2.9.1.2.1.1, MS-RDPEGDI 2.2.2.2). Ends before the first order of
/// another kind: those have no length to step over. Hosts send window orders in updates of their
/// own.
Result<std::vector<WindowOrder>> decode_window_orders(ByteView update);

}  // namespace lucid::rdp::proto
