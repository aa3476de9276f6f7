// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The index of one session on disk: events of class 5 sealed into segments of their own tree, in a
/// folder beside the recordings (`sessions/.index/<id>`) that becomes `index/` in the recording
/// once it is whole. What a crash leaves there is thrown away: an index can be missing.

#include <lucid/sessions/format/index.hpp>
#include <lucid/sessions/format/index_manifest.hpp>
#include <lucid/sessions/recorder/chunk_writer.hpp>

#include <memory>
#include <optional>
#include <string>

namespace lucid::sessions::recorder {

class IndexWriter {
  public:
    /// A segment closes with so many bytes: what a seek reads at least of each place.
    static constexpr std::size_t segment_bytes = 32 * 1024;
    /// An index may have so much of the recording's size at most, and this much anyhow; a process
    /// that sends more is not trusted any further.
    static constexpr std::uint64_t share_permille_max = 100;
    static constexpr std::uint64_t bytes_anyhow = 1 << 20;

    /// `recording` is the folder of the recording.
    static Result<std::unique_ptr<IndexWriter>> create(const std::string& recording,
                                                       const SessionId& id,
                                                       const crypto::Secret& session_key);
    /// Removes what was written unless finish() succeeded.
    ~IndexWriter();
    IndexWriter(const IndexWriter&) = delete;
    IndexWriter& operator=(const IndexWriter&) = delete;

    /// An event of the indexer; it is checked like a stranger's. `recorded` bytes are stored by
    /// now.
    Result<void> add(std::uint8_t kind, std::uint64_t time_us, ByteView payload,
                     std::uint64_t recorded);
    /// Seals what is left and puts the index into the sealed recording.
    Result<void> finish(const format::Manifest& manifest, const crypto::Ed25519Key& evidence_key);
    [[nodiscard]] std::uint64_t stored_bytes() const { return chunks_.stored_bytes(); }

  private:
    IndexWriter(std::string recording, std::string folder, const SessionId& id,
                const crypto::Secret& session_key);
    Result<void> note(std::uint8_t kind, std::uint64_t time_us, ByteView payload);
    static Result<void> note_part(ByteView payload, std::vector<std::uint64_t>& times,
                                  std::optional<std::uint64_t>& last);
    Result<void> seal();

    std::string recording_;
    std::string folder_;
    format::IndexManifest manifest_;
    format::SegmentSealer sealer_;
    ChunkWriter chunks_;
    Writer events_;
    std::uint64_t t_first_us_ = 0;
    std::uint64_t t_last_us_ = 0;
    format::IndexMap map_;
    format::IndexMap::Segment open_;
    std::uint32_t next_page_ = 0;
    std::optional<std::uint64_t> last_history_us_;
    std::optional<std::uint64_t> last_spans_us_;
    bool finished_ = false;
};

/// Throws away what earlier runs left; at start-up, per `sessions` folder.
void remove_unfinished_indexes(const std::string& sessions_directory);

}  // namespace lucid::sessions::recorder
