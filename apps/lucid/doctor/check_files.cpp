// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cerrno>
#include <cstring>
#include <sys/stat.h>
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

void check_key(const std::string& path, const KeyFile& expected, Findings& findings) {
    const auto name = std::string("keys/") + expected.name;
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0)
        return findings.broken(
            "keys", fmt::format("{}: {}", name, std::strerror(errno)),
            errno == ENOENT ? "take it from a backup: lucid restore FOLDER into another directory"
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
                        "take it from a backup: lucid restore FOLDER into another directory");
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
}

}  // namespace lucid::app::doctor
