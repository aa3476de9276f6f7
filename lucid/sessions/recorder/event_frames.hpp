// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Frames of the event pipe (docs/design/processes.md, relay → recorder).

#include <lucid/sessions/format/event.hpp>

#include <optional>
#include <string>

namespace lucid::sessions::recorder {

/// u32 LE length ‖ u8 class ‖ u8 kind ‖ u64 LE time µs ‖ payload; length counts what follows it.
inline constexpr std::size_t frame_head_bytes = 14;
inline constexpr std::size_t frame_body_bytes_max = 10 + format::event_payload_bytes_max;

struct EventFrame {
    format::EventClass event_class{};
    std::uint8_t kind = 0;
    std::uint64_t time_us = 0;
    ByteView payload;
    std::size_t length = 0;  ///< of the whole frame
};

/// The frame at the front of `stream`, or nothing while it is not whole. The relay parses hostile
/// bytes: what it sends is checked like a peer's.
Result<std::optional<EventFrame>> peek_frame(ByteView stream);

struct Ending {
    bool complete = false;
    std::string reason;
};
/// Payload of the `end` event.
Result<Ending> decode_ending(ByteView payload);

}  // namespace lucid::sessions::recorder
