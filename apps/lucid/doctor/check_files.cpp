// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

struct KeyFile {
    const char* name;
    off_t size_bytes;  ///< 0: any but none
    bool secret;
};
constexpr auto key_files = std::to_array<KeyFile>({
    {"vault.key", 32, true},
    {"evidence.key", 32, true},
    {"owner.key", 32, true},
    {"account.key", 32, true},
    {"validator.key", 32, true},
    {"tls.key", 0, true},
    {"tls.crt", 0, false},
    {"account.address", 0, false},
});

/// Below this many times the floor, somebody should make room before sessions are refused.
constexpr std::uint64_t space_warning_factor = 4;

void check_key(const std::string& path, const KeyFile& expected, Findings& findings) {
    const auto name = std::string("keys/") + expected.name;
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0)
        return findings.broken("keys", fmt::format("{}: {}", name, std::strerror(errno)),
                               errno == ENOENT ? "restore it from a copy of the data directory"
                                               : "run as the user who owns the data directory");
    if (expected.secret && (info.st_mode & 077U) != 0)
        return findings.broken(
            "keys", fmt::format("{} may be read by others (mode {:o})", name, info.st_mode & 0777U),
            "chmod 600 " + path);
    if (info.st_uid != ::geteuid() && ::geteuid() != 0)
        return findings.broken("keys", fmt::format("{} belongs to user {}", name, info.st_uid),
                               fmt::format("run as that user, or: chown {} {}", ::geteuid(), path));
    if (info.st_size == 0 || (expected.size_bytes != 0 && info.st_size != expected.size_bytes))
        findings.broken("keys", fmt::format("{} has {} bytes, it is damaged", name, info.st_size),
                        "restore it from a copy of the data directory");
}

void check_modes(const core::runtime::DataDir& data, Findings& findings) {
    const auto before = findings.count(State::broken);
    for (const auto& path : {data.path(), data.file("keys"), data.file("identities")}) {
        struct stat info{};
        if (::stat(path.c_str(), &info) != 0)
            findings.broken("permissions", fmt::format("{}: {}", path, std::strerror(errno)),
                            "run as the user who owns the data directory");
        else if ((info.st_mode & 077U) != 0)
            findings.broken(
                "permissions",
                fmt::format("others may enter {} (mode {:o})", path, info.st_mode & 0777U),
                "chmod 700 " + path);
        else if (::access(path.c_str(), R_OK | W_OK | X_OK) != 0)
            findings.broken("permissions", fmt::format("{}: {}", path, std::strerror(errno)),
                            "run as the user who owns the data directory");
    }
    if (findings.count(State::broken) == before)
        findings.good("permissions", "only this user may enter");
}

void check_space(const core::runtime::DataDir& data, Findings& findings) {
    struct statvfs info{};
    if (::statvfs(data.sessions().c_str(), &info) != 0)
        return findings.broken("space",
                               fmt::format("{}: {}", data.sessions(), std::strerror(errno)),
                               "mkdir -m 700 " + data.sessions());
    const std::uint64_t free_mib = info.f_bavail * info.f_frsize >> 20;
    const auto floor = data.config().free_space_min_mib;
    const auto text = fmt::format("{} MiB free, sessions need {}", free_mib, floor);
    if (free_mib < floor)
        findings.broken("space", text + ": no session starts",
                        "make room on the volume, or lower storage.free_space_min_mib in " +
                            data.file("lucid.toml"));
    else if (free_mib < floor * space_warning_factor)
        findings.note("space", text, "make room on the volume");
    else
        findings.good("space", text);
    if (info.f_files != 0 && info.f_favail < 1000)
        findings.broken("space", fmt::format("{} file names left on that disk", info.f_favail),
                        "make room on the volume");
}

}  // namespace

std::size_t Findings::count(State state) const {
    std::size_t n = 0;
    for (const auto& finding : list_) n += finding.state == state ? 1 : 0;
    return n;
}

void check_files(const core::runtime::DataDir& data, Findings& findings) {
    findings.good("data",
                  fmt::format("{}, format {}", data.path(), core::runtime::data_format_version));
    findings.good("config", data.file("lucid.toml"));
    check_modes(data, findings);
    const auto before = findings.count(State::broken);
    for (const auto& key : key_files) check_key(data.key(key.name), key, findings);
    if (findings.count(State::broken) == before)
        findings.good("keys", fmt::format("{} files", key_files.size()));
    check_space(data, findings);
}

}  // namespace lucid::app::doctor
