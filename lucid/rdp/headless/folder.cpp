// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/folder.hpp>

#include <cerrno>
#include <cstdio>
#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <memory>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lucid::rdp::headless {

using client::DriveEntry;
using core::net::Fd;

namespace {

/// FILETIME counts 100 ns since 1601.
constexpr std::uint64_t seconds_1601_to_1970 = 11'644'473'600;
constexpr std::uint64_t filetime_per_second = 10'000'000;

timespec time_of(std::uint64_t filetime) {
    timespec time{};
    time.tv_sec = static_cast<time_t>(filetime / filetime_per_second) -
                  static_cast<time_t>(seconds_1601_to_1970);
    time.tv_nsec = static_cast<long>(filetime % filetime_per_second * 100);
    return time;
}

std::uint64_t filetime_of(const timespec& time) {
    return (static_cast<std::uint64_t>(time.tv_sec) + seconds_1601_to_1970) * filetime_per_second +
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
    if (error == EEXIST) return fail(Errc::already_exists, "drive path");
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

Result<Fd> Folder::open_beneath(const std::string& path, int flags, unsigned mode) const {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags | O_CLOEXEC);
    if ((flags & O_PATH) == 0) how.flags |= O_NONBLOCK | O_NOCTTY;
    how.mode = mode;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const auto* name = path.empty() ? "." : path.c_str();
    const auto opened = ::syscall(SYS_openat2, root_.get(), name, &how, sizeof how);
    if (opened < 0) return fail_path(errno);
    return Fd(static_cast<int>(opened));
}

Result<DriveEntry> Folder::look(const std::string& path) {
    LUCID_TRY(const auto file, open_beneath(path, O_RDONLY));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail_path(errno);
    const auto slash = path.rfind('/');
    return entry_of(status, slash == std::string::npos ? path : path.substr(slash + 1));
}

Result<std::vector<DriveEntry>> Folder::list(const std::string& path) {
    LUCID_TRY(auto folder, open_beneath(path, O_RDONLY));
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
    LUCID_TRY(const auto file, open_beneath(path, O_RDONLY));
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

Result<Fd> Folder::open_to_write(const std::string& path) const {
    LUCID_TRY(auto file, open_beneath(path, O_WRONLY));
    struct stat status{};
    if (::fstat(file.get(), &status) != 0) return fail_path(errno);
    if (!S_ISREG(status.st_mode)) return fail(Errc::refused, "no regular file");
    return file;
}

Result<Folder::Place> Folder::place_of(const std::string& path) const {
    if (path.empty()) return fail(Errc::refused, "the folder itself");
    const auto slash = path.rfind('/');
    const auto above = slash == std::string::npos ? std::string() : path.substr(0, slash);
    LUCID_TRY(auto folder, open_beneath(above, O_PATH | O_DIRECTORY));
    return Place{std::move(folder), slash == std::string::npos ? path : path.substr(slash + 1)};
}

Result<client::DriveSpace> Folder::space() {
    struct statvfs status{};
    if (::fstatvfs(root_.get(), &status) != 0) return fail_errno(errno, "drive space");
    const auto unit = static_cast<std::uint64_t>(status.f_frsize);
    return client::DriveSpace{status.f_blocks * unit, status.f_bavail * unit};
}

Result<void> Folder::create(const std::string& path, bool is_folder) {
    constexpr unsigned file_mode = 0666;
    constexpr unsigned folder_mode = 0777;
    if (!is_folder) {
        LUCID_TRY(const auto file, open_beneath(path, O_WRONLY | O_CREAT | O_EXCL, file_mode));
        return {};
    }
    LUCID_TRY(const auto place, place_of(path));
    if (::mkdirat(place.folder.get(), place.name.c_str(), folder_mode) != 0)
        return fail_path(errno);
    return {};
}

Result<void> Folder::write(const std::string& path, std::uint64_t offset, ByteView data) {
    LUCID_TRY(const auto file, open_to_write(path));
    while (!data.empty()) {
        const auto done =
            ::pwrite(file.get(), data.data(), data.size(), static_cast<off_t>(offset));
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return fail_path(errno);
        offset += static_cast<std::uint64_t>(done);
        data = data.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> Folder::resize(const std::string& path, std::uint64_t bytes) {
    LUCID_TRY(const auto file, open_to_write(path));
    if (::ftruncate(file.get(), static_cast<off_t>(bytes)) != 0) return fail_path(errno);
    return {};
}

Result<void> Folder::rename(const std::string& from, const std::string& to, bool replace) {
    // Only what the host can see moves, and only onto what it can see.
    LUCID_CHECK(look(from));
    if (replace) {
        const auto target = look(to);
        if (target && target->is_folder) return fail(Errc::already_exists, "new name");
        if (!target && target.error().code != make_error_code(Errc::not_found))
            return fail(target.error());
    }
    LUCID_TRY(const auto old_place, place_of(from));
    LUCID_TRY(const auto new_place, place_of(to));
    const unsigned flags = replace ? 0 : RENAME_NOREPLACE;
    if (::renameat2(old_place.folder.get(), old_place.name.c_str(), new_place.folder.get(),
                    new_place.name.c_str(), flags) != 0)
        return fail_path(errno);
    return {};
}

Result<void> Folder::remove(const std::string& path) {
    LUCID_TRY(const auto entry, look(path));
    LUCID_TRY(const auto place, place_of(path));
    if (::unlinkat(place.folder.get(), place.name.c_str(), entry.is_folder ? AT_REMOVEDIR : 0) != 0)
        return fail_path(errno);
    return {};
}

Result<void> Folder::set_modified(const std::string& path, std::uint64_t filetime) {
    LUCID_TRY(const auto file, open_beneath(path, O_RDONLY));
    const timespec times[2] = {{0, UTIME_OMIT}, time_of(filetime)};
    if (::futimens(file.get(), times) != 0) return fail_path(errno);
    return {};
}

}  // namespace lucid::rdp::headless
