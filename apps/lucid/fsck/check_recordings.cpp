// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/sessions/recorder/inspect.hpp>
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/sessions/recorder/recovery.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <filesystem>
#include <map>

#include "../verdict.hpp"
#include "fsck.hpp"
#include <fmt/format.h>

namespace lucid::app::fsck {

namespace {

namespace fs = std::filesystem;
namespace recorder = sessions::recorder;
using core::runtime::PlacedRecording;
using recorder::RecordingState;
using sessions::format::Manifest;
using storage::catalog::Session;

constexpr std::size_t key_bytes = 32;
constexpr const char* mend = "lucid fsck --repair";

std::string short_id(const std::string& id) {
    return "recording " + id.substr(0, 12);
}

class RecordingsCheck {
  public:
    RecordingsCheck(const core::runtime::DataDir& data, const Options& options,
                    storage::catalog::Catalog* catalog, Report& report)
        : data_(data), options_(options), catalog_(catalog), report_(report) {}

    void run() {
        if (catalog_ != nullptr) read_rows();
        for (const auto& found : data_.volumes().recordings()) {
            ++report_.recordings;
            if (!seen_.emplace(found.id, found.directory).second)
                say(State::broken, found,
                    "is on two volumes: " + seen_[found.id] + " and " + found.directory,
                    "compare them and move one away");
            else
                look_at(found);
        }
        for (const auto& volume : data_.volumes().look())
            if (!volume.ready())
                report_.findings.push_back({State::note, "volume " + volume.path, volume.problem,
                                            "mount it; lucid volume ls"});
        for (const auto& [id, row] : rows_)
            if (!seen_.contains(id)) not_here(row);
    }

  private:
    void say(State state, const PlacedRecording& found, std::string what, std::string next = "") {
        report_.findings.push_back({state, short_id(found.id), std::move(what), std::move(next)});
    }
    /// Done with `--repair`, else named; `act` gives whether it worked.
    template <class Act>
    void mend_or_say(const PlacedRecording& found, const std::string& what, Act&& act) {
        if (!options_.repair) return say(State::to_repair, found, what, mend);
        const Result<void> done = act();
        if (done)
            say(State::repaired, found, what);
        else
            say(State::broken, found, what + "; not mended: " + done.error().message(),
                "make room or look at the disk, then: lucid fsck --repair");
    }

    void read_rows() {
        const auto rows = catalog_->sessions();
        if (!rows) return;
        for (const auto& row : *rows) rows_[row.id] = row;
    }

    void look_at(const PlacedRecording& found) {
        auto seen = recorder::inspect(found.directory, options_.every_byte, options_.progress);
        report_.bytes += seen.bytes;
        switch (seen.state) {
            case RecordingState::unfinished:
                if (options_.running) {
                    ++report_.live;
                    return;
                }
                mend_or_say(found, "was not ended: sealed as partial",
                            [&] { return seal(found.directory); });
                if (!options_.repair) return;
                seen = recorder::inspect(found.directory, false);
                break;
            case RecordingState::unexplained:
                // A session that is just being made looks like this for a moment.
                if (options_.running) return;
                return mend_or_say(
                    found,
                    "has neither start record nor manifest: set aside in sessions/.set-aside",
                    [&] { return recorder::set_aside(found.directory, {""}); });
            case RecordingState::not_readable:
                return say(State::broken, found, seen.reason,
                           "lucid restore FOLDER --session " + found.id.substr(0, 12));
            case RecordingState::half_pruned:
                mend_or_say(found, "was pruned only in part: pruned", [&]() -> Result<void> {
                    LUCID_CHECK(
                        recorder::prune_recording(found.directory, core::runtime::wall_time_s()));
                    return {};
                });
                break;
            case RecordingState::sealed:
                check_contents(found, seen);
                break;
            case RecordingState::pruned:
                break;
        }
        if (seen.manifest) compare_row(found, *seen.manifest, seen.manifest_hash);
    }

    Result<void> seal(const std::string& directory) {
        LUCID_TRY(auto seed, core::runtime::read_secret_file(data_.key("evidence.key"), key_bytes));
        if (seed.size() != key_bytes)
            return fail(Errc::bad_length, "keys/evidence.key", seed.size());
        LUCID_CHECK(
            recorder::recover(directory, "recorder lost", crypto::Ed25519Key(std::move(seed))));
        return {};
    }

