// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/audio/ffmpeg_sound.hpp>

#include <algorithm>

// Input: a byte for the format (0 Opus, 1 Opus of xrdp, 2 AAC, 3 ADTS, 4 AAC whose configuration
// follows: a length and bytes), then blocks of length u16 and bytes. Oracle: what a block becomes
// is whole samples of one or two channels, and bounded; after an error the next block is taken.

namespace {

using namespace lucid;

rdp::proto::channels::SoundFormat format_of(std::uint8_t kind, Reader& r) {
    rdp::proto::channels::SoundFormat format{0xa106, 2, 44100, 176400, 4, 16, {}};
    if (kind == 0) {
        format.tag = 0x704f;
        format.samples_per_second = 48000;
    } else if (kind == 1) {
        format.tag = 0x0069;
    } else if (kind > 2) {
        format.extra = Bytes(12);
        format.extra[0] = kind == 3 ? 1 : 0;
        const auto length = kind == 3 ? Result<std::uint8_t>(0) : r.u8("length");
        if (length)
            append(format.extra, *r.take(std::min<std::size_t>(*length, r.remaining()), ""));
    }
    return format;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Reader r(ByteView(data, size));
    const auto kind = r.u8("format");
    if (!kind) return 0;
    const auto decoder = rdp::audio::make_ffmpeg_sound_decoder(format_of(*kind % 5, r));
    if (!decoder) return 0;
    for (int i = 0; i < 32; ++i) {
        const auto length = r.u16_le("length");
        if (!length) break;
        const auto pcm =
            (*decoder)->decode(*r.take(std::min<std::size_t>(*length, r.remaining()), "block"));
        if (!pcm || pcm->samples.empty()) continue;
        LUCID_ASSERT(pcm->samples.size() <= rdp::client::sound_pcm_bytes_max);
        LUCID_ASSERT(pcm->channels == 1 || pcm->channels == 2);
        LUCID_ASSERT(pcm->samples.size() % (std::size_t{2} * pcm->channels) == 0);
        LUCID_ASSERT(pcm->samples_per_second > 0);
    }
    return 0;
}
