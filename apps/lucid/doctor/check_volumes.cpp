// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>

#include <filesystem>
#include <sys/statvfs.h>

#include "../backup/collect.hpp"
#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

/// Below this many times the reserve, somebody should make room before sessions are refused.
constexpr std::uint64_t space_warning_factor = 4;
constexpr std::uint64_t file_names_min = 1000;
constexpr std::int64_t day_s = 86'400;
constexpr const char* make_room =
    "lucid prune --older-than 90d --dry-run, or another disk: lucid volume add FOLDER";

void check_names(const std::string& path, Findings& findings) {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) == 0 && info.f_files != 0 && info.f_favail < file_names_min)
        findings.broken("space",
                        fmt::format("{} file names left on the disk of {}", info.f_favail, path),
                        make_room);
}

}  // namespace

void check_volumes(const core::runtime::DataDir& data, const std::optional<RunningNode>& running,
                   Findings& findings) {
    const auto& config = data.config();
    const auto reserve = config.free_space_min_mib;
    bool takes = false;
    for (const auto& volume : data.volumes().look()) {
        if (!volume.ready()) {
            const bool foreign = volume.problem.starts_with("belongs");
            findings.broken(
                "volumes", volume.path + " " + volume.problem,
                foreign ? "take it out of storage.volumes in " + data.file("lucid.toml")
                        : "mount it and restart lucid; a new one: lucid volume add " + volume.path);
            continue;
        }
        if (running && !volume.id.empty() && !running->volumes.contains(volume.path))
            findings.broken("volumes",
                            volume.path + " is here, and the running node does not use it",
                            "systemctl restart lucid");
        const auto free_mib = volume.free_bytes >> 20;
        takes |= free_mib >= reserve;
        const auto text =
            fmt::format("{}: {} MiB free, the reserve is {}", volume.path, free_mib, reserve);
        // A small data directory is fine while recordings go elsewhere.
        const auto floor =
            volume.id.empty() && !config.volumes.empty() ? config.free_space_live_mib() : reserve;
        if (free_mib < floor)
            findings.broken("space", text + (volume.id.empty() ? ": no session starts" : ""),
                            make_room);
        else if (free_mib < floor * space_warning_factor)
            findings.note("space", text, make_room);
        else
            findings.good("space", text);
        check_names(volume.path, findings);
    }
    if (!takes)
        findings.broken("space", "every volume is down to its reserve: no session starts",
                        make_room);
}

void check_backup(const core::runtime::DataDir& data, Findings& findings) {
    const auto last = backup::read_last(data);
    if (!last) return findings.note("backup", "none was ever made", "lucid backup create FOLDER");
    const auto age_days = (core::runtime::wall_time_s() - last->created_s) / day_s;
    const auto text =
        fmt::format("{} in {}, {} days old", last->snapshot, last->directory, age_days);
    std::error_code error;
    if (age_days > data.config().backup_max_age_days)
        return findings.broken("backup", "the last one is too old: " + text, "lucid backup create");
    if (!last->complete)
        return findings.broken("backup", "the last one lacks something: " + text,
                               "lucid fsck, then lucid backup create");
    if (!std::filesystem::exists(last->directory + "/snapshots/" + last->snapshot + ".json", error))
        return findings.note("backup", text + ", which is not there now",
                             "mount that disk; lucid backup ls " + last->directory);
    findings.good("backup", text);
}

}  // namespace lucid::app::doctor
