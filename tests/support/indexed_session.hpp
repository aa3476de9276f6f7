// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A recording with its index on disk, made in virtual time by the code that makes real ones, but
/// without processes and pipes.

#include <lucid/common/crypto/age.hpp>
#include <lucid/sessions/pictures/indexer.hpp>
#include <lucid/sessions/recorder/index_writer.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <string>

namespace lucid::test {

class IndexedSession {
  public:
    /// In a folder of its own below `root`.
    explicit IndexedSession(const std::string& root,
                            sessions::pictures::IndexerOptions options = {});

    /// Times never go back. The first error stays.
    void event(sessions::format::EventClass event_class, std::uint8_t kind, std::uint64_t time_us,
               ByteView payload);
    /// Seals both.
    Result<void> finish(std::uint64_t duration_us);

    [[nodiscard]] const std::string& directory() const { return directory_; }
    [[nodiscard]] const crypto::age::Identity& owner() const { return owner_; }
    [[nodiscard]] std::uint64_t recorded_bytes() const { return writer_->stored_bytes(); }
    [[nodiscard]] std::uint64_t index_bytes() const { return index_bytes_; }
    [[nodiscard]] std::uint64_t keyframes() const { return indexer_.keyframes(); }
    /// Processor time of the indexer.
    [[nodiscard]] double indexer_seconds() const { return indexer_seconds_; }

  private:
    Result<void> take_index();

    crypto::age::Identity owner_;
    crypto::Ed25519Key evidence_key_;
    std::string directory_;
    std::unique_ptr<sessions::recorder::SessionWriter> writer_;
    std::unique_ptr<sessions::recorder::IndexWriter> index_;
    sessions::pictures::Indexer indexer_;
    std::uint64_t index_bytes_ = 0;
    double indexer_seconds_ = 0;
    Result<void> result_;
};

/// A screen that is black or painted at any moment: what a player shows.
Bytes picture_at(const std::string& directory, const crypto::age::Identity& owner,
                 std::uint64_t at_us, bool use_index);

}  // namespace lucid::test
