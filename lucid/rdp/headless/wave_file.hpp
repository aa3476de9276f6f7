// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// PCM as a WAV file (RIFF). A file has one format: sound of another one after it is counted only.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <string>

namespace lucid::rdp::headless {

/// RIFF has 32-bit lengths.
inline constexpr std::uint64_t wave_bytes_max = 0xffff'0000;

struct WaveFormat {
    std::uint16_t channels = 0;
    std::uint32_t samples_per_second = 0;
    std::uint16_t bits_per_sample = 0;
    friend bool operator==(const WaveFormat&, const WaveFormat&) = default;
};

class WaveFile {
  public:
    /// The file is made at once, so that a path that cannot be written is told before login.
    static Result<WaveFile> create(const std::string& path);

    Result<void> start(const WaveFormat& format);
    Result<void> add(ByteView pcm);
    /// What was heard, whether it is in the file or not.
    [[nodiscard]] std::uint64_t heard_bytes() const { return heard_bytes_; }

  private:
    explicit WaveFile(core::net::Fd file) : file_(std::move(file)) {}
    Result<void> write_header();

    core::net::Fd file_;
    WaveFormat format_;
    bool has_format_ = false;
    bool is_other_format_ = false;
    std::uint64_t heard_bytes_ = 0;
    std::uint64_t kept_bytes_ = 0;
};

}  // namespace lucid::rdp::headless
