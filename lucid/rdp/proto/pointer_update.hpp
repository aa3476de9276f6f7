// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Pointer updates (MS-RDPBCGR 2.2.9.1.1.4 slow-path, 2.2.9.1.2.1.5 – 2.2.9.1.2.1.11 fast-path) as
/// one value. Views point into the payload.

#include <lucid/rdp/proto/fast_path.hpp>

#include <variant>

namespace lucid::rdp::proto {

struct PointerHidden {};
struct PointerDefault {};
struct PointerPosition {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
};
struct PointerCached {
    std::uint16_t cache_index = 0;
};
/// Colour, new and large pointers. Masks have rows bottom up, each row padded to two bytes.
struct PointerShape {
    std::uint16_t xor_bits_per_pixel = 24;  ///< colour pointers have no field: 24
    std::uint16_t cache_index = 0;
    std::uint16_t hot_x = 0;
    std::uint16_t hot_y = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    ByteView xor_mask;
    ByteView and_mask;
};
/// Sides of a large pointer (2.2.9.1.2.1.11).
inline constexpr std::uint16_t pointer_side_max = 384;

using PointerUpdate =
    std::variant<PointerHidden, PointerDefault, PointerPosition, PointerCached, PointerShape>;

/// `code`: one of the pointer codes. Errc::bad_value for another.
Result<PointerUpdate> decode_fast_path_pointer(UpdateCode code, ByteView data);
/// Payload of a pointer share data PDU.
Result<PointerUpdate> decode_slow_path_pointer(ByteView payload);

}  // namespace lucid::rdp::proto
