// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/file_lock.hpp>
#include <lucid/storage/backup/repository.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace lucid::storage::backup {
namespace {

namespace fs = std::filesystem;
using core::net::Fd;

constexpr std::string_view format_prefix = "lucid-backup ";
constexpr std::string_view format_text = "lucid-backup 1\n";
constexpr const char* format_name = "/lucid-backup";
constexpr const char* torn_prefix = "new.";
constexpr const char* damaged_suffix = ".damaged";
constexpr std::size_t format_bytes_max = 64;

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) return fail_errno(errno, "folder");
    return {};
}

Result<void> write_whole(const std::string& path, ByteView content) {
    const Fd file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!file.valid()) return fail_errno(errno, "backup object");
    while (!content.empty()) {
        const auto done = ::write(file.get(), content.data(), content.size());
        if (done < 0 && errno == EINTR) continue;  // on network file systems alone
        if (done < 0) return fail_errno(errno, "backup object");
        content = content.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

bool is_snapshot_name(const std::string& name) {
    return !name.empty() && name.front() != '.' && name.size() <= 64 &&
           name.find_first_not_of("0123456789TZ-") == std::string::npos;
}

}  // namespace

std::string Repository::object_path(const Hash32& name) const {
    const auto hex = to_hex(name);
    return path_ + "/objects/" + hex.substr(0, 2) + "/" + hex;
}

std::string Repository::snapshot_path(const std::string& name) const {
    return path_ + "/snapshots/" + name + ".json";
}

Result<Repository> Repository::open(const std::string& path) {
    const auto format = core::runtime::read_file(path + format_name, format_bytes_max);
    if (!format) return fail(format.error());
    if (as_text(*format) != format_text)
        return fail(
            as_text(*format).starts_with(format_prefix) ? Errc::bad_version : Errc::bad_magic,
            "backup folder");
    return Repository(path);
}

Result<Repository> Repository::open_or_make(const std::string& path) {
    std::error_code error;
    if (fs::exists(path + format_name, error)) return open(path);
    fs::create_directories(path, error);
    if (error) return fail(make_system_error(error.value(), "backup folder"));
    for (const auto& entry : fs::directory_iterator(path, error)) {
        const auto name = entry.path().filename();
        // What an interrupted call made, or mkfs.
        if (name != "objects" && name != "snapshots" && name != "lost+found" && name != "lock" &&
            !name.string().starts_with("lucid-backup.new."))
            return fail(Errc::refused, "the folder holds something else");
    }
    if (error) return fail(make_system_error(error.value(), "backup folder"));
    LUCID_CHECK(make_folder(path + "/objects"));
    LUCID_CHECK(make_folder(path + "/snapshots"));
    LUCID_CHECK(core::runtime::write_file_atomically(path + format_name, as_bytes(format_text)));
    return Repository(path);
}

Result<Fd> Repository::lock() const {
    return core::runtime::lock_file(path_ + "/lock");
}

Result<ObjectRef> Repository::put(ByteView plaintext,
                                  std::span<const crypto::age::Recipient> recipients) {
    LUCID_TRY(const auto sealed, crypto::age::seal(plaintext, recipients));
    if (sealed.size() > object_bytes_max)
        return fail(Errc::limit_exceeded, "backup object", sealed.size());
    const ObjectRef object{crypto::sha256(sealed), sealed.size()};
    const auto path = object_path(object.name);
    LUCID_CHECK(make_folder(fs::path(path).parent_path().string()));
    const auto beside = path_ + "/objects/" + torn_prefix + std::to_string(::getpid()) + "." +
                        std::to_string(torn_++);
    auto written = write_whole(beside, sealed);
    if (written && ::rename(beside.c_str(), path.c_str()) != 0)
        written = fail_errno(errno, "backup object");
    if (!written) {
        ::unlink(beside.c_str());
        return fail(written.error());
    }
    return object;
}

Result<Bytes> Repository::read(const Hash32& name) const {
    LUCID_TRY(auto sealed, core::runtime::read_file(object_path(name), object_bytes_max));
    if (crypto::sha256(sealed) != name) return fail(Errc::hash_mismatch, "backup object");
    return sealed;
}

bool Repository::has(const ObjectRef& object) const {
    struct stat info{};
    return ::stat(object_path(object.name).c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           static_cast<std::uint64_t>(info.st_size) == object.bytes;
}

Result<void> Repository::sync() const {
    const Fd folder(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return fail_errno(errno, "backup folder");
    // WHY: one flush of the file system instead of one for each of thousands of objects. It fails
    // when the device does.
    if (::syncfs(folder.get()) != 0) return fail_errno(errno, "sync backup");
    return {};
}

Result<std::vector<std::string>> Repository::snapshots() const {
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path_ + "/snapshots", error)) {
        const auto file = entry.path().filename();
        if (file.extension() == ".json" && is_snapshot_name(file.stem().string()))
            names.push_back(file.stem().string());
    }
    if (error) return fail(make_system_error(error.value(), "snapshots"));
    std::sort(names.begin(), names.end());
    return names;
}

Result<Bytes> Repository::read_snapshot(const std::string& name) const {
    if (name != unfinished && !is_snapshot_name(name)) return fail(Errc::not_found, "snapshot");
    return core::runtime::read_file(snapshot_path(name), snapshot_bytes_max);
}

Result<void> Repository::write_snapshot(const std::string& name, ByteView text) const {
    return core::runtime::write_file_atomically(snapshot_path(name), text);
}

Result<void> Repository::remove_snapshot(const std::string& name) const {
    if (::unlink(snapshot_path(name).c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "remove snapshot");
    return core::runtime::sync_directory(path_ + "/snapshots");
}

Result<Repository::Swept> Repository::sweep(const std::set<Hash32>& keep) const {
    Swept swept;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(path_ + "/objects", error), end;
         !error && entry != end; entry.increment(error)) {
        if (!entry->is_regular_file()) continue;
        const auto name = entry->path().filename().string();
        if (name.ends_with(damaged_suffix)) continue;
        const auto hash = hash32_from_hex(name);
        if (hash && keep.contains(*hash)) continue;
        if (!hash && !name.starts_with(torn_prefix)) continue;  // not ours
        const auto size = entry->file_size();
        // Without the rights to it, or on a file system that became read-only.
        if (::unlink(entry->path().c_str()) != 0) return fail_errno(errno, "remove object");
        ++swept.objects;
        swept.bytes += size;
    }
    if (error) return fail(make_system_error(error.value(), "objects"));
    return swept;
}

Result<void> Repository::set_aside(const Hash32& name) const {
    const auto path = object_path(name);
    if (::rename(path.c_str(), (path + damaged_suffix).c_str()) != 0 && errno != ENOENT)
        return fail_errno(errno, "set object aside");
    return {};
}

}  // namespace lucid::storage::backup
