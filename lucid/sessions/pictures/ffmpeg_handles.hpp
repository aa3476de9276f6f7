// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FFmpeg's objects as owned values. Used by this module's video files only.

#include <lucid/common/result/result.hpp>

#include <memory>

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
/// Of one made here: it reads and writes an open descriptor, never a file by name.
struct IoDeleter {
    void operator()(AVIOContext* io) const;
};
struct OutputDeleter {
    void operator()(AVFormatContext* output) const {
        if (output->pb != nullptr) IoDeleter()(output->pb);
        avformat_free_context(output);
    }
};
using CodecContext = std::unique_ptr<AVCodecContext, CodecContextDeleter>;
using Frame = std::unique_ptr<AVFrame, FrameDeleter>;
using Packet = std::unique_ptr<AVPacket, PacketDeleter>;
using Scaler = std::unique_ptr<SwsContext, ScalerDeleter>;
using Io = std::unique_ptr<AVIOContext, IoDeleter>;
using Input = std::unique_ptr<AVFormatContext, InputDeleter>;
using Output = std::unique_ptr<AVFormatContext, OutputDeleter>;

/// FFmpeg's error as ours: what is an errno of the system stays one.
[[nodiscard]] inline tl::unexpected<Error> fail_ffmpeg(int code, const char* context) {
    const int number = AVUNERROR(code);
    if (number > 0 && number < 4096) return fail_errno(number, context);
    return fail(Errc::io_failed, context, static_cast<std::uint64_t>(-code));
}

/// The container for a new video in `file`, which is open to write and read and outlives it.
Result<Output> make_output(int file, const char* container);

/// A video to read.
struct InputFile {
    Io io;
    Input input;
};
/// `file` is open to read and outlives it.
Result<InputFile> open_input(int file);

}  // namespace lucid::sessions::pictures
