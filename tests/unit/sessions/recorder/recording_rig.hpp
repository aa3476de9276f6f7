// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the tests of this folder share: a sessions folder that goes away, one recording's keys, and
/// the verifier's opinion of it.

#include <lucid/common/crypto/age.hpp>
#include <lucid/sessions/format/verify.hpp>
#include <lucid/sessions/recorder/session_writer.hpp>

#include <string>

namespace lucid::sessions::recorder::test {

class RecordingRig {
  public:
    RecordingRig();
    ~RecordingRig();
    RecordingRig(const RecordingRig&) = delete;
    RecordingRig& operator=(const RecordingRig&) = delete;

    /// Folder that holds recordings.
    [[nodiscard]] std::string sessions() const { return root_; }
    [[nodiscard]] std::string directory() const { return root_ + "/" + id.hex(); }
    [[nodiscard]] std::string chunk_folder() const { return directory() + "/chunks"; }
    /// What a recording begins with.
    [[nodiscard]] format::Manifest skeleton() const;
    /// The recording's writer; once per rig.
    Result<std::unique_ptr<SessionWriter>> create() { return create(skeleton()); }
    Result<std::unique_ptr<SessionWriter>> create(const format::Manifest& skeleton);
    /// Opened with the owner's identity, not anchored.
    [[nodiscard]] format::VerifyReport verify() const;
    /// Time of the last event that the recording holds.
    [[nodiscard]] std::uint64_t last_event_us() const;

    SessionId id;
    crypto::Ed25519Key evidence_key;
    crypto::age::Identity owner;

  private:
    std::string root_;
};

/// Bytes that do not compress, always the same for one seed.
Bytes noise(std::size_t count, std::uint64_t seed);

}  // namespace lucid::sessions::recorder::test
