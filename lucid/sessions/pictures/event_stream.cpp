// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/event_stream.hpp>

#include <cerrno>
#include <unistd.h>

namespace lucid::sessions::pictures {

Result<replay::Recording> decode_events(ByteView stream) {
    Reader r(stream);
    replay::Recording recording;
    LUCID_TRY(recording.manifest.duration_us, r.u64_le("duration"));
    while (!r.empty()) {
        replay::RecordedEvent event;
        LUCID_TRY(const auto event_class, r.u8("event class"));
        if (event_class >= format::event_classes)
            return fail(Errc::bad_value, "event class", event_class);
        event.event_class = static_cast<format::EventClass>(event_class);
        LUCID_TRY(event.kind, r.u8("event kind"));
        LUCID_TRY(event.time_us, r.u64_le("event time"));
        LUCID_TRY(const auto length, r.u32_le("event length"));
        if (length > format::event_payload_bytes_max)
            return fail(Errc::limit_exceeded, "event length", length);
        LUCID_TRY(const auto payload, r.take(length, "event payload"));
        event.payload = to_bytes(payload);
        event.order = recording.events.size();
        recording.events.push_back(std::move(event));
    }
    return recording;
}

Result<replay::Recording> read_events(int fd) {
    constexpr std::size_t step = 1 << 20;
    Bytes stream;
    std::size_t filled = 0;
    for (;;) {
        if (filled > event_stream_bytes_max) return fail(Errc::limit_exceeded, "events", filled);
        if (stream.size() < filled + step) stream.resize(std::max(2 * filled, filled + step));
        const auto got = ::read(fd, stream.data() + filled, step);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read events");
        if (got == 0) break;
        filled += static_cast<std::size_t>(got);
    }
    return decode_events(ByteView(stream).first(filled));
}

}  // namespace lucid::sessions::pictures
