// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/ffmpeg_handles.hpp>
#include <lucid/sessions/pictures/video_writer.hpp>

#include <algorithm>

extern "C" {
#include <libavutil/opt.h>
}

namespace lucid::sessions::pictures {
namespace {

constexpr AVRational milliseconds{1, 1000};
/// Seconds between pictures that a player can start from, for frames of ten a second.
constexpr int key_frame_distance = 100;
/// How long a frame is shown where no next one says it.
constexpr int frame_ms = 40;
constexpr int black_luma = 16;
constexpr int neutral_chroma = 128;

std::uint32_t even(std::uint32_t side) {
    return (side + 1U) & ~1U;
}

const AVCodec* encoder_of(VideoFormat format) {
    return avcodec_find_encoder_by_name(format == VideoFormat::mp4 ? "libx264" : "libvpx-vp9");
}

const char* container_of(VideoFormat format) {
    return format == VideoFormat::mp4 ? "mp4" : "webm";
}

void set_quality(AVCodecContext& context, VideoFormat format) {
    auto* options = context.priv_data;
    if (format == VideoFormat::mp4) {
        av_opt_set(options, "preset", "veryfast", 0);
        av_opt_set(options, "crf", "23", 0);
    } else {
        context.bit_rate = 0;
        av_opt_set(options, "crf", "34", 0);
        av_opt_set(options, "deadline", "realtime", 0);
        av_opt_set(options, "cpu-used", "8", 0);
    }
}

void fill_black(AVFrame& frame) {
    const auto fill = [&](int plane, int rows, int value) {
        std::fill_n(frame.data[plane], static_cast<std::size_t>(frame.linesize[plane] * rows),
                    static_cast<std::uint8_t>(value));
    };
    fill(0, frame.height, black_luma);
    fill(1, frame.height / 2, neutral_chroma);
    fill(2, frame.height / 2, neutral_chroma);
}

}  // namespace

struct VideoWriter::State {
    core::net::Fd file;
    Output output;
    CodecContext encoder;
    Frame frame;
    Packet packet;
    Scaler scaler;
    std::uint32_t source_width = 0;
    std::uint32_t source_height = 0;
    int fit_width = 0;
    int fit_height = 0;

