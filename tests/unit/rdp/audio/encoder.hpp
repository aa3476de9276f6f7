// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blocks of sound by FFmpeg's encoders, as a host would send them.

#include <lucid/common/bytes/bytes.hpp>

#include <vector>

namespace lucid::test {

struct EncodedSound {
    Bytes config;  ///< extradata of the encoder
    std::vector<Bytes> blocks;
};

/// A tone of 440 Hz in one packet after another; "libopus" or "aac". Empty: FFmpeg has no such
/// encoder.
EncodedSound encode_tone(const char* encoder, int samples_per_second, int channels, int packets);

}  // namespace lucid::test
