// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// From chunks of the static channel "drdynvc" to messages of the graphics channel, with a state
/// that can be saved (proto::channels::Reassembler serves a relay, whose state cannot).

#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>

namespace lucid::rdp::picture {

/// One message of the static channel: a DVC PDU has at most 1600 bytes by MS-RDPEDYC 3.1.5.2.
inline constexpr std::size_t dynamic_pdu_bytes_max = 64 * 1024;
/// One message of the graphics channel; hosts send a picture in one.
inline constexpr std::size_t graphics_message_bytes_max = std::size_t{64} << 20;

class DynamicChannel {
  public:
    enum class Event : std::uint8_t { nothing, opened, closed, message };

    /// User data of one send-data PDU. After Event::message, message() is it until the next call.
    Result<Event> chunk(ByteView user_data);
    [[nodiscard]] ByteView message() const { return message_; }
    [[nodiscard]] std::optional<std::uint32_t> graphics_channel() const { return graphics_; }
    void reset();

    void save(Writer& w) const;
    Result<void> restore(Reader& r);

  private:
    Result<Event> pdu(ByteView message);
    Result<Event> add(ByteView data);

    Bytes pdu_;  ///< of the static channel, until its last chunk
    std::size_t pdu_total_ = 0;
    bool pdu_open_ = false;
    std::optional<std::uint32_t> graphics_;
    Bytes parts_;  ///< of the graphics message
    std::size_t total_ = 0;
    bool open_ = false;
    Bytes message_;
};

}  // namespace lucid::rdp::picture
