// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Segments: sealed groups of events of one class, the leaves of a session's tree (evidence
/// specification, Recording).
///
///   segment = header ‖ body
///   header  = "LSEG" ‖ u8 version=1 ‖ u8 class ‖ u16 flags=0 ‖ u64 index ‖ u64 t_first ‖ u64
///   t_last
///             ‖ u32 body length ‖ 32 B segment key id
///   body    = AEAD(segment key, nonce 0, AAD = session id ‖ header ‖ previous leaf, one zstd
///   frame)

#include <lucid/sessions/format/keys.hpp>

#include <memory>

namespace lucid::sessions::format {

inline constexpr std::size_t segment_header_bytes = 68;
/// Events of one segment before compression.
inline constexpr std::size_t segment_events_bytes_max = 256 * 1024;
/// Body of a segment whose events do not compress at all.
inline constexpr std::size_t segment_body_bytes_max = segment_events_bytes_max + 2048;

struct SegmentHeader {
    EventClass event_class{};
    std::uint64_t index = 0;
    std::uint64_t t_first_us = 0;
    std::uint64_t t_last_us = 0;
    std::uint32_t body_length = 0;
    Hash32 key_id{};
};

Result<SegmentHeader> decode_segment_header(ByteView bytes);
[[nodiscard]] Bytes encode_segment_header(const SegmentHeader& header);

/// H(0x00 ‖ segment).
[[nodiscard]] Hash32 segment_leaf(ByteView segment);

/// Compresses and seals; keeps compression state and class keys, so one per session. Not
/// thread-safe.
class SegmentSealer {
  public:
    SegmentSealer(const SessionId& id, const crypto::Secret& session_key);
    ~SegmentSealer();
    SegmentSealer(SegmentSealer&&) noexcept;
    SegmentSealer& operator=(SegmentSealer&&) noexcept;

    /// `events` has at most segment_events_bytes_max bytes. An (class, index) must be sealed once
    /// only.
    [[nodiscard]] Bytes seal(EventClass event_class, std::uint64_t index, std::uint64_t t_first_us,
                             std::uint64_t t_last_us, ByteView events, const Hash32& previous_leaf);

  private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

/// Opens a whole segment with its class key; gives the events.
/// Errc::bad_mac when key, order or bytes do not fit.
Result<Bytes> open_segment(ByteView segment, const SessionId& id, const crypto::Secret& class_key,
                           const Hash32& previous_leaf);

}  // namespace lucid::sessions::format
