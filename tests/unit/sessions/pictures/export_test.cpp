// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/export.hpp>
#include <lucid/sessions/pictures/ffmpeg_handles.hpp>
#include <lucid/sessions/pictures/png.hpp>

#include <cmath>
#include <filesystem>
#include <png.h>
#include <stdlib.h>

#include "recordings.hpp"
#include <gtest/gtest.h>

namespace lucid::sessions::pictures {
namespace {

namespace fs = std::filesystem;

class Export : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string made = (fs::temp_directory_path() / "lucid_pictures_XXXXXX").string();
        ASSERT_NE(::mkdtemp(made.data()), nullptr);
        folder_ = made;
    }
    void TearDown() override { fs::remove_all(folder_); }
    [[nodiscard]] std::string path(const std::string& name) const { return folder_ + "/" + name; }
    [[nodiscard]] std::unique_ptr<replay::ExportFolder> files(const std::string& name) const {
        return std::make_unique<replay::ExportFolder>(path(name));
    }
    std::string folder_;
};

/// The first pixel of a PNG file as 0xRRGGBB.
std::uint32_t png_colour(const std::string& file) {
    png_image image{};
    image.version = PNG_IMAGE_VERSION;
    if (png_image_begin_read_from_file(&image, file.c_str()) == 0) return ~0U;
    image.format = PNG_FORMAT_RGB;
    Bytes pixels(PNG_IMAGE_SIZE(image));
    if (png_image_finish_read(&image, nullptr, pixels.data(), 0, nullptr) == 0) return ~0U;
    return std::uint32_t{pixels[0]} << 16 | pixels[1] << 8U | pixels[2];
}

struct VideoFrame {
    double time_s = 0;
    int luma = 0;
};

std::vector<VideoFrame> read_video(const std::string& file) {
    std::vector<VideoFrame> frames;
    AVFormatContext* opened = nullptr;
    if (avformat_open_input(&opened, file.c_str(), nullptr, nullptr) < 0) return frames;
    const Input input(opened);
    avformat_find_stream_info(input.get(), nullptr);
    const auto* stream = input->streams[0];
    const auto* codec = avcodec_find_decoder(stream->codecpar->codec_id);
    const CodecContext decoder(avcodec_alloc_context3(codec));
    avcodec_parameters_to_context(decoder.get(), stream->codecpar);
    avcodec_open2(decoder.get(), codec, nullptr);
    const Packet packet(av_packet_alloc());
    const Frame frame(av_frame_alloc());
    const auto drain = [&] {
        while (avcodec_receive_frame(decoder.get(), frame.get()) >= 0)
            frames.push_back(
                {static_cast<double>(frame->pts) * av_q2d(stream->time_base), frame->data[0][0]});
    };
    while (av_read_frame(input.get(), packet.get()) >= 0) {
        avcodec_send_packet(decoder.get(), packet.get());
        av_packet_unref(packet.get());
        drain();
    }
    avcodec_send_packet(decoder.get(), nullptr);
    drain();
    return frames;
}

/// BT.709, limited range.
int luma_of(std::uint32_t pixel) {
    const auto part = [&](int shift) { return static_cast<double>(pixel >> shift & 0xff); };
    return static_cast<int>(
        std::lround(16 + 219 * (0.2126 * part(16) + 0.7152 * part(8) + 0.0722 * part(0)) / 255));
}

void expect_a_colour_each_second(const std::vector<VideoFrame>& frames, unsigned seconds) {
    ASSERT_GE(frames.size(), seconds);
    std::size_t next = 0;
    for (unsigned n = 0; n < seconds; ++n) {
        while (next + 1 < frames.size() && frames[next + 1].time_s <= n + 0.001) ++next;
        EXPECT_NEAR(frames[next].time_s, n, 0.002) << n;
        EXPECT_NEAR(frames[next].luma, luma_of(test::colour_of_second(n)), 8) << n;
    }
    EXPECT_NEAR(frames.back().time_s, seconds, 0.002) << "as long as the session";
}

