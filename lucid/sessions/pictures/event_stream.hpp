// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recording's events between `lucid`, which opens it, and `lucid-pictures`, which draws it:
///
///   u64 LE duration µs ‖ (u8 class ‖ u8 kind ‖ u64 LE time µs ‖ u32 LE length ‖ payload)…
///
/// Only what is drawn: screen events, the client's PDUs, which move the pointer, and what comes
/// from an index (a keyframe to begin with). Header only on the writing side, so that the writer
/// does not link what draws.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/sessions/replay/recording.hpp>

namespace lucid::sessions::pictures {

inline constexpr std::size_t event_stream_bytes_max = std::size_t{2} << 30;

[[nodiscard]] inline bool is_drawn(const replay::RecordedEvent& event) {
    return event.event_class == format::EventClass::screen ||
           event.event_class == format::EventClass::index ||
           (event.event_class == format::EventClass::input &&
            event.kind == format::kind_client_pdu);
}

inline void put_stream_head(Writer& w, std::uint64_t duration_us) {
    w.u64_le(duration_us);
}
inline void put_stream_event(Writer& w, const replay::RecordedEvent& event) {
    w.u8(static_cast<std::uint8_t>(event.event_class)).u8(event.kind).u64_le(event.time_us);
    w.u32_le(static_cast<std::uint32_t>(event.payload.size())).bytes(event.payload);
}

/// Reads until the end of file. Errc::limit_exceeded above event_stream_bytes_max.
Result<replay::Recording> read_events(int fd);
Result<replay::Recording> decode_events(ByteView stream);

}  // namespace lucid::sessions::pictures
