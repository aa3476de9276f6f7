// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/ids/session_id.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/storage/catalog/catalog.hpp>

#include <filesystem>
#include <map>
#include <set>

#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

namespace fs = std::filesystem;

/// A registration is in a block two slots after the end at the latest; then it is late.
constexpr std::int64_t anchor_late_s = 4 * 120;

std::string short_id(const std::string& id) {
    return id.substr(0, 12);
}

struct Seen {
    std::size_t recordings = 0;
    std::size_t waiting = 0;  ///< for their anchor, in time
    std::size_t late = 0;
    std::size_t unsealed = 0;
    std::string late_id;
    std::string unsealed_id;
};

void look_at(const core::runtime::DataDir& data, const std::string& id,
             const std::map<std::string, storage::catalog::Session>& known, Seen& seen,
             Findings& findings) {
    const auto directory = data.session(id);
    std::error_code error;
    ++seen.recordings;
    const auto row = known.find(id);
    if (row == known.end())
        findings.broken("recordings", short_id(id) + " is on disk and not in the catalog",
                        "lucid fsck --repair");
    if (fs::exists(directory + "/start.json", error)) {
        ++seen.unsealed;
        seen.unsealed_id = id;
        return;
    }
    if (!fs::exists(directory + "/manifest.json", error))
        return findings.broken("recordings",
                               short_id(id) + " has neither manifest nor start record",
                               "lucid fsck --repair sets it aside");
    if (fs::exists(directory + "/anchor.json", error)) return;
    const auto ended = row == known.end() ? 0 : row->second.ended_s;
    if (ended + anchor_late_s < core::runtime::wall_time_s()) {
        ++seen.late;
        seen.late_id = id;
    } else {
        ++seen.waiting;
    }
}

/// Ids that the catalog knows and that no folder here carries.
std::set<std::string> absent_volumes(const core::runtime::DataDir& data,
                                     storage::catalog::Catalog& catalog) {
    std::set<std::string> out;
    const auto known = catalog.volumes();
    if (!known) return out;
    for (const auto& volume : *known) out.insert(volume.id);
    for (const auto& volume : data.volumes().look()) out.erase(volume.id);
    return out;
}

}  // namespace

void check_recordings(const core::runtime::DataDir& data, bool running, Findings& findings) {
    auto catalog = storage::catalog::Catalog::open_existing(data.catalog());
    const auto rows = catalog ? catalog->sessions() : fail(catalog.error());
    if (!rows) return;  // check_catalog() has said so
    std::map<std::string, storage::catalog::Session> known;
    for (const auto& row : *rows) known[row.id] = row;
    const auto before = findings.count(State::broken) + findings.count(State::note);
    Seen seen;
    std::error_code error;
    for (const auto& found : data.volumes().recordings())
        look_at(data, found.id, known, seen, findings);
    const auto absent = absent_volumes(data, *catalog);
    std::size_t unavailable = 0;
    for (const auto& [id, row] : known) {
        if (fs::exists(data.session(id), error)) continue;
        if (absent.contains(row.volume))
            ++unavailable;
        else
            findings.broken("recordings", short_id(id) + " is in the catalog and not on disk",
                            "lucid restore FOLDER --session " + short_id(id));
    }
    if (unavailable > 0)
        findings.note("recordings", fmt::format("{} are on volumes that are absent", unavailable),
                      "mount them; lucid volume ls");
    if (seen.unsealed > 0 && !running)
        findings.note(
            "recordings",
            fmt::format("{} not sealed, as {}", seen.unsealed, short_id(seen.unsealed_id)),
            "lucid up seals what is there as partial");
    if (seen.late > 0 && running)
        findings.broken(
            "anchors",
            fmt::format("{} recordings wait too long, as {}", seen.late, short_id(seen.late_id)),
            "lucid chain status; then the end of " + data.log("recorder"));
    else if (seen.late > 0)
        findings.note(
            "anchors",
            fmt::format("{} recordings are not anchored, as {}", seen.late, short_id(seen.late_id)),
            "lucid up anchors them in the next slots");
    else if (findings.count(State::broken) + findings.count(State::note) == before)
        findings.good("recordings", fmt::format("{}, {} live, {} wait for their slot",
                                                seen.recordings, seen.unsealed, seen.waiting));
}

}  // namespace lucid::app::doctor