    Result<void> prepare(const FrameView& source);
    Result<void> encode(const AVFrame* next);
};

VideoWriter::VideoWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
VideoWriter::VideoWriter(VideoWriter&&) noexcept = default;
VideoWriter& VideoWriter::operator=(VideoWriter&&) noexcept = default;
VideoWriter::~VideoWriter() = default;

Result<VideoWriter> VideoWriter::create(core::net::Fd file, VideoFormat format, std::uint32_t width,
                                        std::uint32_t height) {
    const auto* codec = encoder_of(format);
    if (codec == nullptr) return fail(Errc::unsupported, "video encoder of libavcodec");
    auto state = std::make_unique<State>();
    state->file = std::move(file);
    LUCID_TRY(state->output, make_output(state->file.get(), container_of(format)));
    state->encoder.reset(avcodec_alloc_context3(codec));
    state->frame.reset(av_frame_alloc());
    state->packet.reset(av_packet_alloc());
    auto* stream = avformat_new_stream(state->output.get(), nullptr);
    if (!state->encoder || !state->frame || !state->packet || stream == nullptr)
        return fail(Errc::internal, "video encoder");
    auto& encoder = *state->encoder;
    encoder.width = static_cast<int>(std::min(even(width), video_side_max));
    encoder.height = static_cast<int>(std::min(even(height), video_side_max));
    encoder.pix_fmt = AV_PIX_FMT_YUV420P;
    encoder.time_base = milliseconds;
    encoder.gop_size = key_frame_distance;
    encoder.max_b_frames = 0;
    encoder.colorspace = AVCOL_SPC_BT709;
    encoder.color_primaries = AVCOL_PRI_BT709;
    encoder.color_trc = AVCOL_TRC_BT709;
    encoder.color_range = AVCOL_RANGE_MPEG;
    encoder.thread_count = 1;
    if ((state->output->oformat->flags & AVFMT_GLOBALHEADER) != 0)
        encoder.flags |= AV_CODEC_FLAG_GLOBAL_HEADER;
    set_quality(encoder, format);
    if (const int code = avcodec_open2(&encoder, codec, nullptr); code < 0)
        return fail_ffmpeg(code, "open video encoder");
    stream->time_base = milliseconds;
    avcodec_parameters_from_context(stream->codecpar, &encoder);
    auto& frame = *state->frame;
    frame.format = encoder.pix_fmt;
    frame.width = encoder.width;
    frame.height = encoder.height;
    if (av_frame_get_buffer(&frame, 0) < 0) return fail(Errc::internal, "video frame");
    if (const int code = avformat_write_header(state->output.get(), nullptr); code < 0)
        return fail_ffmpeg(code, "begin video file");
    return VideoWriter(std::move(state));
}

Result<void> VideoWriter::State::prepare(const FrameView& source) {
    if (source.width == source_width && source.height == source_height && scaler) return {};
    source_width = source.width;
    source_height = source.height;
    // As large as fits, in the same proportion, even.
    const auto wide = static_cast<std::uint64_t>(encoder->width);
    const auto high = static_cast<std::uint64_t>(encoder->height);
    fit_width = encoder->width;
    fit_height = encoder->height;
    if (even(source.width) != wide || even(source.height) != high) {
        if (wide * source.height <= high * source.width)
            fit_height = static_cast<int>(wide * source.height / source.width) & ~1;
        else
            fit_width = static_cast<int>(high * source.width / source.height) & ~1;
        fit_width = std::max(fit_width, 2);
        fit_height = std::max(fit_height, 2);
    }
    scaler.reset(sws_getContext(static_cast<int>(source.width), static_cast<int>(source.height),
                                AV_PIX_FMT_BGR0, fit_width, fit_height, AV_PIX_FMT_YUV420P,
                                SWS_AREA, nullptr, nullptr, nullptr));
    if (!scaler) return fail(Errc::internal, "picture scaler");
    constexpr int one = 1 << 16;
    sws_setColorspaceDetails(scaler.get(), sws_getCoefficients(SWS_CS_ITU709), 1,
                             sws_getCoefficients(SWS_CS_ITU709), 0, 0, one, one);
    return {};
}

Result<void> VideoWriter::State::encode(const AVFrame* next) {
    if (const int code = avcodec_send_frame(encoder.get(), next); code < 0)
        return fail_ffmpeg(code, "encode picture");
    while (avcodec_receive_packet(encoder.get(), packet.get()) >= 0) {
        auto* stream = output->streams[0];
        // A player leaves a last frame out that takes no time.
        if (packet->duration == 0) packet->duration = frame_ms;
        av_packet_rescale_ts(packet.get(), encoder->time_base, stream->time_base);
        packet->stream_index = 0;
        if (const int code = av_interleaved_write_frame(output.get(), packet.get()); code < 0)
            return fail_ffmpeg(code, "write video");
    }
    return {};
}

Result<void> VideoWriter::add(const FrameView& source, std::uint64_t time_ms) {
    auto& s = *state_;
    if (source.pixels.empty()) return {};
    LUCID_CHECK(s.prepare(source));
    auto& frame = *s.frame;
    if (av_frame_make_writable(&frame) < 0) return fail(Errc::internal, "video frame");
    const int left = (frame.width - s.fit_width) / 2 & ~1;
    const int top = (frame.height - s.fit_height) / 2 & ~1;
    if (s.fit_width != frame.width || s.fit_height != frame.height) fill_black(frame);
    const std::uint8_t* from[4] = {source.pixels.data(), nullptr, nullptr, nullptr};
    const int from_stride[4] = {static_cast<int>(source.width * 4), 0, 0, 0};
    std::uint8_t* to[4] = {frame.data[0] + top * frame.linesize[0] + left,
                           frame.data[1] + top / 2 * frame.linesize[1] + left / 2,
                           frame.data[2] + top / 2 * frame.linesize[2] + left / 2, nullptr};
    sws_scale(s.scaler.get(), from, from_stride, 0, static_cast<int>(source.height), to,
              frame.linesize);
    frame.pts = static_cast<std::int64_t>(time_ms);
    return s.encode(&frame);
}

Result<void> VideoWriter::finish() {
    LUCID_CHECK(state_->encode(nullptr));
    if (const int code = av_write_trailer(state_->output.get()); code < 0)
        return fail_ffmpeg(code, "end video file");
    return {};
}

}  // namespace lucid::sessions::pictures
