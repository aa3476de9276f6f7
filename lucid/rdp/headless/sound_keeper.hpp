// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sound of the host on its way into a WAV file: PCM as it is, compressed blocks decoded first. A
/// block that cannot be decoded is counted and left out.

#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/headless/wave_file.hpp>

namespace lucid::rdp::headless {

class SoundKeeper {
  public:
    /// `make`: none where nothing but PCM comes.
    SoundKeeper(WaveFile file, client::MakeSoundDecoder make)
        : file_(std::move(file)), make_(std::move(make)) {}

    /// Errors are the file's.
    Result<void> start(const client::SoundStarted& started);
    Result<void> add(ByteView block);

    [[nodiscard]] const WaveFile& file() const { return file_; }
    [[nodiscard]] std::uint64_t broken_blocks() const { return broken_blocks_; }
    /// The first of them.
    [[nodiscard]] const Error& why_broken() const { return why_broken_; }

  private:
    Result<void> write(const WaveFormat& format, ByteView pcm);
    void note_broken(const Error& error);

    WaveFile file_;
    client::MakeSoundDecoder make_;
    client::SoundStarted started_;
    /// Of the last compressed format: hosts go back and forth between it and PCM.
    std::unique_ptr<client::SoundDecoder> decoder_;
    proto::channels::SoundFormat decoder_format_;
    std::optional<WaveFormat> written_;
    std::uint64_t broken_blocks_ = 0;
    Error why_broken_{};
};

}  // namespace lucid::rdp::headless
