// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/rdpsnd.hpp>

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::uint32_t tssndcaps_alive = 1;
/// wTimeStamp, wFormatNo, cBlockNo, bPad and the first bytes of sound.
constexpr std::uint16_t wave_info_body_bytes = 12;
constexpr std::size_t wave_first_bytes = 4;

void put_header(Writer& w, SoundType type, std::size_t body_bytes) {
    w.u8(static_cast<std::uint8_t>(type)).u8(0).u16_le(static_cast<std::uint16_t>(body_bytes));
}

Result<SoundFormat> take_format(Reader& r) {
    SoundFormat format;
    LUCID_TRY(format.tag, r.u16_le("wFormatTag"));
    LUCID_TRY(format.channels, r.u16_le("nChannels"));
    LUCID_TRY(format.samples_per_second, r.u32_le("nSamplesPerSec"));
    LUCID_TRY(format.bytes_per_second, r.u32_le("nAvgBytesPerSec"));
    LUCID_TRY(format.block_bytes, r.u16_le("nBlockAlign"));
    LUCID_TRY(format.bits_per_sample, r.u16_le("wBitsPerSample"));
    LUCID_TRY(const auto size, r.u16_le("cbSize"));
    LUCID_TRY(const auto extra, r.take(size, "audio format data"));
    format.extra = to_bytes(extra);
    return format;
}

}  // namespace

Result<SoundMessage> decode_sound_message(ByteView message) {
    Reader r(message);
    SoundMessage out;
    LUCID_TRY(const auto type, r.u8("msgType"));
    out.type = static_cast<SoundType>(type);
    LUCID_CHECK(r.skip(1, "bPad"));
    LUCID_TRY(out.body_size, r.u16_le("BodySize"));
    out.body = r.rest();
    return out;
}

Result<SoundFormats> decode_sound_formats(const SoundMessage& message) {
    Reader r(message.body);
    SoundFormats out;
    LUCID_CHECK(r.skip(4 + 4 + 4 + 2, "dwFlags, dwVolume, dwPitch, wDGramPort"));
    LUCID_TRY(const auto count, r.u16_le("wNumberOfFormats"));
    if (count > sound_formats_max) return fail(Errc::limit_exceeded, "wNumberOfFormats", count);
    LUCID_CHECK(r.skip(1, "cLastBlockConfirmed"));
    LUCID_TRY(out.version, r.u16_le("wVersion"));
    LUCID_CHECK(r.skip(1, "bPad"));
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(auto format, take_format(r));
        out.formats.push_back(std::move(format));
    }
    return out;
}

Bytes encode_sound_formats(std::uint16_t version, const std::vector<SoundFormat>& formats) {
    Writer body;
    body.u32_le(tssndcaps_alive).u32_le(0).u32_le(0).u16_le(0);
    body.u16_le(static_cast<std::uint16_t>(formats.size())).u8(0).u16_le(version).u8(0);
    for (const auto& format : formats) {
        body.u16_le(format.tag).u16_le(format.channels).u32_le(format.samples_per_second);
        body.u32_le(format.bytes_per_second).u16_le(format.block_bytes);
        body.u16_le(format.bits_per_sample);
        body.u16_le(static_cast<std::uint16_t>(format.extra.size())).bytes(format.extra);
    }
    Writer w;
    put_header(w, SoundType::formats, body.offset());
    w.bytes(body.view());
    return w.take();
}

Bytes encode_sound_quality() {
    constexpr std::uint16_t high_quality = 2;
    Writer w;
    put_header(w, SoundType::quality_mode, 4);
    w.u16_le(high_quality).u16_le(0);
    return w.take();
}

Result<SoundTraining> decode_sound_training(const SoundMessage& message) {
    Reader r(message.body);
    SoundTraining training;
    LUCID_TRY(training.time, r.u16_le("wTimeStamp"));
    LUCID_TRY(training.pack_size, r.u16_le("wPackSize"));
    return training;
}

Bytes encode_sound_training_confirm(SoundTraining training) {
    Writer w;
    put_header(w, SoundType::training, 4);
    w.u16_le(training.time).u16_le(training.pack_size);
    return w.take();
}

Result<SoundWave> decode_sound_wave(const SoundMessage& message) {
    Reader r(message.body);
    SoundWave wave;
    LUCID_TRY(wave.time, r.u16_le("wTimeStamp"));
    LUCID_TRY(wave.format, r.u16_le("wFormatNo"));
    LUCID_TRY(wave.block, r.u8("cBlockNo"));
    LUCID_CHECK(r.skip(3, "bPad"));
    if (message.type == SoundType::wave2) {
        LUCID_CHECK(r.skip(4, "dwAudioTimeStamp"));
        wave.data = r.rest();
        return wave;
    }
    LUCID_TRY(wave.data, r.take(wave_first_bytes, "wave data"));
    if (message.body_size < wave_info_body_bytes)
        return fail(Errc::bad_length, "BodySize", message.body_size);
    // The four bytes that came already are padding in the next message.
    wave.rest_bytes = message.body_size - wave_info_body_bytes + wave_first_bytes;
    return wave;
}

Bytes encode_sound_confirm(std::uint16_t time, std::uint8_t block) {
    Writer w;
    put_header(w, SoundType::wave_confirm, 4);
    w.u16_le(time).u8(block).u8(0);
    return w.take();
}

}  // namespace lucid::rdp::proto::channels
