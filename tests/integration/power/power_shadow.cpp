// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// LD_PRELOAD: a disk that forgets everything that was not synced. For each fsync or fdatasync of a
// file below LUCID_POWER_ROOT its contents are copied to LUCID_POWER_SHADOW by inode; for each
// fsync of a folder, its list of names; for syncfs of a folder, everything below it. What is in the
// shadow is all that a power loss leaves.

#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using Sync = int (*)(int);

std::string path_of(int fd) {
    std::array<char, 4096> path{};
    const auto link = "/proc/self/fd/" + std::to_string(fd);
    const auto length = ::readlink(link.c_str(), path.data(), path.size() - 1);
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "";
}

/// Written beside and renamed: a process that is killed in here leaves the copy before.
void put(const std::string& name, const std::string& content) {
    const auto* shadow = std::getenv("LUCID_POWER_SHADOW");
    const auto path = std::string(shadow) + "/" + name;
    const auto beside = path + ".new." + std::to_string(::getpid());
    const int file = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) ::abort();
    std::size_t done = 0;
    while (done < content.size()) {
        const auto got = ::write(file, content.data() + done, content.size() - done);
        if (got <= 0) ::abort();
        done += static_cast<std::size_t>(got);
    }
    ::close(file);
    if (::rename(beside.c_str(), path.c_str()) != 0) ::abort();
}

void keep_file(const std::string& path, ino_t inode) {
    const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (file < 0) return;  // renamed or removed meanwhile: nothing names it any more
    std::string content;
    std::array<char, 65536> block{};
    for (ssize_t got = 0; (got = ::read(file, block.data(), block.size())) > 0;)
        content.append(block.data(), static_cast<std::size_t>(got));
    ::close(file);
    put("file." + std::to_string(inode), content);
}

void keep_folder(int fd, ino_t inode) {
    const int copy = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) ::abort();
    DIR* folder = ::fdopendir(copy);
    std::string lines;
    while (const auto* entry = ::readdir(folder)) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        lines += std::string(entry->d_type == DT_DIR ? "d " : "f ") + std::to_string(entry->d_ino) +
                 " " + name + "\n";
    }
    ::closedir(folder);
    put("folder." + std::to_string(inode), lines);
}

/// Everything below an open folder.
void keep_tree(int fd) {
    struct stat info{};
    if (::fstat(fd, &info) != 0) return;
    keep_folder(fd, info.st_ino);
    const int copy = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (copy < 0) ::abort();
    DIR* folder = ::fdopendir(copy);
    while (const auto* entry = ::readdir(folder)) {
        const std::string name = entry->d_name;
        if (name == "." || name == "..") continue;
        const int below = ::openat(fd, entry->d_name, O_RDONLY | O_CLOEXEC);
        if (below < 0) continue;
        if (entry->d_type == DT_DIR)
            keep_tree(below);
        else
            keep_file(path_of(below), entry->d_ino);
        ::close(below);
    }
    ::closedir(folder);
}

int sync_and_keep(const char* function, int fd) {
    const auto real = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, function));
    const int result = real(fd);
    const auto* root = std::getenv("LUCID_POWER_ROOT");
    struct stat info{};
    if (result != 0 || root == nullptr || ::fstat(fd, &info) != 0) return result;
    const auto path = path_of(fd);
    if (path.compare(0, std::strlen(root), root) != 0) return result;
    if (S_ISDIR(info.st_mode))
        keep_folder(fd, info.st_ino);
    else
        keep_file(path, info.st_ino);
    return result;
}

}  // namespace

extern "C" int fsync(int fd) {
    return sync_and_keep("fsync", fd);
}

extern "C" int syncfs(int fd) {
    const auto real = reinterpret_cast<Sync>(::dlsym(RTLD_NEXT, "syncfs"));
    const int result = real(fd);
    const auto* root = std::getenv("LUCID_POWER_ROOT");
    if (result == 0 && root != nullptr && path_of(fd) == root) keep_tree(fd);
    return result;
}

extern "C" int fdatasync(int fd) {
    return sync_and_keep("fdatasync", fd);
}
