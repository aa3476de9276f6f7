// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Chunks: files of whole segments, named by their hash (evidence specification, Recording).
///
///   chunk   = "LCHK" ‖ u8 version ‖ session id ‖ u32 chunk no ‖ u64 first index ‖ segments ‖
///   trailer ‖ u32 trailer length trailer = for each segment: u32 offset ‖ u64 t_first ‖ u8 class

#include <lucid/sessions/format/segment.hpp>

#include <vector>

namespace lucid::sessions::format {

inline constexpr std::size_t chunk_header_bytes = 49;
/// A chunk is closed before it would grow beyond this.
inline constexpr std::size_t chunk_bytes_max = 8 * 1024 * 1024;
inline constexpr std::size_t trailer_entry_bytes = 13;

struct SegmentRef {
    std::size_t offset = 0;  ///< in the chunk
    std::size_t length = 0;  ///< header included
    SegmentHeader header;
};

struct Chunk {
    SessionId session_id;
    std::uint32_t number = 0;
    std::uint64_t first_index = 0;
    std::vector<SegmentRef> segments;
    /// Bytes up to the end of the last whole segment.
    std::size_t segments_end = 0;
};

[[nodiscard]] Bytes encode_chunk_header(const SessionId& id, std::uint32_t number,
                                        std::uint64_t first_index);
/// Trailer and its length, for segments written behind the header.
[[nodiscard]] Bytes encode_chunk_trailer(const std::vector<SegmentRef>& segments);

/// A closed chunk: every byte accounted for. The error's offset is where in the chunk.
Result<Chunk> decode_chunk(ByteView bytes);

/// An open chunk after a crash: everything up to the last whole segment; a torn end is left out.
Result<Chunk> scan_open_chunk(ByteView bytes);

}  // namespace lucid::sessions::format
