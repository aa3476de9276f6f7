// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/audio/ffmpeg_sound.hpp>

#include <cmath>

#include "encoder.hpp"
#include <gtest/gtest.h>

namespace lucid::test {
namespace {

using rdp::audio::make_ffmpeg_sound_decoder;
using rdp::client::Pcm;
using rdp::proto::channels::SoundFormat;
namespace client = rdp::client;

SoundFormat format(std::uint16_t tag, std::uint32_t rate, std::uint16_t channels,
                   Bytes extra = {}) {
    return {tag, channels, rate, rate * 4, 4, 16, std::move(extra)};
}
const SoundFormat opus = format(0x704f, 48000, 2);
const SoundFormat opus_of_xrdp = format(0x0069, 44100, 2);
const SoundFormat aac = format(0xa106, 44100, 2);

/// All blocks, one behind the other.
Pcm decode_all(const SoundFormat& format, const std::vector<Bytes>& blocks) {
    const auto decoder = make_ffmpeg_sound_decoder(format);
    EXPECT_TRUE(decoder) << decoder.error().message();
    Pcm whole;
    for (const auto& block : blocks) {
        const auto pcm = (*decoder)->decode(block);
        EXPECT_TRUE(pcm) << pcm.error().message();
        if (!pcm || pcm->samples.empty()) continue;
        whole.channels = pcm->channels;
        whole.samples_per_second = pcm->samples_per_second;
        append(whole.samples, pcm->samples);
    }
    return whole;
}

/// How much of the second half is a tone of that many Hz: 1 is all of it.
double share_of_tone(const Pcm& pcm, double hz) {
    const auto frames = pcm.samples.size() / 2 / pcm.channels;
    double sine = 0;
    double cosine = 0;
    double all = 0;
    for (auto i = frames / 2; i < frames; ++i) {
        const auto at = i * pcm.channels * 2;
        const auto value = static_cast<double>(
            static_cast<std::int16_t>(pcm.samples[at] | pcm.samples[at + 1] << 8));
        const auto angle = 2 * M_PI * hz * static_cast<double>(i) / pcm.samples_per_second;
        sine += value * std::sin(angle);
        cosine += value * std::cos(angle);
        all += value * value;
    }
    return (sine * sine + cosine * cosine) / (all * static_cast<double>(frames - frames / 2) / 2);
}

TEST(Opus, is_decoded_at_its_own_rate) {
    for (const int channels : {1, 2}) {
        const auto sound = encode_tone("libopus", 48000, channels, 50);
        ASSERT_EQ(sound.blocks.size(), 50U) << "FFmpeg without libopus";
        const auto pcm =
            decode_all(format(0x704f, 24000, static_cast<std::uint16_t>(channels)), sound.blocks);
        EXPECT_EQ(pcm.channels, channels);
        EXPECT_EQ(pcm.samples_per_second, 48000U);
        EXPECT_GT(share_of_tone(pcm, 440), 0.98);
        EXPECT_LT(share_of_tone(pcm, 880), 0.02) << "the measure tells tones apart";
    }
}

TEST(Opus, of_xrdp_counts_as_many_samples_as_went_in) {
    const auto sound = encode_tone("libopus", 48000, 2, 50);
    const auto pcm = decode_all(opus_of_xrdp, sound.blocks);
    EXPECT_EQ(pcm.samples_per_second, 44100U);
    // The tone was made for 48000 samples a second.
    EXPECT_GT(share_of_tone(pcm, 440 * 44100.0 / 48000), 0.98);
}

TEST(Aac, is_decoded_with_and_without_a_configuration) {
    const auto sound = encode_tone("aac", 44100, 2, 60);
    ASSERT_EQ(sound.blocks.size(), 60U);
    // HEAACWAVEINFO: raw blocks, then AudioSpecificConfig.
    Bytes extra(12);
    append(extra, sound.config);
    for (const auto& f :
         {aac, format(0xa106, 44100, 2, extra), format(0xa106, 44100, 2, Bytes(12))}) {
        const auto pcm = decode_all(f, sound.blocks);
        EXPECT_EQ(pcm.channels, 2);
        EXPECT_EQ(pcm.samples_per_second, 44100U);
        EXPECT_GT(share_of_tone(pcm, 440), 0.95);
    }
}

TEST(Aac, frames_with_headers_say_themselves_what_they_are) {
    const auto sound = encode_tone("aac", 44100, 2, 60);
    std::vector<Bytes> framed;
    for (const auto& block : sound.blocks) {
        // ADTS (ISO/IEC 13818-7, 6.2): LC, 44100 Hz, two channels, no CRC, the frame's length.
        const auto length = block.size() + 7;
        Bytes frame = {0xff,
                       0xf1,
                       0x50,
                       static_cast<std::uint8_t>(0x80 | length >> 11),
                       static_cast<std::uint8_t>(length >> 3),
                       static_cast<std::uint8_t>(length << 5 | 0x1f),
                       0xfc};
        append(frame, block);
        framed.push_back(std::move(frame));
    }
    Bytes adts(12);
    adts[0] = 1;
    EXPECT_GT(share_of_tone(decode_all(format(0xa106, 44100, 2, adts), framed), 440), 0.95);
}

TEST(SoundDecoder, takes_only_what_is_offered) {
    for (const auto& f :
         {format(1, 44100, 2), format(0x704f, 44101, 2), format(0x704f, 48000, 3),
          format(0x704f, 48000, 0), format(0x0069, 48000, 2), format(0x0069, 44100, 1),
          format(0x0069, 44100, 2, Bytes(2)), format(0xa106, 44100, 3), format(0xa106, 7350, 2),
          format(0xa106, 44100, 2, Bytes(11)),
          format(0xa106, 44100, 2, Bytes{2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
          format(0xa106, 44100, 2, Bytes{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
          format(0x55, 44100, 2)})
        EXPECT_EQ(make_ffmpeg_sound_decoder(f).error().code, Errc::unsupported)
            << f.tag << ' ' << f.samples_per_second << ' ' << f.channels;
}

TEST(SoundDecoder, a_configuration_that_makes_no_sense_is_refused) {
    Bytes extra(12);
    append(extra, Bytes{0xff, 0xff, 0xff, 0xff});
    EXPECT_EQ(make_ffmpeg_sound_decoder(format(0xa106, 44100, 2, extra)).error().code,
              Errc::unsupported);
}

TEST(SoundDecoder, limits_blocks_and_what_they_become) {
    const auto decoder = *make_ffmpeg_sound_decoder(opus);
    EXPECT_TRUE(decoder->decode({})) << "an empty block is no end";
    EXPECT_NE(decoder->decode(Bytes(client::sound_block_bytes_max)).error().code,
              Errc::limit_exceeded);
    EXPECT_EQ(decoder->decode(Bytes(client::sound_block_bytes_max + 1)).error().code,
              Errc::limit_exceeded);
    // Silence of AAC is a few bytes long: very many of them fit into one block.
    const auto silent = encode_tone("aac", 44100, 2, 4);
    const auto aac_decoder = *make_ffmpeg_sound_decoder(aac);
    const Bytes frame = {0x21, 0x10, 0x04, 0x60, 0x8c, 0x1c};  // two channels of nothing
    const auto frames = [&frame](std::size_t count) {
        Bytes block;
        for (std::size_t i = 0; i < count; ++i) append(block, frame);
        return block;
    };
    constexpr std::size_t frame_pcm_bytes = 1024 * 2 * 2;
    constexpr auto most = client::sound_pcm_bytes_max / frame_pcm_bytes;
    const auto full = aac_decoder->decode(frames(most));
    ASSERT_TRUE(full) << full.error().message();
    EXPECT_EQ(full->samples.size(), client::sound_pcm_bytes_max);
    EXPECT_EQ(aac_decoder->decode(frames(most + 1)).error().code, Errc::limit_exceeded);
    EXPECT_TRUE(aac_decoder->decode(silent.blocks[1])) << "and the next one is heard";
}

TEST(SoundDecoder, damage_costs_a_block_and_not_the_sound) {
    for (const auto* name : {"libopus", "aac"}) {
        const bool is_aac = std::string_view(name) == "aac";
        const auto sound = encode_tone(name, is_aac ? 44100 : 48000, 2, 20);
        const auto decoder = *make_ffmpeg_sound_decoder(is_aac ? aac : opus);
        const auto& block = sound.blocks[10];
        std::size_t refused = 0;
        for (std::size_t size = 1; size < block.size(); ++size)
            refused += decoder->decode(ByteView(block).first(size)) ? 0U : 1U;
        for (std::size_t bit = 0; bit < block.size() * 8; ++bit) {
            auto damaged = block;
            damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
            const auto pcm = decoder->decode(damaged);
            refused += pcm ? 0U : 1U;
            if (pcm) {
                EXPECT_LE(pcm->samples.size(), client::sound_pcm_bytes_max);
            }
        }
        EXPECT_GT(refused, 0U) << name;
        Pcm after;
        for (const auto& whole : sound.blocks) {
            const auto pcm = decoder->decode(whole);
            ASSERT_TRUE(pcm) << name << ' ' << pcm.error().message();
            after.channels = 2;
            after.samples_per_second = is_aac ? 44100 : 48000;
            append(after.samples, pcm->samples);
        }
        EXPECT_GT(share_of_tone(after, 440), 0.9) << name;
    }
}

}  // namespace
}  // namespace lucid::test
