// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Static virtual channel chunks (MS-RDPBCGR 2.2.6.1): reassembly with a limit, and the way back.

#include <lucid/common/crypto/hash.hpp>
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

/// What is left of a message that was longer than its Reassembler takes.
struct OversizedMessage {
    Bytes header;                 ///< its first bytes, as many as the Reassembler was told to keep
    std::size_t total_bytes = 0;  ///< of the whole message
    Hash32 body_sha256{};         ///< of everything behind the header
};

/// Collects the chunks of one channel and direction.
class Reassembler {
  public:
    /// Longer messages are Errc::limit_exceeded.
    explicit Reassembler(std::size_t message_bytes_max) : message_bytes_max_(message_bytes_max) {}
    /// Longer messages are hashed, not stored, and come out of take_oversized().
    Reassembler(std::size_t message_bytes_max, std::size_t oversized_header_bytes)
        : message_bytes_max_(message_bytes_max),
          header_bytes_(oversized_header_bytes),
          skips_oversized_(true) {}

    /// Takes the user data of one send-data PDU; gives the message once it is whole. The view is
    /// valid until the next call. Errc::unsupported for compressed chunks, which both sides were
    /// told not to send.
    Result<std::optional<ByteView>> add(ByteView chunk);
    /// After each add(): the oversized message whose last chunk it was.
    [[nodiscard]] std::optional<OversizedMessage> take_oversized();

  private:
    void add_oversized(ByteView part);

    std::size_t message_bytes_max_;
    std::size_t header_bytes_ = 0;
    bool skips_oversized_ = false;
    Bytes message_;
    std::size_t total_ = 0;
    std::size_t received_ = 0;
    bool open_ = false;
    std::optional<crypto::Sha256> hash_;
    std::optional<OversizedMessage> oversized_;
};

/// User data of the send-data PDUs that carry `message`.
[[nodiscard]] std::vector<Bytes> encode_chunks(ByteView message, bool show_protocol);

}  // namespace lucid::rdp::proto::channels
