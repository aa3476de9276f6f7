// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/event_stream.hpp>

#include <algorithm>

#include "recordings.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::pictures {
namespace {

TEST(EventStream, carries_what_is_drawn_and_nothing_else) {
    auto recording = test::colour_recording(2);
    test::add_event(recording, format::kind_client_pdu, 5, Bytes{1, 2, 3});
    recording.events.push_back({format::EventClass::audit, format::kind_note, 6, Bytes{9}, 0});
    recording.events.push_back({format::EventClass::input, format::kind_key, 7, Bytes{9}, 0});
    Writer w;
    put_stream_head(w, recording.manifest.duration_us);
    std::vector<std::size_t> ends = {w.offset()};
    for (const auto& event : recording.events) {
        if (!is_drawn(event)) continue;
        put_stream_event(w, event);
        ends.push_back(w.offset());
    }
    const auto read = decode_events(w.view());
    ASSERT_TRUE(read) << read.error().message();
    EXPECT_EQ(read->manifest.duration_us, 2'000'000U);
    ASSERT_EQ(read->events.size(), recording.events.size() - 2);
    for (std::size_t i = 0; i < read->events.size(); ++i) {
        EXPECT_EQ(read->events[i].payload, recording.events[i].payload);
        EXPECT_EQ(read->events[i].time_us, recording.events[i].time_us);
    }
    for (std::size_t n = 0; n < w.view().size(); ++n)
        EXPECT_EQ(decode_events(w.view().first(n)).has_value(),
                  std::find(ends.begin(), ends.end(), n) != ends.end())
            << n;
}

TEST(EventStream, refuses_unknown_classes_and_long_payloads) {
    const auto stream = [](std::uint8_t event_class, std::size_t size) {
        Writer w;
        put_stream_head(w, 1);
        put_stream_event(w, {static_cast<format::EventClass>(event_class), 1, 0, Bytes(size), 0});
        return w.take();
    };
    EXPECT_TRUE(decode_events(stream(5, format::event_payload_bytes_max)));
    EXPECT_FALSE(decode_events(stream(5, format::event_payload_bytes_max + 1)));
    EXPECT_FALSE(decode_events(stream(6, 1)));
}

}  // namespace
}  // namespace lucid::sessions::pictures
