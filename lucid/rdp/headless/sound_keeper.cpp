// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/sound_keeper.hpp>

namespace lucid::rdp::headless {

Result<void> SoundKeeper::start(const client::SoundStarted& started) {
    started_ = started;
    const bool is_known = decoder_ && decoder_format_ == started.format;
    if (started.codec == client::SoundCodec::pcm || is_known) return {};
    decoder_.reset();
    auto made = make_(started.format);
    if (!made) {
        note_broken(made.error());
        return {};
    }
    decoder_ = std::move(*made);
    decoder_format_ = started.format;
    return {};
}

Result<void> SoundKeeper::add(ByteView block) {
    const auto& format = started_.format;
    if (started_.codec == client::SoundCodec::pcm)
        return write({format.channels, format.samples_per_second, format.bits_per_sample}, block);
    if (!decoder_) return {};
    const auto pcm = decoder_->decode(block);
    if (!pcm) {
        note_broken(pcm.error());
        return {};
    }
    constexpr std::uint16_t bits = 16;
    if (pcm->samples.empty()) return {};
    return write({pcm->channels, pcm->samples_per_second, bits}, pcm->samples);
}

Result<void> SoundKeeper::write(const WaveFormat& format, ByteView pcm) {
    if (written_ != format) {
        LUCID_CHECK(file_.start(format));
        written_ = format;
    }
    return file_.add(pcm);
}

void SoundKeeper::note_broken(const Error& error) {
    if (broken_blocks_++ == 0) why_broken_ = error;
}

}  // namespace lucid::rdp::headless
