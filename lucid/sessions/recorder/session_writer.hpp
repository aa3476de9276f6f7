// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One recording on disk while it grows: events in, sealed segments in chunk files, and the
/// manifest at the end. Time is an argument (µs since session start); one thread. After the disk
/// failed once, every call gives that error: what is there is left to recovery.

#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/recorder/chunk_writer.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>

namespace lucid::sessions::recorder {

/// What a checkpoint says of a session.
struct TreeHead {
    std::uint64_t size = 0;
    Hash32 root = crypto::merkle_empty_root();
};

class SessionWriter {
  public:
    /// A segment closes after so long …
    static constexpr std::uint64_t segment_us_max = 500'000;
    /// … and is on disk so long after that at most.
    static constexpr std::uint64_t sync_us_max = 300'000;

    /// Makes the directory, envelope, start record and open receipt, all on disk when it returns.
    /// `skeleton` has everything but chunks, tree and end; its commitments are set here. The key is
    /// wiped by the sealer's owner going away.
    static Result<std::unique_ptr<SessionWriter>> create(const std::string& directory,
                                                         format::Manifest skeleton,
                                                         const crypto::Secret& session_key,
                                                         ByteView envelope,
                                                         const crypto::Ed25519Key& evidence_key);

    /// Queues an event; a full segment is sealed and appended at once.
    Result<void> add(format::EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
                     ByteView payload);
    /// Closes segments that are old enough and syncs what is due.
    Result<void> tick(std::uint64_t now_us);
    /// When tick() has something to do; nothing for an idle session.
    [[nodiscard]] std::optional<std::uint64_t> due_us() const;

    /// Seals what is left, writes tiles, close receipt, manifest. Gives the manifest.
    Result<format::Manifest> close(bool complete, const std::string& reason,
                                   std::uint64_t ended_at_us, std::uint64_t duration_us);

    /// As of the last sync: what survives power loss.
    [[nodiscard]] const TreeHead& synced() const { return synced_; }
    [[nodiscard]] std::uint64_t stored_bytes() const { return chunks_.stored_bytes(); }
    [[nodiscard]] const std::string& open_receipt() const { return open_receipt_; }

  private:
    struct OpenSegment {
        Writer events;
        std::uint64_t t_first_us = 0;
        std::uint64_t t_last_us = 0;
    };
    SessionWriter(std::string directory, format::Manifest skeleton,
                  const crypto::Secret& session_key, const crypto::Ed25519Key& evidence_key);
    Result<void> seal(format::EventClass event_class);
    Result<void> append_segment(ByteView segment, const format::SegmentHeader& header);
    Result<void> finish_chunk();
    Result<void> sync();
    void note_synced();
    /// Remembers a failure of the disk: a torn segment must stay the last thing in its chunk, and
    /// an fsync that failed says nothing when it is repeated.
    Result<void> disk(Result<void> result);

    std::string directory_;
    format::Manifest manifest_;
    const crypto::Ed25519Key& evidence_key_;
    format::SegmentSealer sealer_;
    std::array<OpenSegment, format::event_classes> open_;
    ChunkWriter chunks_;
    crypto::MerkleFrontier frontier_;
    TreeHead synced_;
    std::optional<std::uint64_t> dirty_since_us_;
    std::uint64_t now_us_ = 0;
    std::string open_receipt_;
    std::optional<Error> failed_;
};

/// The rest of a recording once its segments are on disk: tiles, close receipt, signed manifest;
/// start.json goes last. Shared with recovery.
Result<void> write_ending(const std::string& directory, const format::Manifest& manifest,
                          std::span<const Hash32> leaves, const crypto::Ed25519Key& evidence_key);

}  // namespace lucid::sessions::recorder