    void check_contents(const PlacedRecording& found, const recorder::Inspection& seen) {
        if (!seen.orphans.empty() && !options_.running)
            mend_or_say(found,
                        fmt::format("{} files that the manifest does not know, as {}: set aside",
                                    seen.orphans.size(), seen.orphans.front()),
                        [&] { return recorder::set_aside(found.directory, seen.orphans); });
        const auto restore = "lucid restore FOLDER --session " + found.id.substr(0, 12);
        for (const auto& file : seen.missing)
            say(State::broken, found, file + " is missing", restore);
        for (const auto& file : seen.damaged)
            say(State::broken, found, file + " is damaged", restore);
        if (seen.tiles_broken && seen.missing.empty() && seen.damaged.empty())
            mend_or_say(found, "tree tiles are missing or damaged: made again",
                        [&] { return recorder::rebuild_tiles(found.directory, *seen.manifest); });
    }

    /// Whose it was, where an identity that still lies here opens it.
    std::string user_of(const std::string& directory) const {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(data_.file("identities"), error)) {
            const auto identity = read_identity(entry.path().string());
            if (!identity) continue;
            sessions::replay::DirectoryBundle source(directory);
            if (const auto parties = sessions::replay::read_parties(source, *identity))
                return parties->user;
        }
        return "";
    }

    void compare_row(const PlacedRecording& found, const Manifest& m, const Hash32& hash) {
        if (catalog_ == nullptr) return;
        const auto known = rows_.find(found.id);
        Session row = known == rows_.end() ? Session{} : known->second;
        const auto before = row;
        row.id = found.id;
        row.host = m.host;
        row.started_s = static_cast<std::int64_t>(m.started_at_us / 1'000'000);
        row.ended_s = static_cast<std::int64_t>(m.ended_at_us / 1'000'000);
        row.state = m.complete ? "complete" : "partial";
        row.reason = m.reason;
        row.segments = static_cast<std::int64_t>(m.tree_size);
        row.root = to_hex(m.root);
        row.manifest_hash = to_hex(hash);
        row.volume = found.volume;
        if (row == before) return;
        if (known == rows_.end()) row.user = user_of(found.directory);
        // A session that ends while we look: its row is written a moment behind its manifest.
        if (options_.running) return;
        mend_or_say(found,
                    known == rows_.end() ? "is not in the catalog: entered"
                                         : "is another in the catalog: entry made to fit",
                    [&] { return catalog_->put_session(row); });
    }

    void not_here(const Session& row) {
        const PlacedRecording found{row.id, "", row.volume};
        if (!row.volume.empty())
            for (const auto& volume : absent_volumes())
                if (volume == row.volume)
                    return say(State::note, found, "is on a volume that is absent",
                               "mount it; lucid volume ls");
        if (options_.repair && row.state != "missing") {
            auto missing = row;
            missing.state = "missing";
            (void)catalog_->put_session(missing);
        }
        say(State::broken, found, "is in the catalog and not on disk",
            "lucid restore FOLDER --session " + row.id.substr(0, 12));
    }

    /// Ids that the catalog knows and no volume here carries.
    std::vector<std::string> absent_volumes() {
        const auto known = catalog_->volumes();
        std::vector<std::string> out;
        if (!known) return out;
        const auto here = data_.volumes().look();
        for (const auto& volume : *known) {
            bool found = false;
            for (const auto& v : here) found |= v.id == volume.id;
            if (!found) out.push_back(volume.id);
        }
        return out;
    }

    const core::runtime::DataDir& data_;
    const Options& options_;
    storage::catalog::Catalog* catalog_;
    Report& report_;
    std::map<std::string, Session> rows_;
    std::map<std::string, std::string> seen_;
};

}  // namespace

std::size_t Report::count(State state) const {
    std::size_t n = 0;
    for (const auto& finding : findings) n += finding.state == state ? 1 : 0;
    return n;
}

void check_recordings(const core::runtime::DataDir& data, const Options& options,
                      storage::catalog::Catalog* catalog, Report& report) {
    RecordingsCheck(data, options, catalog, report).run();
}

Report check(const core::runtime::DataDir& data, const Options& options) {
    Report report;
    auto catalog = check_catalog(data, options, report);
    check_recordings(data, options, catalog ? &*catalog : nullptr, report);
    return report;
}

}  // namespace lucid::app::fsck
