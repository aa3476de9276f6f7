// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/sound_decoder.hpp>

#include <algorithm>
#include <iterator>

namespace lucid::rdp::client {

using proto::channels::SoundFormat;

namespace {

/// wFormatTag. xrdp calls Opus by the number of another codec, always with these numbers.
constexpr std::uint16_t tag_opus = 0x704f;
constexpr std::uint16_t tag_opus_of_xrdp = 0x0069;
constexpr std::uint32_t rate_of_xrdp = 44100;
constexpr std::uint16_t tag_aac = 0xa106;

constexpr std::uint32_t opus_rates[] = {8000, 12000, 16000, 24000, 48000, rate_of_xrdp};
/// samplingFrequencyIndex.
constexpr std::uint32_t aac_rates[] = {96000, 88200, 64000, 48000, 44100, 32000,
                                       24000, 22050, 16000, 12000, 11025, 8000};

/// HEAACWAVEINFO behind WAVEFORMATEX: payload type, profile level, struct type, reserved.
constexpr std::size_t aac_info_bytes = 12;
constexpr std::uint8_t aac_payload_raw = 0;
constexpr std::uint8_t aac_payload_adts = 1;

bool is_adts(const SoundFormat& format) {
    return format.extra.size() >= aac_info_bytes && format.extra[0] == aac_payload_adts;
}

template <std::size_t n>
bool among(std::uint32_t rate, const std::uint32_t (&rates)[n]) {
    return std::find(std::begin(rates), std::end(rates), rate) != std::end(rates);
}

bool is_opus(const SoundFormat& format) {
    return (format.tag == tag_opus && among(format.samples_per_second, opus_rates)) ||
           (format.tag == tag_opus_of_xrdp && format.extra.empty() &&
            format.samples_per_second == rate_of_xrdp && format.channels == 2);
}

bool is_aac(const SoundFormat& format) {
    if (format.tag != tag_aac || !among(format.samples_per_second, aac_rates)) return false;
    if (format.extra.size() < aac_info_bytes) return format.extra.empty();
    return format.extra[1] == 0 &&
           (format.extra[0] == aac_payload_raw || format.extra[0] == aac_payload_adts);
}

}  // namespace

std::optional<SoundCodec> sound_codec_of(const SoundFormat& format) {
    if (format.tag == proto::channels::sound_format_pcm) return SoundCodec::pcm;
    if (format.channels == 0 || format.channels > sound_channels_max) return std::nullopt;
    if (is_opus(format)) return SoundCodec::opus;
    if (is_aac(format)) return SoundCodec::aac;
    return std::nullopt;
}

Bytes aac_config_of(const SoundFormat& format) {
    if (is_adts(format)) return {};
    if (format.extra.size() > aac_info_bytes)
        return to_bytes(ByteView(format.extra).subspan(aac_info_bytes));
    constexpr unsigned object_type_lc = 2;
    const auto* rate =
        std::find(std::begin(aac_rates), std::end(aac_rates), format.samples_per_second);
    const auto index = static_cast<unsigned>(rate - std::begin(aac_rates));
    return Writer()
        .u16_be(static_cast<std::uint16_t>(object_type_lc << 11 | index << 7 |
                                           static_cast<unsigned>(format.channels) << 3))
        .take();
}

}  // namespace lucid::rdp::client
