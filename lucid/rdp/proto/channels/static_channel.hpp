// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Static virtual channel chunks (MS-RDPBCGR 2.2.6.1): reassembly with a limit, and the way back.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <vector>

namespace lucid::rdp::proto::channels {

inline constexpr std::uint32_t channel_flag_first = 0x00000001;
inline constexpr std::uint32_t channel_flag_last = 0x00000002;
inline constexpr std::uint32_t channel_flag_show_protocol = 0x00000010;
inline constexpr std::uint32_t channel_packet_compressed = 0x00200000;
/// CHANNEL_CHUNK_LENGTH.
inline constexpr std::size_t chunk_bytes = 1600;

/// Collects the chunks of one channel and direction.
class Reassembler {
  public:
    explicit Reassembler(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}

    /// Takes the user data of one send-data PDU; gives the message once it is whole. The view is
    /// valid until the next call. Errc::unsupported for compressed chunks, which both sides were
    /// told not to send.
    Result<std::optional<ByteView>> add(ByteView chunk);

  private:
    std::size_t message_bytes_max_;
    Bytes message_;
    std::size_t total_ = 0;
    bool open_ = false;
};

/// User data of the send-data PDUs that carry `message`.
[[nodiscard]] std::vector<Bytes> encode_chunks(ByteView message, bool show_protocol);

}  // namespace lucid::rdp::proto::channels
