// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/pointer_update.hpp>

namespace lucid::rdp::proto {
namespace {

/// messageType of 2.2.9.1.1.4.
constexpr std::uint16_t ptrmsgtype_system = 0x0001;
constexpr std::uint16_t ptrmsgtype_position = 0x0003;
constexpr std::uint16_t ptrmsgtype_color = 0x0006;
constexpr std::uint16_t ptrmsgtype_cached = 0x0007;
constexpr std::uint16_t ptrmsgtype_pointer = 0x0008;
constexpr std::uint32_t sysptr_null = 0x00000000;
constexpr std::uint32_t sysptr_default = 0x00007f00;

/// TS_COLORPOINTERATTRIBUTE; `large`: TS_FP_LARGEPOINTERATTRIBUTE, whose lengths have 32 bits.
Result<PointerUpdate> take_shape(Reader& r, bool has_depth, bool large) {
    PointerShape shape;
    if (has_depth) {
        LUCID_TRY(shape.xor_bits_per_pixel, r.u16_le("xorBpp"));
    }
    LUCID_TRY(shape.cache_index, r.u16_le("cacheIndex"));
    LUCID_TRY(shape.hot_x, r.u16_le("hotSpot x"));
    LUCID_TRY(shape.hot_y, r.u16_le("hotSpot y"));
    LUCID_TRY(shape.width, r.u16_le("pointer width"));
    LUCID_TRY(shape.height, r.u16_le("pointer height"));
    if (shape.width > pointer_side_max || shape.height > pointer_side_max)
        return fail(Errc::limit_exceeded, "pointer size", shape.width);
    std::size_t and_length = 0;
    std::size_t xor_length = 0;
    if (large) {
        LUCID_TRY(and_length, r.u32_le("lengthAndMask"));
        LUCID_TRY(xor_length, r.u32_le("lengthXorMask"));
    } else {
        LUCID_TRY(and_length, r.u16_le("lengthAndMask"));
        LUCID_TRY(xor_length, r.u16_le("lengthXorMask"));
    }
    LUCID_TRY(shape.xor_mask, r.take(xor_length, "xorMaskData"));
    LUCID_TRY(shape.and_mask, r.take(and_length, "andMaskData"));
    return shape;
}

Result<PointerUpdate> take_position(Reader& r) {
    PointerPosition position;
    LUCID_TRY(position.x, r.u16_le("pointer x"));
    LUCID_TRY(position.y, r.u16_le("pointer y"));
    return position;
}

Result<PointerUpdate> take_cached(Reader& r) {
    PointerCached cached;
    LUCID_TRY(cached.cache_index, r.u16_le("cacheIndex"));
    return cached;
}

}  // namespace

Result<PointerUpdate> decode_fast_path_pointer(UpdateCode code, ByteView data) {
    Reader r(data);
    switch (code) {
        case UpdateCode::pointer_hidden:
            return PointerHidden{};
        case UpdateCode::pointer_default:
            return PointerDefault{};
        case UpdateCode::pointer_position:
            return take_position(r);
        case UpdateCode::pointer_color:
            return take_shape(r, false, false);
        case UpdateCode::pointer_cached:
            return take_cached(r);
        case UpdateCode::pointer_new:
            return take_shape(r, true, false);
        case UpdateCode::pointer_large:
            return take_shape(r, true, true);
        default:
            return fail(Errc::bad_value, "pointer update", static_cast<std::uint64_t>(code));
    }
}

Result<PointerUpdate> decode_slow_path_pointer(ByteView payload) {
    Reader r(payload);
    LUCID_TRY(const auto type, r.u16_le("messageType"));
    LUCID_CHECK(r.skip(2, "pad2Octets"));
    switch (type) {
        case ptrmsgtype_system: {
            LUCID_TRY(const auto system, r.u32_le("systemPointerType"));
            if (system == sysptr_null) return PointerHidden{};
            if (system == sysptr_default) return PointerDefault{};
            return fail(Errc::bad_value, "systemPointerType", system);
        }
        case ptrmsgtype_position:
            return take_position(r);
        case ptrmsgtype_color:
            return take_shape(r, false, false);
        case ptrmsgtype_cached:
            return take_cached(r);
        case ptrmsgtype_pointer:
            return take_shape(r, true, false);
        default:
            return fail(Errc::bad_value, "messageType", type);
    }
}

}  // namespace lucid::rdp::proto
