// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/fast_path.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint8_t fastpath_input_secure_flags = 0xc0;

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
    if ((head & fastpath_input_secure_flags) != 0)
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

}  // namespace lucid::rdp::proto
