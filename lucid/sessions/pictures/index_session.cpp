// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/sessions/pictures/index_session.hpp>

#include <cerrno>
#include <sys/socket.h>

namespace lucid::sessions::pictures {
namespace {

constexpr std::size_t read_bytes = 256 * 1024;
constexpr std::size_t frame_body_bytes_min = 10;
constexpr std::size_t frame_body_bytes_max = frame_body_bytes_min + format::event_payload_bytes_max;

Result<void> send_all(int socket, ByteView bytes) {
    while (!bytes.empty()) {
        const auto done = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return fail(Errc::peer_closed, "recorder");
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

/// Takes whole frames off the front; gives how many bytes they had.
Result<std::size_t> take_frames(ByteView buffer, Indexer& indexer) {
    std::size_t done = 0;
    for (;;) {
        Reader r(buffer.subspan(done));
        if (r.remaining() < sizeof(std::uint32_t)) return done;
        LUCID_TRY(const auto length, r.u32_le("frame length"));
        if (length < frame_body_bytes_min || length > frame_body_bytes_max)
            return fail(Errc::bad_length, "frame length", length);
        if (r.remaining() < length) return done;
        LUCID_TRY(const auto event_class, r.u8("event class"));
        LUCID_TRY(const auto kind, r.u8("event kind"));
        LUCID_TRY(const auto time_us, r.u64_le("event time"));
        LUCID_TRY(const auto payload, r.take(length - frame_body_bytes_min, "event payload"));
        done += sizeof(std::uint32_t) + length;
        if (event_class >= format::event_classes)
            return fail(Errc::bad_value, "event class", event_class);
        if (static_cast<format::EventClass>(event_class) != format::EventClass::index) {
            indexer.event(static_cast<format::EventClass>(event_class), kind, time_us, payload);
        } else if (kind == format::kind_index_stored) {
            Reader stored(payload);
            LUCID_TRY(const auto bytes, stored.u64_le("bytes stored"));
            indexer.stored(bytes);
        }
    }
}

}  // namespace

Result<void> index_session(int socket, IndexerOptions options) {
    Indexer indexer(std::move(options));
    Bytes buffer;
    for (;;) {
        const auto before = buffer.size();
        buffer.resize(before + read_bytes);
        const auto got = ::recv(socket, buffer.data() + before, read_bytes, 0);
        if (got < 0 && errno == EINTR) {
            buffer.resize(before);
            continue;
        }
        if (got < 0) return fail_errno(errno, "events of the session");
        buffer.resize(before + static_cast<std::size_t>(got));
        if (got == 0) break;
        LUCID_TRY(const auto done, take_frames(buffer, indexer));
        buffer.erase(buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(done));
        LUCID_CHECK(send_all(socket, indexer.take_output()));
    }
    indexer.finish();
    Writer last;
    last.bytes(indexer.take_output());
    last.u32_le(frame_body_bytes_min);
    last.u8(static_cast<std::uint8_t>(format::EventClass::index)).u8(format::kind_index_done);
    last.u64_le(0);
    return send_all(socket, last.view());
}

}  // namespace lucid::sessions::pictures
