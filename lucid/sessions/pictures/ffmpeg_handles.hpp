// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FFmpeg's objects as owned values. Used by this module's video files only.

#include <lucid/common/result/result.hpp>

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libswscale/swscale.h>
}

namespace lucid::sessions::pictures {

struct CodecContextDeleter {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FrameDeleter {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct PacketDeleter {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct ScalerDeleter {
    void operator()(SwsContext* scaler) const { sws_freeContext(scaler); }
};
struct InputDeleter {
    void operator()(AVFormatContext* input) const { avformat_close_input(&input); }
};
struct OutputDeleter {
    void operator()(AVFormatContext* output) const {
        if (output->pb != nullptr) avio_closep(&output->pb);
        avformat_free_context(output);
    }
};
using CodecContext = std::unique_ptr<AVCodecContext, CodecContextDeleter>;
using Frame = std::unique_ptr<AVFrame, FrameDeleter>;
using Packet = std::unique_ptr<AVPacket, PacketDeleter>;
using Scaler = std::unique_ptr<SwsContext, ScalerDeleter>;
using Input = std::unique_ptr<AVFormatContext, InputDeleter>;
using Output = std::unique_ptr<AVFormatContext, OutputDeleter>;

/// FFmpeg's error as ours: what is an errno of the system stays one.
[[nodiscard]] inline tl::unexpected<Error> fail_ffmpeg(int code, const char* context) {
    const int number = AVUNERROR(code);
    if (number > 0 && number < 4096) return fail_errno(number, context);
    return fail(Errc::io_failed, context, static_cast<std::uint64_t>(-code));
}

/// Opens the file for writing and makes the container for it.
inline Result<Output> open_output(const std::string& file, const char* container) {
    // Failures come back as values; what FFmpeg and x264 would print beside them is of no use.
    av_log_set_level(AV_LOG_QUIET);
    AVFormatContext* made = nullptr;
    if (const int code = avformat_alloc_output_context2(&made, nullptr, container, file.c_str());
        code < 0)
        return fail_ffmpeg(code, "video container");
    Output output(made);
    if (const int code = avio_open(&output->pb, file.c_str(), AVIO_FLAG_WRITE); code < 0)
        return fail_ffmpeg(code, "create video file");
    return output;
}

}  // namespace lucid::sessions::pictures
