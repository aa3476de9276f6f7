// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/random.hpp>

#include <tests/support/host_stream.hpp>

namespace lucid::bench {

namespace test = rdp::gateway::test;

namespace {

/// Each PDU draws one of these, as pixels that are not compressed: an indexer draws it, too.
constexpr std::uint16_t tile_width = 64;
constexpr std::uint16_t tile_height = 63;
constexpr std::size_t tile_bytes = 4U * tile_width * tile_height;
constexpr std::uint16_t screen_width = 1280;
constexpr std::uint16_t screen_height = 720;
/// The first pixels: frame u32 | PDUs left u16 | due u64, ns of the steady clock
constexpr std::size_t mark_bytes = 4 + 2 + 8;
/// Fast-path header, update header, bitmap update with one rectangle (MS-RDPBCGR 2.2.9.1.2.1.2).
constexpr std::size_t header_bytes = 3 + 3 + 4 + 18;
constexpr std::uint8_t slow_path = 3;

std::uint64_t frames_in(const Show& show) {
    return static_cast<std::uint64_t>(std::chrono::microseconds(show.length) /
                                      show.workload.interval);
}

/// Codec output does not compress.
const Bytes& noise() {
    static const Bytes bytes = [] {
        Bytes all;
        while (all.size() < 4 * tile_bytes) append(all, crypto::random_array<4096>());
        return all;
    }();
    return bytes;
}

/// A rectangle of noise that begins with the mark, at the place whose turn it is.
Bytes tile_of(std::uint32_t number, std::size_t left, Clock::time_point due) {
    constexpr std::uint32_t columns = screen_width / tile_width;
    constexpr std::uint32_t rows = screen_height / tile_height;
    const auto place = (number * 7U + static_cast<std::uint32_t>(left)) % (columns * rows);
    const auto x = static_cast<std::uint16_t>(place % columns * tile_width);
    const auto y = static_cast<std::uint16_t>(place / columns * tile_height);
    Writer w;
    w.u16_le(1).u16_le(1).u16_le(x).u16_le(y);
    w.u16_le(static_cast<std::uint16_t>(x + tile_width - 1));
    w.u16_le(static_cast<std::uint16_t>(y + tile_height - 1));
    w.u16_le(tile_width).u16_le(tile_height).u16_le(32).u16_le(0);
    w.u16_le(static_cast<std::uint16_t>(tile_bytes));
    w.u32_le(number).u16_le(static_cast<std::uint16_t>(left));
    w.u64_le(static_cast<std::uint64_t>(due.time_since_epoch().count()));
    const auto start = (number * 977U + left * 131U) % tile_bytes;
    w.bytes(ByteView(noise()).subspan(start, tile_bytes - mark_bytes));
    return lucid::test::fast_path_update(1, w.view());
}

Bytes frame_of(const Show& show, std::uint32_t number, Clock::time_point due) {
    Bytes out;
    for (auto left = (show.workload.frame_bytes + tile_bytes / 2) / tile_bytes; left-- > 0;)
        append(out, tile_of(number, left, due));
    return out;
}

}  // namespace

void Curtain::open() {
    const std::lock_guard lock(mutex_);
    opened_ = Clock::now();
    changed_.notify_all();
}

void Curtain::close() {
    const std::lock_guard lock(mutex_);
    opened_.reset();
}

Clock::time_point Curtain::wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return opened_.has_value(); });
    return *opened_;
}

test::ScriptedHost::Answer showing(const std::vector<Show>& shows, Curtain& curtain) {
    return [&](test::Wire& wire, ByteView pdu) -> Result<void> {
        const auto& show = shows.at(pdu[3]);
        LUCID_CHECK(wire.send(lucid::test::demand_active(screen_width, screen_height)));
        auto due = curtain.wait() + show.offset;
        for (std::uint32_t number = 0; number < frames_in(show); ++number) {
            std::this_thread::sleep_until(due);
            LUCID_CHECK(wire.send(frame_of(show, number, due)));
            due += show.workload.interval;
        }
        return {};
    };
}

Seen watch(test::ScriptedClient& client, const Show& show) {
    Seen seen;
    std::uint32_t expected = 0;
    bool whole = true;
    for (const auto frames = frames_in(show); !seen.broken && expected < frames;) {
        const auto pdu = client.wire().pdu();
        if (!pdu) {
            seen.broken = true;
            break;
        }
        if (pdu->front() == slow_path) continue;
        seen.bytes += pdu->size();
        Reader r(ByteView(*pdu).subspan(header_bytes));
        const auto number = r.u32_le("frame");
        const auto left = r.u16_le("PDUs left");
        const auto due_ns = r.u64_le("due");
        whole = whole && number && *number == expected;
        if (!left || *left != 0) continue;
        const Clock::time_point due{Clock::duration(static_cast<std::int64_t>(due_ns.value_or(0)))};
        const std::chrono::duration<double, std::milli> late = Clock::now() - due;
        seen.late_ms.push_back(late.count());
        (whole ? seen.frames : seen.missing) += 1;
        expected = number.value_or(expected) + 1;
        whole = true;
    }
    seen.missing += frames_in(show) - seen.frames - seen.missing;
    return seen;
}

}  // namespace lucid::bench
