// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "encoder.hpp"

#include <cmath>
#include <memory>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/channel_layout.h>
}

namespace lucid::test {
namespace {

struct Free {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

/// The encoders at hand take planes of floats, or one plane of floats with channels alternating.
void fill(AVFrame& frame, int& position) {
    for (int i = 0; i < frame.nb_samples; ++i, ++position) {
        const auto value =
            static_cast<float>(0.25 * std::sin(2 * M_PI * 440 * position / frame.sample_rate));
        for (int channel = 0; channel < frame.ch_layout.nb_channels; ++channel) {
            if (frame.format == AV_SAMPLE_FMT_FLTP)
                reinterpret_cast<float*>(frame.extended_data[channel])[i] = value;
            else
                reinterpret_cast<float*>(
                    frame.extended_data[0])[i * frame.ch_layout.nb_channels + channel] = value;
        }
    }
}

}  // namespace

EncodedSound encode_tone(const char* name, int samples_per_second, int channels, int packets) {
    const auto* encoder = avcodec_find_encoder_by_name(name);
    if (encoder == nullptr) return {};
    const std::unique_ptr<AVCodecContext, Free> context(avcodec_alloc_context3(encoder));
    context->sample_rate = samples_per_second;
    context->sample_fmt = encoder->id == AV_CODEC_ID_AAC ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_FLT;
    av_channel_layout_default(&context->ch_layout, channels);
    if (avcodec_open2(context.get(), encoder, nullptr) < 0) return {};
    EncodedSound out;
    out.config.assign(context->extradata, context->extradata + context->extradata_size);
    const std::unique_ptr<AVPacket, Free> packet(av_packet_alloc());
    int position = 0;
    while (static_cast<int>(out.blocks.size()) < packets) {
        const std::unique_ptr<AVFrame, Free> frame(av_frame_alloc());
        frame->nb_samples = context->frame_size;
        frame->format = context->sample_fmt;
        frame->sample_rate = samples_per_second;
        av_channel_layout_copy(&frame->ch_layout, &context->ch_layout);
        if (av_frame_get_buffer(frame.get(), 0) < 0) return {};
        fill(*frame, position);
        if (avcodec_send_frame(context.get(), frame.get()) < 0) return {};
        while (avcodec_receive_packet(context.get(), packet.get()) >= 0) {
            out.blocks.emplace_back(packet->data, packet->data + packet->size);
            av_packet_unref(packet.get());
        }
    }
    return out;
}

}  // namespace lucid::test
