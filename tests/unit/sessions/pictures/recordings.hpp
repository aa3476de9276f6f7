// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Recordings made of drawing PDUs, without a recorder.

#include <lucid/sessions/replay/recording.hpp>

#include <tests/support/host_stream.hpp>

namespace lucid::test {

inline void add_event(sessions::replay::Recording& recording, std::uint8_t kind,
                      std::uint64_t time_us, Bytes payload) {
    const auto event_class = kind == sessions::format::kind_client_pdu
                                 ? sessions::format::EventClass::input
                                 : sessions::format::EventClass::screen;
    recording.events.push_back(
        {event_class, kind, time_us, std::move(payload), recording.events.size()});
}

/// The colour of the whole picture in second `n` of a colour_recording().
inline std::uint32_t colour_of_second(unsigned n) {
    return 0xff000000U | (n * 37 % 256) << 16 | (n * 91 % 256) << 8 | (n * 53 % 256);
}

/// A screen of 32 x 16 that changes its colour at every full second, `seconds` long.
inline sessions::replay::Recording colour_recording(unsigned seconds) {
    sessions::replay::Recording recording;
    recording.manifest.duration_us = seconds * std::uint64_t{1'000'000};
    add_event(recording, sessions::format::kind_connect_response, 0,
              connect_response({.channels = 1}));
    add_event(recording, sessions::format::kind_server_pdu, 0, demand_active(32, 16));
    for (unsigned n = 0; n < seconds; ++n)
        add_event(recording, sessions::format::kind_server_pdu, n * std::uint64_t{1'000'000},
                  fast_path_update(1, solid_bitmap(0, 0, 32, 16, colour_of_second(n))));
    return recording;
}

}  // namespace lucid::test
