// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/audio/ffmpeg_sound.hpp>

#include <algorithm>
#include <cmath>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
#include <libavutil/log.h>
}

namespace lucid::rdp::audio {
namespace {

using client::SoundCodec;
using proto::channels::SoundFormat;

/// What Opus is always decoded at (RFC 6716, section 2).
constexpr std::uint32_t opus_samples_per_second = 48000;
/// No sampling rate of Opus: a host that says so (xrdp) has called its samples 48000 a second to
/// the encoder, and they are as many when they come out.
constexpr std::uint32_t not_of_opus = 44100;

struct FreeContext {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

std::int16_t sample_of(float value) {
    constexpr float scale = 32767;
    // Also where it is no number.
    if (!(value > -1)) return static_cast<std::int16_t>(-scale);
    return static_cast<std::int16_t>(std::lround(std::min(value, 1.0F) * scale));
}

class FfmpegSound final : public client::SoundDecoder {
  public:
    Result<void> open(const SoundFormat& format) {
        const auto codec = client::sound_codec_of(format);
        if (codec != SoundCodec::opus && codec != SoundCodec::aac)
            return fail(Errc::unsupported, "sound format", format.tag);
        const bool is_opus = codec == SoundCodec::opus;
        if (is_opus)
            opus_rate_ =
                format.samples_per_second == not_of_opus ? not_of_opus : opus_samples_per_second;
        const auto* decoder = avcodec_find_decoder(is_opus ? AV_CODEC_ID_OPUS : AV_CODEC_ID_AAC);
        context_.reset(decoder != nullptr ? avcodec_alloc_context3(decoder) : nullptr);
        frame_.reset(av_frame_alloc());
        packet_.reset(av_packet_alloc());
        if (!context_ || !frame_ || !packet_)
            return fail(Errc::internal, "sound decoder of libavcodec");
        context_->thread_count = 1;
        context_->sample_rate =
            static_cast<int>(is_opus ? opus_samples_per_second : format.samples_per_second);
        av_channel_layout_default(&context_->ch_layout, format.channels);
        context_->max_samples = client::sound_pcm_bytes_max;
        // What hosts send wrong is reported as an error, not printed.
        context_->log_level_offset = AV_LOG_DEBUG;
        if (!is_opus && !configure(client::aac_config_of(format)))
            return fail(Errc::internal, "sound decoder of libavcodec");
        if (avcodec_open2(context_.get(), decoder, nullptr) < 0)
            return fail(Errc::unsupported, "configuration of the sound", format.tag);
        return {};
    }

    Result<client::Pcm> decode(ByteView block) override {
        if (block.size() > client::sound_block_bytes_max)
            return fail(Errc::limit_exceeded, "sound block", block.size());
        // An empty packet would be the end of the stream.
        if (block.empty()) return client::Pcm{};
        input_.assign(block.begin(), block.end());
        input_.resize(block.size() + AV_INPUT_BUFFER_PADDING_SIZE);
        packet_->data = input_.data();
        packet_->size = static_cast<int>(block.size());
        bool broken = avcodec_send_packet(context_.get(), packet_.get()) < 0;
        client::Pcm pcm;
        Result<void> kept;
        for (;;) {
            const int got = avcodec_receive_frame(context_.get(), frame_.get());
            broken = broken || (got < 0 && got != AVERROR(EAGAIN));
            if (got < 0) break;
            if (kept) kept = append_frame(pcm);
        }
        if (broken) {
            // The next block begins anew.
            avcodec_flush_buffers(context_.get());
            return fail(Errc::bad_value, "sound block", block.size());
        }
        LUCID_CHECK(kept);
        return pcm;
    }

  private:
    bool configure(const Bytes& config) {
        if (config.empty()) return true;
        auto* copy =
            static_cast<std::uint8_t*>(av_mallocz(config.size() + AV_INPUT_BUFFER_PADDING_SIZE));
        if (copy == nullptr) return false;
        std::copy(config.begin(), config.end(), copy);
        context_->extradata = copy;
        context_->extradata_size = static_cast<int>(config.size());
        return true;
    }

    Result<void> append_frame(client::Pcm& pcm) const {
        const auto& f = *frame_;
        const int channels = f.ch_layout.nb_channels;
        const auto rate = opus_rate_ != 0 ? opus_rate_ : static_cast<std::uint32_t>(f.sample_rate);
        if (channels < 1 || channels > client::sound_channels_max || f.sample_rate <= 0)
            return fail(Errc::unsupported, "channels of the sound",
                        static_cast<std::uint64_t>(channels));
        if (!pcm.samples.empty() && (pcm.channels != channels || pcm.samples_per_second != rate))
            return fail(Errc::unsupported, "a sound block of two formats");
        const auto count = static_cast<std::size_t>(f.nb_samples);
        const auto bytes = count * static_cast<std::size_t>(channels) * sizeof(std::int16_t);
        if (bytes > client::sound_pcm_bytes_max - pcm.samples.size())
            return fail(Errc::limit_exceeded, "samples of a sound block", bytes);
        // Both decoders of libavcodec give floats, a plane for each channel.
        if (f.format != AV_SAMPLE_FMT_FLTP)
            return fail(Errc::unsupported, "samples of the sound",
                        static_cast<std::uint64_t>(f.format));
        Writer w(bytes);
        for (std::size_t i = 0; i < count; ++i)
            for (int channel = 0; channel < channels; ++channel)
                w.u16_le(static_cast<std::uint16_t>(
                    sample_of(reinterpret_cast<const float*>(f.extended_data[channel])[i])));
        append(pcm.samples, w.view());
        pcm.channels = static_cast<std::uint16_t>(channels);
        pcm.samples_per_second = rate;
        return {};
    }

    std::uint32_t opus_rate_ = 0;  ///< 0: not Opus
    std::unique_ptr<AVCodecContext, FreeContext> context_;
    std::unique_ptr<AVFrame, FreeFrame> frame_;
    std::unique_ptr<AVPacket, FreePacket> packet_;
    Bytes input_;
};

}  // namespace

Result<std::unique_ptr<client::SoundDecoder>> make_ffmpeg_sound_decoder(const SoundFormat& format) {
    auto decoder = std::make_unique<FfmpegSound>();
    LUCID_CHECK(decoder->open(format));
    return decoder;
}

}  // namespace lucid::rdp::audio
