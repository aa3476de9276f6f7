// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/core/runtime/sanitized.hpp>

#include <algorithm>

#include "misbehaviour.hpp"

namespace lucid::hostile {

Script says(Bytes bytes) {
    return [bytes = std::move(bytes)](Party& party) { return party.wire().send(bytes); };
}

Script says_raw(Bytes bytes) {
    return [bytes = std::move(bytes)](Party& party) { return party.send_raw(bytes); };
}

Script repeats(Bytes bytes, std::size_t count) {
    // A sanitizer's flood is slower, and finds what it finds earlier.
    constexpr std::size_t share = core::runtime::sanitized ? 8 : 1;
    return [bytes = std::move(bytes), count = count / share](Party& party) -> Result<void> {
        constexpr std::size_t batch_bytes = 64 * 1024;
        Bytes batch;
        for (std::size_t i = 0; i < count; ++i) {
            append(batch, bytes);
            if (batch.size() < batch_bytes && i + 1 < count) continue;
            LUCID_CHECK(party.wire().send(batch));
            batch.clear();
        }
        return {};
    };
}

Script floods_for(std::chrono::milliseconds time, Bytes bytes) {
    return [time, bytes = std::move(bytes)](Party& party) -> Result<void> {
        constexpr std::size_t unsent_max = 1 << 20;
        const auto end = std::chrono::steady_clock::now() + time;
        auto& leg = party.wire().leg();
        while (std::chrono::steady_clock::now() < end) {
            while (leg.pending_out_bytes() < unsent_max) LUCID_CHECK(leg.write(bytes));
            LUCID_CHECK(leg.flush());
            if (leg.pending_out_bytes() >= unsent_max)
                std::this_thread::sleep_for(std::chrono::milliseconds(1));
        }
        return {};
    };
}

Script stays_silent() {
    return [](Party&) { return Result<void>(); };
}

Script closes() {
    return [](Party& party) {
        party.close();
        return Result<void>();
    };
}

Script resets() {
    return [](Party& party) {
        party.reset();
        return Result<void>();
    };
}

Script in_order(Script first, Script second) {
    return [first = std::move(first), second = std::move(second)](Party& party) -> Result<void> {
        LUCID_CHECK(first(party));
        return second(party);
    };
}

Bytes recut(Bytes packet, std::size_t length) {
    packet.resize(length);
    packet[2] = static_cast<std::uint8_t>(length >> 8);
    packet[3] = static_cast<std::uint8_t>(length);
    return packet;
}

Bytes damaged(Bytes packet, std::size_t offset, std::uint8_t value) {
    packet.at(offset) = value;
    return packet;
}

Bytes damaged_behind(Bytes packet, ByteView mark, std::size_t distance, ByteView replacement) {
    const auto at = std::search(packet.begin(), packet.end(), mark.begin(), mark.end());
    LUCID_ASSERT(at != packet.end());
    const auto offset = static_cast<std::size_t>(at - packet.begin()) + mark.size() + distance;
    LUCID_ASSERT(offset + replacement.size() <= packet.size());
    std::copy(replacement.begin(), replacement.end(),
              packet.begin() + static_cast<std::ptrdiff_t>(offset));
    return packet;
}

const std::vector<Misbehaviour>& misbehaviours() {
    static const std::vector<Misbehaviour> all = [] {
        std::vector<Misbehaviour> rows;
        for (const auto& table :
             {x224_rows, tls_rows, credssp_rows, connect_rows, login_rows, input_rows, channel_rows,
              host_login_rows, host_connect_rows, host_output_rows, host_channel_rows, stop_rows})
            for (auto& row : table()) rows.push_back(std::move(row));
        return rows;
    }();
    return all;
}

}  // namespace lucid::hostile
