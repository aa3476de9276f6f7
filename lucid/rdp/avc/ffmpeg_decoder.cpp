// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>

#include <algorithm>
#include <cstring>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavutil/log.h>
}

namespace lucid::rdp::avc {
namespace {

/// Longest access unit: libavcodec counts in int.
constexpr std::size_t access_unit_bytes_max = std::size_t{64} << 20;

struct FreeContext {
    void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
    void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
    void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

codec::PlaneView plane(const AVFrame& frame, int index, int rows) {
    const auto stride = static_cast<std::size_t>(frame.linesize[index]);
    return {ByteView(frame.data[index], stride * static_cast<std::size_t>(rows)), stride};
}

class FfmpegDecoder final : public picture::AvcDecoder {
  public:
    Result<void> open() {
        const auto* decoder = avcodec_find_decoder(AV_CODEC_ID_H264);
        context_.reset(decoder != nullptr ? avcodec_alloc_context3(decoder) : nullptr);
        frame_.reset(av_frame_alloc());
        packet_.reset(av_packet_alloc());
        if (!context_ || !frame_ || !packet_)
            return fail(Errc::internal, "H.264 decoder of libavcodec");
        context_->thread_count = 1;
        context_->flags |= AV_CODEC_FLAG_LOW_DELAY;
        context_->max_pixels = avc_pixels_max;
        // What hosts send wrong is reported as an error, not printed.
        context_->log_level_offset = AV_LOG_DEBUG;
        if (avcodec_open2(context_.get(), decoder, nullptr) < 0)
            return fail(Errc::internal, "H.264 decoder of libavcodec");
        return {};
    }

    Result<codec::Yuv420Frame> decode(ByteView access_unit) override {
        if (access_unit.size() > access_unit_bytes_max)
            return fail(Errc::limit_exceeded, "H.264 access unit", access_unit.size());
        input_.assign(access_unit.begin(), access_unit.end());
        input_.resize(access_unit.size() + AV_INPUT_BUFFER_PADDING_SIZE);
        packet_->data = input_.data();
        packet_->size = static_cast<int>(access_unit.size());
        if (avcodec_send_packet(context_.get(), packet_.get()) < 0)
            return fail(Errc::bad_value, "H.264 access unit");
        // A unit may hold several pictures; the last one counts.
        bool got = false;
        av_frame_unref(frame_.get());
        for (;;) {
            const std::unique_ptr<AVFrame, FreeFrame> next(av_frame_alloc());
            if (!next || avcodec_receive_frame(context_.get(), next.get()) < 0) break;
            av_frame_unref(frame_.get());
            av_frame_move_ref(frame_.get(), next.get());
            got = true;
        }
        if (!got) return fail(Errc::bad_value, "H.264 access unit without a picture");
        return view();
    }

  private:
    Result<codec::Yuv420Frame> view() const {
        const auto& f = *frame_;
        if (f.format != AV_PIX_FMT_YUV420P && f.format != AV_PIX_FMT_YUVJ420P)
            return fail(Errc::unsupported, "H.264 pixel format",
                        static_cast<std::uint64_t>(f.format));
        if (f.width <= 0 || f.height <= 0 || f.linesize[0] < f.width ||
            f.linesize[1] < (f.width + 1) / 2 || f.linesize[2] < (f.width + 1) / 2)
            return fail(Errc::bad_value, "H.264 picture size");
        codec::Yuv420Frame frame;
        frame.width = static_cast<std::uint32_t>(f.width);
        frame.height = static_cast<std::uint32_t>(f.height);
        frame.y = plane(f, 0, f.height);
        frame.u = plane(f, 1, (f.height + 1) / 2);
        frame.v = plane(f, 2, (f.height + 1) / 2);
        return frame;
    }

    std::unique_ptr<AVCodecContext, FreeContext> context_;
    std::unique_ptr<AVFrame, FreeFrame> frame_;
    std::unique_ptr<AVPacket, FreePacket> packet_;
    Bytes input_;
};

}  // namespace

Result<std::unique_ptr<picture::AvcDecoder>> make_ffmpeg_decoder() {
    auto decoder = std::make_unique<FfmpegDecoder>();
    LUCID_CHECK(decoder->open());
    return decoder;
}

}  // namespace lucid::rdp::avc
