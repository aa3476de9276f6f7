// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sealed segments into chunk files, for a recording and for its index (docs of the format:
/// sessions/format, `chunk.hpp`). A chunk that grows is `open.lchk`; a whole one is named by its
/// hash. One thread. After an error the caller stops: a torn segment must stay the last thing in
/// its chunk.

#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/manifest.hpp>

#include <string>
#include <vector>

namespace lucid::sessions::recorder {

class ChunkWriter {
  public:
    /// `folder` exists.
    ChunkWriter(std::string folder, const SessionId& id) : folder_(std::move(folder)), id_(id) {}

    /// False when the open chunk has no room for it: finish() first.
    [[nodiscard]] bool has_room_for(ByteView segment) const;
    /// Begins a chunk where none is open.
    Result<void> append(ByteView segment, const format::SegmentHeader& header);
    /// What was appended is on disk afterwards.
    Result<void> sync();
    /// Ends the open chunk and gives it its name, on disk; nothing when none is open.
    Result<void> finish();

    /// Of the finished ones, for the manifest.
    [[nodiscard]] const std::vector<format::ManifestChunk>& chunks() const { return chunks_; }
    /// Of all segments, in order.
    [[nodiscard]] const std::vector<Hash32>& leaves() const { return leaves_; }
    /// Bytes of all segments.
    [[nodiscard]] std::uint64_t stored_bytes() const { return stored_bytes_; }

  private:
    Result<void> open();

    std::string folder_;
    SessionId id_;
    core::net::Fd file_;
    std::vector<format::SegmentRef> segments_;  ///< of the open chunk
    std::size_t size_ = 0;
    crypto::Sha256 hash_;
    std::vector<format::ManifestChunk> chunks_;
    std::vector<Hash32> leaves_;
    std::uint64_t stored_bytes_ = 0;
};

}  // namespace lucid::sessions::recorder
