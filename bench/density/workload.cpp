// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "workload.hpp"

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/random.hpp>

#include "mcs_script.hpp"

namespace lucid::bench {

namespace test = rdp::gateway::test;

namespace {

constexpr std::size_t pdu_bytes = 16 * 1024;
/// frame u32 | PDUs left u16 | due u64, ns of the steady clock
constexpr std::size_t mark_bytes = 4 + 2 + 8;
constexpr std::size_t header_bytes = 3;

std::uint64_t frames_in(const Show& show) {
    return static_cast<std::uint64_t>(std::chrono::microseconds(show.length) /
                                      show.workload.interval);
}

/// Codec output does not compress.
const Bytes& noise() {
    static const Bytes bytes = [] {
        Bytes all;
        while (all.size() < 4 * pdu_bytes) append(all, crypto::random_array<4096>());
        return all;
    }();
    return bytes;
}

Bytes frame_of(const Show& show, std::uint32_t number, Clock::time_point due) {
    Bytes out;
    const auto pdus = (show.workload.frame_bytes + pdu_bytes - 1) / pdu_bytes;
    const auto each = show.workload.frame_bytes / pdus;
    for (std::size_t left = pdus; left-- > 0;) {
        Writer w;
        w.u32_le(number).u16_le(static_cast<std::uint16_t>(left));
        w.u64_le(static_cast<std::uint64_t>(due.time_since_epoch().count()));
        const auto start = (number * 977U + left * 131U) % pdu_bytes;
        w.bytes(ByteView(noise()).subspan(start, each - mark_bytes - header_bytes));
        append(out, test::screen_output(w.view()));
    }
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
