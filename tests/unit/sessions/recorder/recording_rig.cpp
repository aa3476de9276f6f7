// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "recording_rig.hpp"

#include <lucid/common/crypto/random.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <filesystem>
#include <random>
#include <stdlib.h>

#include <gtest/gtest.h>

namespace lucid::sessions::recorder::test {
namespace {

std::string make_root() {
    std::string path = ::testing::TempDir() + "lucid-recorder-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
}

}  // namespace

RecordingRig::RecordingRig()
    : id{crypto::random_array<32>()},
      evidence_key(crypto::Secret::copy_of(crypto::random_array<32>())),
      owner(crypto::age::Identity::generate()),
      root_(make_root()) {}

RecordingRig::~RecordingRig() {
    std::error_code ignored;
    std::filesystem::remove_all(root_, ignored);
}

format::Manifest RecordingRig::skeleton() const {
    format::Manifest skeleton;
    skeleton.session_id = id;
    skeleton.host = "desk";
    skeleton.started_at_us = 1'700'000'000'000'000;
    skeleton.ended_at_us = skeleton.started_at_us;
    skeleton.recorder = "test";
    return skeleton;
}

Result<std::unique_ptr<SessionWriter>> RecordingRig::create(const format::Manifest& skeleton) {
    const auto key = crypto::Secret::copy_of(crypto::random_array<32>());
    const std::array<crypto::age::Recipient, 1> to = {owner.recipient()};
    LUCID_TRY(const auto envelope, format::seal_session_envelope(id, key, to));
    return SessionWriter::create(directory(), skeleton, key, envelope, evidence_key);
}

format::VerifyReport RecordingRig::verify() const {
    replay::DirectoryBundle source(directory());
    format::VerifyOptions options;
    options.identity = &owner;
    options.allow_unanchored = true;
    return format::verify(source, options);
}

std::uint64_t RecordingRig::last_event_us() const {
    replay::DirectoryBundle source(directory());
    const auto recording = replay::open_recording(source, owner);
    return recording && !recording->events.empty() ? recording->events.back().time_us : 0;
}

Bytes noise(std::size_t count, std::uint64_t seed) {
    std::mt19937_64 generator(seed);
    Bytes bytes(count);
    for (auto& byte : bytes) byte = static_cast<std::uint8_t>(generator());
    return bytes;
}

}  // namespace lucid::sessions::recorder::test
