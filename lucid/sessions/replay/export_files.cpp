// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/replay/export_files.hpp>

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace lucid::sessions::replay {
namespace {

namespace fs = std::filesystem;
using core::net::Fd;

constexpr mode_t file_mode = 0644;
constexpr std::size_t kind_bytes_max = 256;

Result<void> make_folder(const std::string& path) {
    if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST)
        return fail_errno(errno, "create the folder of an export");
    return {};
}

}  // namespace

ExportFolder::~ExportFolder() {
    if (!unfinished_.empty()) ::unlink(unfinished_.c_str());
}

std::string ExportFolder::path_of(const ExportPiece& piece) const {
    switch (piece.kind) {
        case ExportPiece::Kind::picture:
            return fmt::format("{}/{:09}.png", target_, piece.number);
        case ExportPiece::Kind::part:
            return fmt::format("{}/{:06}", parts(), piece.number);
        case ExportPiece::Kind::result:
            break;
    }
    return target_;
}

Result<void> ExportFolder::begin_parts(const std::string& kind) {
    if (kind.size() > kind_bytes_max) return fail(Errc::limit_exceeded, "kind of parts");
    const auto kind_file = parts() + "/kind";
    const auto found = core::runtime::read_file(kind_file, kind_bytes_max);
    if (found && as_text(*found) == kind) return {};
    std::error_code error;
    fs::remove_all(parts(), error);
    if (error) return fail_errno(error.value(), "remove the parts of another video");
    LUCID_CHECK(make_folder(parts()));
    return core::runtime::write_file_atomically(kind_file, as_bytes(kind), file_mode);
}

Result<bool> ExportFolder::has(const ExportPiece& piece) {
    std::error_code error;
    return fs::exists(path_of(piece), error);
}

Result<Fd> ExportFolder::create(const ExportPiece& piece) {
    if (!unfinished_.empty()) ::unlink(std::exchange(unfinished_, {}).c_str());
    if (piece.kind == ExportPiece::Kind::picture) LUCID_CHECK(make_folder(target_));
    const auto path = path_of(piece) + ".new";
    file_ = Fd(::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, file_mode));
    if (!file_.valid()) return fail_errno(errno, "create file");
    unfinished_ = path;
    Fd theirs(::fcntl(file_.get(), F_DUPFD_CLOEXEC, 0));
    if (!theirs.valid()) return fail_errno(errno, "create file");
    return theirs;
}

Result<Fd> ExportFolder::open(const ExportPiece& piece) {
    Fd file(::open(path_of(piece).c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) return fail_errno(errno, "open a piece of an export");
    return file;
}

Result<void> ExportFolder::keep(const ExportPiece& piece) {
    const auto path = path_of(piece);
    if (unfinished_ != path + ".new") return fail(Errc::refused, "a piece that was not created");
    if (::fsync(file_.get()) != 0) return fail_errno(errno, "sync file");
    file_.reset();
    if (::rename(unfinished_.c_str(), path.c_str()) != 0) return fail_errno(errno, "rename file");
    unfinished_.clear();
    const auto folder = fs::path(path).parent_path().string();
    LUCID_CHECK(core::runtime::sync_directory(folder.empty() ? "." : folder));
    if (piece.kind != ExportPiece::Kind::result) return {};
    std::error_code error;
    fs::remove_all(parts(), error);
    return {};
}

}  // namespace lucid::sessions::replay
