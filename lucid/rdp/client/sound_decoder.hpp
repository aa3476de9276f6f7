// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Compressed sound: which formats there are, and who makes PCM of their blocks. The decoder itself
/// is not here: natively it is rdp/audio.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/rdp/proto/channels/rdpsnd.hpp>

#include <functional>
#include <memory>
#include <optional>

namespace lucid::rdp::client {

enum class SoundCodec : std::uint8_t { pcm, opus, aac };

/// Of a compressed block, and of what it becomes.
inline constexpr std::size_t sound_block_bytes_max = std::size_t{64} << 10;
inline constexpr std::size_t sound_pcm_bytes_max = std::size_t{1} << 20;
/// Of compressed formats.
inline constexpr std::uint16_t sound_channels_max = 2;

/// Nothing: a format that is not offered. PCM of any kind; Opus (tags 0x704f, and 0x0069 as xrdp
/// says it) and AAC-LC (0xa106, raw blocks or ADTS) of one or two channels.
[[nodiscard]] std::optional<SoundCodec> sound_codec_of(const proto::channels::SoundFormat& format);

/// AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1) of an AAC format: what its HEAACWAVEINFO ends
/// with, or else by rate and channels. Empty for ADTS, whose frames say it.
[[nodiscard]] Bytes aac_config_of(const proto::channels::SoundFormat& format);

/// Samples of 16 bits, channels alternating.
struct Pcm {
    std::uint16_t channels = 0;
    std::uint32_t samples_per_second = 0;
    Bytes samples;
};

class SoundDecoder {
  public:
    virtual ~SoundDecoder() = default;
    /// A block as it came; maybe of no samples yet. An error concerns this block only.
    /// Errc::limit_exceeded: more than sound_block_bytes_max, or it became more than
    /// sound_pcm_bytes_max; Errc::bad_value: it is broken.
    virtual Result<Pcm> decode(ByteView block) = 0;
};
/// For a format whose codec is not PCM.
using MakeSoundDecoder =
    std::function<Result<std::unique_ptr<SoundDecoder>>(const proto::channels::SoundFormat&)>;

}  // namespace lucid::rdp::client
