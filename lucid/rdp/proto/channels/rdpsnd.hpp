// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sound of the host (MS-RDPEA 2.2) on the static channel "rdpsnd" or the dynamic channel
/// "AUDIO_PLAYBACK_DVC": a host's messages and a client's answers.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <vector>

namespace lucid::rdp::proto::channels {

/// msgType of RDPSND PDU Header (2.2.1).
enum class SoundType : std::uint8_t {
    close = 0x01,
    wave = 0x02,
    set_volume = 0x03,
    set_pitch = 0x04,
    wave_confirm = 0x05,
    training = 0x06,
    formats = 0x07,
    quality_mode = 0x0c,
    wave2 = 0x0d,
};

struct SoundMessage {
    SoundType type{};
    std::uint16_t body_size = 0;  ///< as sent: that of a wave counts the message behind it
    ByteView body;
};
Result<SoundMessage> decode_sound_message(ByteView message);

/// AUDIO_FORMAT (2.2.2.1.1).
struct SoundFormat {
    std::uint16_t tag = 0;
    std::uint16_t channels = 0;
    std::uint32_t samples_per_second = 0;
    std::uint32_t bytes_per_second = 0;
    std::uint16_t block_bytes = 0;
    std::uint16_t bits_per_sample = 0;
    Bytes extra;

    friend bool operator==(const SoundFormat&, const SoundFormat&) = default;
};
inline constexpr std::uint16_t sound_format_pcm = 1;
inline constexpr std::size_t sound_formats_max = 256;

/// Server Audio Formats and Version PDU (2.2.2.1).
struct SoundFormats {
    std::uint16_t version = 0;
    std::vector<SoundFormat> formats;
};
Result<SoundFormats> decode_sound_formats(const SoundMessage& message);
/// Client Audio Formats and Version PDU (2.2.2.2).
[[nodiscard]] Bytes encode_sound_formats(std::uint16_t version,
                                         const std::vector<SoundFormat>& formats);
/// Quality Mode PDU (2.2.2.3): high.
[[nodiscard]] Bytes encode_sound_quality();

struct SoundTraining {
    std::uint16_t time = 0;
    std::uint16_t pack_size = 0;
};
Result<SoundTraining> decode_sound_training(const SoundMessage& message);
[[nodiscard]] Bytes encode_sound_training_confirm(SoundTraining training);

/// Wave Info PDU (2.2.3.3), whose first four bytes of sound stand in it and whose rest is the next
/// channel message, or Wave2 PDU (2.2.3.10), which is whole.
struct SoundWave {
    std::uint16_t time = 0;
    std::uint16_t format = 0;
    std::uint8_t block = 0;
    ByteView data;
    std::size_t rest_bytes = 0;  ///< of the message that follows, its four padding bytes included
};
Result<SoundWave> decode_sound_wave(const SoundMessage& message);
[[nodiscard]] Bytes encode_sound_confirm(std::uint16_t time, std::uint8_t block);

}  // namespace lucid::rdp::proto::channels
