// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/headless/wave_file.hpp>

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace lucid::rdp::headless {
namespace {

constexpr std::size_t header_bytes = 44;

Result<void> write_at(int file, ByteView bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const auto done = ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return fail_errno(errno, "sound file");
        bytes = bytes.subspan(static_cast<std::size_t>(done));
        offset += static_cast<std::uint64_t>(done);
    }
    return {};
}

}  // namespace

Result<WaveFile> WaveFile::create(const std::string& path) {
    core::net::Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    if (!file.valid()) return fail_errno(errno, "sound file");
    return WaveFile(std::move(file));
}

Result<void> WaveFile::start(const WaveFormat& format) {
    if (!has_format_) {
        format_ = format;
        has_format_ = true;
        return write_header();
    }
    is_other_format_ = format != format_;
    return {};
}

Result<void> WaveFile::add(ByteView pcm) {
    heard_bytes_ += pcm.size();
    if (is_other_format_ || kept_bytes_ + pcm.size() > wave_bytes_max) return {};
    LUCID_CHECK(write_at(file_.get(), pcm, header_bytes + kept_bytes_));
    kept_bytes_ += pcm.size();
    return write_header();
}

Result<void> WaveFile::write_header() {
    constexpr std::uint32_t format_chunk_bytes = 16;
    constexpr std::uint16_t pcm = 1;
    const auto block = static_cast<std::uint16_t>(format_.channels * format_.bits_per_sample / 8);
    const auto data = static_cast<std::uint32_t>(kept_bytes_);
    Writer w(header_bytes);
    w.text("RIFF").u32_le(data + header_bytes - 8).text("WAVE");
    w.text("fmt ").u32_le(format_chunk_bytes).u16_le(pcm).u16_le(format_.channels);
    w.u32_le(format_.samples_per_second).u32_le(format_.samples_per_second * block);
    w.u16_le(block).u16_le(format_.bits_per_sample).text("data").u32_le(data);
    return write_at(file_.get(), w.view(), 0);
}

}  // namespace lucid::rdp::headless
