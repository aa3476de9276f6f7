// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/fast_path.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint8_t fast_path_secure_flags = 0xc0;

Result<InputEvent> take_event(Reader& r) {
    LUCID_TRY(const auto head, r.u8("eventHeader"));
    InputEvent event;
    event.code = static_cast<FastPathEvent>(head >> 5);
    event.flags = head & 0x1f;
    switch (event.code) {
        case FastPathEvent::scancode: {
            LUCID_TRY(event.key, r.u8("keyCode"));
            return event;
        }
        case FastPathEvent::unicode: {
            LUCID_TRY(event.key, r.u16_le("unicodeCode"));
            return event;
        }
        case FastPathEvent::mouse:
        case FastPathEvent::mouse_ex:
        case FastPathEvent::rel_mouse: {
            LUCID_TRY(event.pointer, r.u16_le("pointerFlags"));
            LUCID_TRY(event.x, r.u16_le("xPos"));
            LUCID_TRY(event.y, r.u16_le("yPos"));
            return event;
        }
        case FastPathEvent::sync:
            return event;
        case FastPathEvent::qoe_timestamp: {
            LUCID_CHECK(r.skip(4, "timestamp"));
            return event;
        }
    }
    return fail(Errc::bad_value, "eventCode", head);
}

}  // namespace

Result<std::vector<InputEvent>> decode_fast_path_input(ByteView pdu) {
    Reader r(pdu);
    LUCID_TRY(const auto head, r.u8("fpInputHeader"));
    if ((head & fast_path_secure_flags) != 0)
        return fail(Errc::unsupported, "fast-path encryption", head);
    LUCID_TRY(const auto length, r.u8("length1"));
    if ((length & 0x80U) != 0) LUCID_CHECK(r.skip(1, "length2"));
    std::size_t count = (head >> 2) & 0x0fU;
    if (count == 0) {
        LUCID_TRY(count, r.u8("numEvents"));
    }
    std::vector<InputEvent> events;
    events.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto event, take_event(r));
        events.push_back(event);
    }
    LUCID_CHECK(r.finish("fast-path input"));
    return events;
}

Result<std::vector<InputEvent>> decode_slow_path_input(ByteView payload) {
    constexpr std::uint16_t type_scancode = 0x0004;
    constexpr std::uint16_t type_unicode = 0x0005;
    constexpr std::uint16_t keyboard_extended = 0x0100;
    constexpr std::uint16_t keyboard_extended1 = 0x0200;
    constexpr std::uint16_t keyboard_release = 0x8000;
    Reader r(payload);
    LUCID_TRY(const auto count, r.u16_le("numEvents"));
    LUCID_CHECK(r.skip(2, "pad2Octets"));
    if (count > slow_path_events_max) return fail(Errc::limit_exceeded, "numEvents", count);
    std::vector<InputEvent> events;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_CHECK(r.skip(4, "eventTime"));
        LUCID_TRY(const auto type, r.u16_le("messageType"));
        LUCID_TRY(const auto flags, r.u16_le("event flags"));
        LUCID_TRY(const auto first, r.u16_le("event data"));
        LUCID_TRY(const auto second, r.u16_le("event data"));
        InputEvent event;
        if (type == type_scancode || type == type_unicode) {
            event.code = type == type_scancode ? FastPathEvent::scancode : FastPathEvent::unicode;
            event.flags = static_cast<std::uint8_t>(((flags & keyboard_release) != 0 ? 1U : 0U) |
                                                    ((flags & keyboard_extended) != 0 ? 2U : 0U) |
                                                    ((flags & keyboard_extended1) != 0 ? 4U : 0U));
            event.key = first;
        } else if ((type & 0x8000U) != 0) {
            event.code = FastPathEvent::mouse;
            event.pointer = flags;
            event.x = first;
            event.y = second;
        } else {
            event.code = FastPathEvent::sync;
        }
        events.push_back(event);
    }
    return events;
}

Result<std::vector<FastPathUpdate>> decode_fast_path_output(ByteView pdu) {
    Reader r(pdu);
    LUCID_TRY(const auto head, r.u8("fpOutputHeader"));
    if ((head & fast_path_secure_flags) != 0)
        return fail(Errc::unsupported, "fast-path encryption", head);
    LUCID_TRY(const auto length, r.u8("length1"));
    if ((length & 0x80U) != 0) LUCID_CHECK(r.skip(1, "length2"));
    std::vector<FastPathUpdate> updates;
    while (!r.empty()) {
        if (updates.size() == fast_path_updates_max)
            return fail(Errc::limit_exceeded, "fast-path updates", fast_path_updates_max);
        LUCID_TRY(const auto update_head, r.u8("updateHeader"));
        FastPathUpdate update;
        update.code = static_cast<UpdateCode>(update_head & 0x0fU);
        update.fragmentation = static_cast<Fragmentation>(update_head >> 4 & 0x03U);
        if (update_head >> 6 == 2) {
            LUCID_TRY(update.compression, r.u8("compressionFlags"));
        }
        LUCID_TRY(const auto size, r.u16_le("size"));
        LUCID_TRY(update.data, r.take(size, "updateData"));
        updates.push_back(update);
    }
    return updates;
}

Bytes encode_fast_path_input(std::span<const InputEvent> events) {
    constexpr std::size_t events_in_header_max = 15;
    LUCID_ASSERT(!events.empty() && events.size() <= fast_path_events_max);
    Writer w;
    const bool in_header = events.size() <= events_in_header_max;
    w.u8(static_cast<std::uint8_t>(in_header ? events.size() << 2 : 0)).u16_be(0);
    if (!in_header) w.u8(static_cast<std::uint8_t>(events.size()));
    for (const auto& event : events) {
        w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(event.code) << 5 | event.flags));
        // unreached: a code beside these; events are made by us or by take_event().
        switch (event.code) {
            case FastPathEvent::scancode:
                w.u8(static_cast<std::uint8_t>(event.key));
                break;
            case FastPathEvent::unicode:
                w.u16_le(event.key);
                break;
            case FastPathEvent::mouse:
            case FastPathEvent::mouse_ex:
            case FastPathEvent::rel_mouse:
                w.u16_le(event.pointer).u16_le(event.x).u16_le(event.y);
                break;
            case FastPathEvent::sync:
                break;
            case FastPathEvent::qoe_timestamp:
                w.u32_le(0);
                break;
        }
    }
    w.patch_u16_be(1, static_cast<std::uint16_t>(0x8000U | w.offset()));
    return w.take();
}

}  // namespace lucid::rdp::proto
