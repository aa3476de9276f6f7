// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Events: what a recording consists of (evidence specification, Recording; kinds in
/// docs/design/processes.md).
///
///   event = u8 kind ‖ varint Δt µs ‖ varint length ‖ payload        Δt from the event before in
///   its segment

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>

namespace lucid::sessions::format {

/// Classes have keys of their own.
enum class EventClass : std::uint8_t {
    screen = 0,
    input = 1,
    channels = 2,
    audio = 3,
    audit = 4,
    index = 5,
};
inline constexpr std::size_t event_classes = 6;

inline constexpr std::uint8_t kind_server_pdu = 1;
inline constexpr std::uint8_t kind_connect_response = 2;
inline constexpr std::uint8_t kind_client_pdu = 16;
inline constexpr std::uint8_t kind_key = 17;
inline constexpr std::uint8_t kind_server_channel = 32;
inline constexpr std::uint8_t kind_client_channel = 33;
inline constexpr std::uint8_t kind_transfer = 34;
inline constexpr std::uint8_t kind_printed = 35;
inline constexpr std::uint8_t kind_server_audio = 48;
inline constexpr std::uint8_t kind_client_audio = 49;
inline constexpr std::uint8_t kind_note = 64;
inline constexpr std::uint8_t kind_end = 255;

/// Largest payload of one event: a whole PDU has at most 64 KiB.
inline constexpr std::size_t event_payload_bytes_max = 128 * 1024;

struct Event {
    std::uint8_t kind = 0;
    std::uint64_t time_us = 0;  ///< since the session's start
    ByteView payload;
};

void put_event(Writer& w, std::uint8_t kind, std::uint64_t delta_us, ByteView payload);

/// Walks the events of one opened segment.
class EventReader {
  public:
    EventReader(ByteView events, std::uint64_t t_first_us) : r_(events), time_us_(t_first_us) {}
    [[nodiscard]] bool empty() const { return r_.empty(); }
    [[nodiscard]] std::size_t offset() const { return r_.offset(); }
    Result<Event> next();

  private:
    Reader r_;
    std::uint64_t time_us_;
};

}  // namespace lucid::sessions::format
