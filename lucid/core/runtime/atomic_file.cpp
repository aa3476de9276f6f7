// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/atomic_file.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace lucid::core::runtime {
namespace {

using net::Fd;

Result<Bytes> read_all(const Fd& file, std::size_t bytes_max) {
    Bytes content;
    ByteArray<65536> block;
    for (;;) {
        const auto got = ::read(file.get(), block.data(), block.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read file");
        if (got == 0) break;
        if (content.size() + static_cast<std::size_t>(got) > bytes_max)
            return fail(Errc::limit_exceeded, "file size", bytes_max);
        append(content, ByteView(block).first(static_cast<std::size_t>(got)));
    }
    crypto::wipe(block);
    return content;
}

Result<Fd> open_to_read(const std::string& path) {
    Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (file.valid()) return file;
    if (errno == ENOENT) return fail(Errc::not_found, "open file");
    return fail_errno(errno, "open file");
}

}  // namespace

Result<Bytes> read_file(const std::string& path, std::size_t bytes_max) {
    LUCID_TRY(const auto file, open_to_read(path));
    return read_all(file, bytes_max);
}

Result<Bytes> read_file_part(const std::string& path, std::uint64_t offset, std::size_t length) {
    LUCID_TRY(const auto file, open_to_read(path));
    Bytes content(length);
    std::size_t filled = 0;
    while (filled < length) {
        const auto got = ::pread(file.get(), content.data() + filled, length - filled,
                                 static_cast<off_t>(offset + filled));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read file");
        if (got == 0) return fail(Errc::truncated, "read file", offset + filled);
        filled += static_cast<std::size_t>(got);
    }
    return content;
}

Result<crypto::Secret> read_secret_file(const std::string& path, std::size_t bytes_max) {
    LUCID_TRY(const auto file, open_to_read(path));
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return fail_errno(errno, "stat file");
    if ((info.st_mode & 077U) != 0) return fail(Errc::refused, "secret file readable by others");
    LUCID_TRY(auto content, read_all(file, bytes_max));
    return crypto::Secret(std::move(content));
}

Result<void> sync_directory(const std::string& path) {
    const Fd directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!directory.valid()) return fail_errno(errno, "open directory");
    if (::fsync(directory.get()) != 0) return fail_errno(errno, "sync directory");
    return {};
}

Result<void> write_all(const Fd& file, ByteView content, const char* what) {
    while (!content.empty()) {
        const auto done = ::write(file.get(), content.data(), content.size());
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_errno(errno, what);
        content = content.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> write_file_atomically(const std::string& path, ByteView content, unsigned mode) {
    const auto beside = path + ".new." + std::to_string(::getpid());
    {
        const Fd file(::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode));
        if (!file.valid()) return fail_errno(errno, "create file");
        auto written = write_all(file, content);
        if (written && ::fsync(file.get()) != 0) written = fail_errno(errno, "sync file");
        if (!written) {
            ::unlink(beside.c_str());
            return written;
        }
    }
    if (::rename(beside.c_str(), path.c_str()) != 0) {
        const int reason = errno;
        ::unlink(beside.c_str());
        return fail_errno(reason, "rename file");
    }
    const auto slash = path.find_last_of('/');
    return sync_directory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

}  // namespace lucid::core::runtime
