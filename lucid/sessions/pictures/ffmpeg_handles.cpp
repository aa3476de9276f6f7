// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/pictures/ffmpeg_handles.hpp>

#include <cerrno>
#include <unistd.h>

namespace lucid::sessions::pictures {
namespace {

constexpr int io_buffer_bytes = 64 * 1024;

/// A place in a file: several can be in one.
struct Cursor {
    int file = -1;
    std::int64_t at = 0;
};

int read_some(void* opaque, std::uint8_t* to, int bytes) {
    auto& cursor = *static_cast<Cursor*>(opaque);
    for (;;) {
        const auto got = ::pread(cursor.file, to, static_cast<std::size_t>(bytes), cursor.at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return AVERROR(errno);
        if (got == 0) return AVERROR_EOF;
        cursor.at += got;
        return static_cast<int>(got);
    }
}

int write_all(void* opaque, std::uint8_t* from, int bytes) {
    auto& cursor = *static_cast<Cursor*>(opaque);
    for (int done = 0; done < bytes;) {
        const auto wrote =
            ::pwrite(cursor.file, from + done, static_cast<std::size_t>(bytes - done), cursor.at);
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return AVERROR(errno);
        done += static_cast<int>(wrote);
        cursor.at += wrote;
    }
    return bytes;
}

std::int64_t seek(void* opaque, std::int64_t offset, int whence) {
    auto& cursor = *static_cast<Cursor*>(opaque);
    const auto end = ::lseek(cursor.file, 0, SEEK_END);
    if (end < 0) return AVERROR(errno);
    switch (whence & ~AVSEEK_FORCE) {
        case AVSEEK_SIZE:
            return end;
        case SEEK_SET:
            break;
        case SEEK_CUR:
            offset += cursor.at;
            break;
        case SEEK_END:
            offset += end;
            break;
        default:
            return AVERROR(EINVAL);
    }
    if (offset < 0) return AVERROR(EINVAL);
    return cursor.at = offset;
}

Result<Io> make_io(int file, bool write) {
    auto* buffer = static_cast<std::uint8_t*>(av_malloc(io_buffer_bytes));
    if (buffer == nullptr) return fail(Errc::internal, "video buffer");
    auto cursor = std::make_unique<Cursor>(Cursor{file, 0});
    Io io(avio_alloc_context(buffer, io_buffer_bytes, write ? 1 : 0, cursor.get(), read_some,
                             write_all, seek));
    if (!io) {
        av_free(buffer);
        return fail(Errc::internal, "video file");
    }
    (void)cursor.release();
    return io;
}

/// FFmpeg reads what it wrote once more when the table of an MP4 goes to the front.
int open_again(AVFormatContext* output, AVIOContext** io, const char* /*url*/, int flags,
               AVDictionary** /*options*/) {
    const auto& cursor = *static_cast<const Cursor*>(output->pb->opaque);
    if ((flags & AVIO_FLAG_WRITE) != 0) return AVERROR(EACCES);
    auto made = make_io(cursor.file, false);
    if (!made) return AVERROR(ENOMEM);
    *io = made->release();
    return 0;
}

int close_again(AVFormatContext* /*output*/, AVIOContext* io) {
    IoDeleter()(io);
    return 0;
}

}  // namespace

void IoDeleter::operator()(AVIOContext* io) const {
    delete static_cast<Cursor*>(io->opaque);
    av_freep(&io->buffer);
    avio_context_free(&io);
}

Result<Output> make_output(int file, const char* container) {
    // Failures come back as values; what FFmpeg and x264 would print beside them is of no use.
    av_log_set_level(AV_LOG_QUIET);
    AVFormatContext* made = nullptr;
    if (const int code = avformat_alloc_output_context2(&made, nullptr, container, nullptr);
        code < 0)
        return fail_ffmpeg(code, "video container");
    Output output(made);
    LUCID_TRY(auto io, make_io(file, true));
    output->pb = io.release();
    // Bit-exact: no random numbers, for which FFmpeg would open a file.
    output->flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT;
    output->io_open = open_again;
    output->io_close2 = close_again;
    return output;
}

Result<InputFile> open_input(int file) {
    InputFile opened;
    LUCID_TRY(opened.io, make_io(file, false));
    auto* input = avformat_alloc_context();
    if (input == nullptr) return fail(Errc::internal, "video file");
    input->pb = opened.io.get();
    // Frees the context when it fails.
    if (const int code = avformat_open_input(&input, nullptr, nullptr, nullptr); code < 0)
        return fail_ffmpeg(code, "open part of a video");
    opened.input.reset(input);
    return opened;
}

}  // namespace lucid::sessions::pictures
