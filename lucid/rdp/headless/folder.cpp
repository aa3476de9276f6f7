// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/folder.hpp>

#include <cerrno>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lucid::rdp::headless {

using client::DriveEntry;
using core::net::Fd;

namespace {

/// FILETIME counts 100 ns since 1601.
std::uint64_t filetime_of(const timespec& time) {
    constexpr std::uint64_t seconds_1601_to_1970 = 11'644'473'600;
    return (static_cast<std::uint64_t>(time.tv_sec) + seconds_1601_to_1970) * 10'000'000 +
           static_cast<std::uint64_t>(time.tv_nsec) / 100;
}

Result<DriveEntry> entry_of(const struct stat& status, std::string name) {
    DriveEntry entry;
    entry.name = std::move(name);
    entry.is_folder = S_ISDIR(status.st_mode);
    if (!entry.is_folder && !S_ISREG(status.st_mode)) return fail(Errc::refused, "drive entry");
    entry.bytes = entry.is_folder ? 0 : static_cast<std::uint64_t>(status.st_size);
    entry.modified_filetime = filetime_of(status.st_mtim);
    return entry;
}

tl::unexpected<Error> fail_path(int error) {
    if (error == ENOENT || error == ENOTDIR) return fail(Errc::not_found, "drive path");
    if (error == ELOOP || error == EXDEV || error == EACCES)
        return fail(Errc::refused, "drive path");
    return fail_errno(error, "drive path");
}

struct DirectoryDeleter {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

Result<std::unique_ptr<Folder>> Folder::open(const std::string& path) {
    Fd root(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!root.valid()) return fail_errno(errno, "drive folder");
    return std::unique_ptr<Folder>(new Folder(std::move(root)));
}

Result<Fd> Folder::open_beneath(const std::string& path) const {
    open_how how{};
    how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const auto* name = path.empty() ? "." : path.c_str();
    const auto opened = ::syscall(SYS_openat2, root_.get(), name, &how, sizeof how);
    if (opened < 0) return fail_path(errno);
    return Fd(static_cast<int>(opened));
}

Result<DriveEntry> Folder::look(const std::string& path) {
    LUCID_TRY(const auto file, open_beneath(path));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail_path(errno);
    const auto slash = path.rfind('/');
    return entry_of(status, slash == std::string::npos ? path : path.substr(slash + 1));
}

Result<std::vector<DriveEntry>> Folder::list(const std::string& path) {
    LUCID_TRY(auto folder, open_beneath(path));
    const std::unique_ptr<DIR, DirectoryDeleter> directory(::fdopendir(folder.get()));
    if (!directory) return fail_path(errno);
    (void)folder.release();
    std::vector<DriveEntry> entries;
    while (const auto* found = ::readdir(directory.get())) {
        const std::string name = found->d_name;
        if (name == "." || name == "..") continue;
        struct stat status{};
        if (::fstatat(::dirfd(directory.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        auto entry = entry_of(status, name);
        if (!entry) continue;
        if (entries.size() == folder_entries_max)
            return fail(Errc::limit_exceeded, "drive listing", folder_entries_max);
        entries.push_back(std::move(*entry));
    }
    return entries;
}

Result<Bytes> Folder::read(const std::string& path, std::uint64_t offset, std::uint32_t bytes) {
    LUCID_TRY(const auto file, open_beneath(path));
    Bytes out(bytes);
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got = ::pread(file.get(), out.data() + done, out.size() - done,
                                 static_cast<off_t>(offset + done));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_path(errno);
        if (got == 0) break;
        done += static_cast<std::size_t>(got);
    }
    out.resize(done);
    return out;
}

}  // namespace lucid::rdp::headless
