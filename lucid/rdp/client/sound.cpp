// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/sound.hpp>

#include <algorithm>

namespace lucid::rdp::client {

namespace channels = proto::channels;
using channels::SoundMessage;
using channels::SoundType;

namespace {

/// CHANNEL_VERSION_WIN_7 (MS-RDPEA 2.2.2.2): the first with a quality mode.
constexpr std::uint16_t version_max = 6;

}  // namespace

Result<void> Sound::message(ByteView message, Messages& out, std::vector<Event>& events) {
    if (open_) {
        const auto wave = *std::exchange(open_, std::nullopt);
        if (message.size() != wave.rest_bytes)
            return fail(Errc::bad_length, "wave pdu", message.size());
        Bytes data = first_;
        append(data, message.subspan(first_.size()));
        return play(wave, data, out, events);
    }
    LUCID_TRY(const auto sound, channels::decode_sound_message(message));
    switch (sound.type) {
        case SoundType::formats:
            return formats(sound, out);
        case SoundType::training: {
            LUCID_TRY(const auto training, channels::decode_sound_training(sound));
            out.push_back(channels::encode_sound_training_confirm(training));
            return {};
        }
        case SoundType::wave:
        case SoundType::wave2:
            return wave(sound, out, events);
        case SoundType::close:
            current_.reset();
            return {};
        default:
            // Volume and pitch change nothing in what is kept.
            return {};
    }
}

Result<void> Sound::formats(const SoundMessage& message, Messages& out) {
    LUCID_TRY(auto offered, channels::decode_sound_formats(message));
    formats_.clear();
    std::copy_if(offered.formats.begin(), offered.formats.end(), std::back_inserter(formats_),
                 [this](const auto& format) {
                     const auto codec = sound_codec_of(format);
                     return codec == SoundCodec::pcm || (codec && compressed_);
                 });
    const auto version = std::min(offered.version, version_max);
    out.push_back(channels::encode_sound_formats(version, formats_));
    if (version >= version_max) out.push_back(channels::encode_sound_quality());
    return {};
}

Result<void> Sound::wave(const SoundMessage& message, Messages& out, std::vector<Event>& events) {
    LUCID_TRY(const auto wave, channels::decode_sound_wave(message));
    if (wave.format >= formats_.size()) return fail(Errc::bad_value, "wFormatNo", wave.format);
    if (message.type == SoundType::wave2) return play(wave, wave.data, out, events);
    first_ = to_bytes(wave.data);
    open_ = wave;
    open_->data = {};
    return {};
}

Result<void> Sound::play(const channels::SoundWave& wave, ByteView data, Messages& out,
                         std::vector<Event>& events) {
    if (current_ != wave.format) {
        current_ = wave.format;
        const auto& format = formats_[wave.format];
        events.push_back(SoundStarted{*sound_codec_of(format), format});
    }
    events.push_back(SoundData{to_bytes(data)});
    out.push_back(channels::encode_sound_confirm(wave.time, wave.block));
    return {};
}

}  // namespace lucid::rdp::client