TEST_F(Export, a_png_of_a_moment) {
    const auto recording = test::colour_recording(4);
    const auto report = export_png(recording, 2'500'000, *files("a.png"), {});
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(png_colour(path("a.png")), test::colour_of_second(2) & 0xffffff);
    const replay::Recording empty;
    EXPECT_EQ(export_png(empty, 0, *files("b.png"), {}).error().code,
              make_error_code(Errc::not_found));
    EXPECT_FALSE(export_png(recording, 0, *files("no/such/folder.png"), {}));
    EXPECT_FALSE(export_frames(recording, 1'000'000, *files("no/such/folder"), {}));
    EXPECT_FALSE(export_video(recording, VideoFormat::mp4, 1, *files("no/such/a.mp4"), {}));
}

TEST_F(Export, frames_of_what_changed_and_again_without_work) {
    const auto recording = test::colour_recording(4);
    const auto first = export_frames(recording, 500'000, *files("frames"), {});
    ASSERT_TRUE(first) << first.error().message();
    EXPECT_EQ(first->pictures, 4U);
    EXPECT_EQ(png_colour(path("frames/000002000.png")), test::colour_of_second(2) & 0xffffff);
    fs::remove(path("frames/000001000.png"));
    const auto again = export_frames(recording, 500'000, *files("frames"), {});
    ASSERT_TRUE(again);
    EXPECT_EQ(again->pictures, 1U);
    EXPECT_EQ(again->kept, 3U);
    EXPECT_EQ(png_colour(path("frames/000001000.png")), test::colour_of_second(1) & 0xffffff);
}

TEST_F(Export, video_frames_carry_the_session_s_times) {
    const auto recording = test::colour_recording(6);
    for (const auto format : {VideoFormat::mp4, VideoFormat::webm}) {
        const std::string name = format == VideoFormat::mp4 ? "a.mp4" : "a.webm";
        const auto file = path(name);
        std::uint64_t told = 0;
        ExportOptions options;
        options.progress = [&](std::uint64_t done, std::uint64_t) { told = done; };
        const auto report = export_video(recording, format, 10, *files(name), options);
        ASSERT_TRUE(report) << report.error().message();
        EXPECT_EQ(told, 6'000'000U);
        EXPECT_FALSE(fs::exists(file + ".parts"));
        expect_a_colour_each_second(read_video(file), 6);
    }
}

TEST_F(Export, a_video_goes_on_where_it_was_broken_off) {
    const auto recording = test::colour_recording(130);
    const auto file = path("long.mp4");
    struct Stop {};
    ExportOptions options;
    // Broken off in the second part, as a kill would.
    options.progress = [&](std::uint64_t done, std::uint64_t) {
        if (done > 70'000'000) throw Stop{};
    };
    EXPECT_THROW((void)export_video(recording, VideoFormat::mp4, 4, *files("long.mp4"), options),
                 Stop);
    EXPECT_FALSE(fs::exists(file));
    EXPECT_TRUE(fs::exists(file + ".parts/000000"));
    EXPECT_FALSE(fs::exists(file + ".parts/000001"));
    EXPECT_FALSE(fs::exists(file + ".parts/000001.new"));
    const auto report = export_video(recording, VideoFormat::mp4, 4, *files("long.mp4"), {});
    ASSERT_TRUE(report) << report.error().message();
    EXPECT_EQ(report->kept, 1U);
    expect_a_colour_each_second(read_video(file), 130);
    EXPECT_FALSE(fs::exists(file + ".parts"));
    // Parts of another kind are not taken.
    EXPECT_THROW((void)export_video(recording, VideoFormat::mp4, 4, *files("long.mp4"), options),
                 Stop);
    const auto other = export_video(recording, VideoFormat::mp4, 2, *files("long.mp4"), {});
    ASSERT_TRUE(other);
    EXPECT_EQ(other->kept, 0U);
}

TEST(Thumbnail, keeps_the_proportion_and_the_mean) {
    Bytes pixels(64 * 32 * 4);
    for (std::size_t i = 0; i < pixels.size(); ++i)
        pixels[i] = static_cast<std::uint8_t>(i / 4 % 2 == 0 ? 100 : 200);
    const auto small = thumbnail({pixels, 64, 32}, 16);
    EXPECT_EQ(small.width, 16U);
    EXPECT_EQ(small.height, 8U);
    EXPECT_EQ(small.pixels[0], 150);
    EXPECT_EQ(thumbnail({pixels, 64, 32}, 100).width, 64U);
    EXPECT_TRUE(thumbnail({}, 16).pixels.empty());
    EXPECT_FALSE(encode_png({}));
}

}  // namespace
}  // namespace lucid::sessions::pictures
