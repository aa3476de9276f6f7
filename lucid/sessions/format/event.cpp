// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/event.hpp>

namespace lucid::sessions::format {

void put_event(Writer& w, std::uint8_t kind, std::uint64_t delta_us, ByteView payload) {
    w.u8(kind).varint(delta_us).varint(payload.size()).bytes(payload);
}

Result<Event> EventReader::next() {
    Event event;
    LUCID_TRY(event.kind, r_.u8("event kind"));
    LUCID_TRY(const auto delta, r_.varint("event time"));
    if (delta > ~time_us_) return fail(Errc::bad_value, "event time", r_.offset());
    time_us_ += delta;
    event.time_us = time_us_;
    LUCID_TRY(const auto length, r_.varint("event length"));
    if (length > event_payload_bytes_max)
        return fail(Errc::limit_exceeded, "event length", r_.offset());
    LUCID_TRY(event.payload, r_.take(length, "event payload"));
    return event;
}

}  // namespace lucid::sessions::format
