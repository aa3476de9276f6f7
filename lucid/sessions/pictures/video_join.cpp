// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/ffmpeg_handles.hpp>
#include <lucid/sessions/pictures/video_writer.hpp>

#include <algorithm>

namespace lucid::sessions::pictures {
namespace {

Result<void> copy_packets(AVFormatContext& from, AVFormatContext& to, std::uint64_t start_ms,
                          std::int64_t& last_dts) {
    const Packet packet(av_packet_alloc());
    if (!packet) return fail(Errc::internal, "video packet");
    const auto* in = from.streams[0];
    const auto* out = to.streams[0];
    const auto shift =
        av_rescale_q(static_cast<std::int64_t>(start_ms), AVRational{1, 1000}, out->time_base);
    while (av_read_frame(&from, packet.get()) >= 0) {
        av_packet_rescale_ts(packet.get(), in->time_base, out->time_base);
        packet->pts += shift;
        packet->dts = std::max(packet->dts + shift, last_dts + 1);
        packet->pts = std::max(packet->pts, packet->dts);
        last_dts = packet->dts;
        packet->stream_index = 0;
        packet->pos = -1;
        if (const int code = av_interleaved_write_frame(&to, packet.get()); code < 0)
            return fail_ffmpeg(code, "write video");
    }
    return {};
}

/// The stream of the whole is that of its first part.
Result<void> begin_like(AVFormatContext& output, const AVStream& first) {
    auto* stream = avformat_new_stream(&output, nullptr);
    if (stream == nullptr) return fail(Errc::internal, "video stream");
    avcodec_parameters_copy(stream->codecpar, first.codecpar);
    stream->codecpar->codec_tag = 0;
    stream->time_base = AVRational{1, 1000};
    AVDictionary* options = nullptr;
    av_dict_set(&options, "movflags", "+faststart", 0);
    const int code = avformat_write_header(&output, &options);
    av_dict_free(&options);
    if (code < 0) return fail_ffmpeg(code, "begin video file");
    return {};
}

}  // namespace

Result<void> join_videos(replay::ExportFiles& files, std::uint64_t parts, int file,
                         VideoFormat format) {
    if (parts == 0) return fail(Errc::not_found, "pictures");
    LUCID_TRY(auto output, make_output(file, format == VideoFormat::mp4 ? "mp4" : "webm"));
    std::int64_t last_dts = -1;
    for (std::uint64_t number = 0; number < parts; ++number) {
        LUCID_TRY(const auto part, files.open({replay::ExportPiece::Kind::part, number}));
        LUCID_TRY(const auto opened, open_input(part.get()));
        auto& input = *opened.input;
        if (const int code = avformat_find_stream_info(&input, nullptr); code < 0)
            return fail_ffmpeg(code, "read part of a video");
        if (input.nb_streams != 1) return fail(Errc::bad_value, "part of a video");
        if (number == 0) LUCID_CHECK(begin_like(*output, *input.streams[0]));
        LUCID_CHECK(copy_packets(input, *output, number * video_part_us / 1000, last_dts));
    }
    if (const int code = av_write_trailer(output.get()); code < 0)
        return fail_ffmpeg(code, "end video file");
    return {};
}

}  // namespace lucid::sessions::pictures
