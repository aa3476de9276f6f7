// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "../backup/restore.hpp"

#include <lucid/sessions/recorder/prune.hpp>

#include <filesystem>
#include <iostream>
#include <memory>
#include <sys/stat.h>

#include "../backup/collect.hpp"
#include "../commands.hpp"
#include "../fsck/fsck.hpp"
#include "../open_node.hpp"
#include "../own_data.hpp"
#include "../progress.hpp"
#include "../verdict.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

namespace store = storage::backup;
using core::runtime::DataDir;
using core::runtime::Problem;
using Json = nlohmann::json;

struct RestoreFlags {
    std::string folder;
    std::string identity;
    std::string snapshot;
    std::string trust;
    std::string session;
};

struct Opened {
    store::Repository repository;
    std::string name;
    store::Snapshot snapshot;
    crypto::age::Identity identity;
};

/// --identity FILE, or - for a key line on standard input.
Result<crypto::age::Identity> given_identity(const std::string& file) {
    if (file != "-") return read_identity(file);
    std::string line;
    std::getline(std::cin, line);
    const auto wiped = crypto::Secret::copy_of(as_bytes(line));
    crypto::wipe({reinterpret_cast<std::uint8_t*>(line.data()), line.size()});
    return crypto::age::Identity::parse(as_text(wiped.expose()));
}

std::optional<Opened> open_backup(Context& context, const RestoreFlags& flags,
                                  const DataDir* node) {
    auto repository = store::Repository::open(flags.folder);
    if (!repository) {
        report_failure(context,
                       repository.error().code == make_error_code(Errc::not_found)
                           ? "no backups in " + flags.folder
                           : flags.folder + ": " + repository.error().message(),
                       "lucid backup ls FOLDER");
        return std::nullopt;
    }
    const auto names = repository->snapshots();
    if (!names || names->empty()) {
        report_failure(context, "no backup in " + flags.folder, "lucid backup ls FOLDER");
        return std::nullopt;
    }
    const auto name = flags.snapshot.empty() ? names->back() : flags.snapshot;
    const auto text = repository->read_snapshot(name);
    auto snapshot = text ? store::Snapshot::from_text(*text) : fail(text.error());
    if (!snapshot) {
        report_failure(
            context, "backup " + name + ": " + snapshot.error().message(),
            "restore another one: lucid backup ls " + flags.folder + ", then --snapshot NAME");
        return std::nullopt;
    }
    if (flags.identity.empty() && node == nullptr) {
        report_failure(context,
                       "the backup is sealed; who opens it is said by lucid backup ls --json",
                       "--identity FILE with the recovery key (--identity - reads it from the "
                       "keyboard)");
        return std::nullopt;
    }
    auto identity =
        flags.identity.empty() ? backup::node_identity(*node) : given_identity(flags.identity);
    if (!identity) {
        report_failure(context, flags.identity + " is no age key file", "--identity FILE");
        return std::nullopt;
    }
    return Opened{std::move(*repository), name, std::move(*snapshot), std::move(*identity)};
}

std::optional<store::Reader> open_files(Context& context, const Opened& opened) {
    auto reader = store::Reader::open(opened.repository, opened.snapshot, opened.identity);
    if (reader) return std::move(*reader);
    const bool wrong_key = reader.error().code == make_error_code(Errc::refused);
    report_failure(context,
                   wrong_key ? "this key does not open backup " + opened.name
                             : "backup " + opened.name + ": " + reader.error().message(),
                   wrong_key ? "--identity FILE of another recipient: lucid backup ls --json"
                             : "lucid backup verify " + opened.repository.path());
    return std::nullopt;
}

/// The owner's copy of trust.json, taken out of band, against the one in the backup.
bool is_trusted(Context& context, store::Reader& reader, const std::string& trust_file) {
    if (trust_file.empty()) return true;
    const auto mine = read_trust(trust_file);
    if (!mine) {
        report_failure(context, trust_file + " is no trust file", "--trust trust.json");
        return false;
    }
    for (const auto& file : reader.files()) {
        if (file.path != "trust.json") continue;
        constexpr std::size_t trust_bytes_max = 64 * 1024;
        const auto text = reader.read(file, trust_bytes_max);
        const auto theirs = text ? sessions::format::Trust::from_json(*text) : fail(text.error());
        if (theirs && theirs->chain_id == mine->chain_id &&
            theirs->genesis_hash == mine->genesis_hash)
            return true;
    }
    report_failure(context, "the backup is of another chain than " + trust_file,
                   "restore another one: --snapshot NAME");
    return false;
}

void print_restored(Context& context, const Opened& opened, const backup::Restored& done,
                    const std::string& path, const fsck::Report* report) {
    const auto broken = report == nullptr ? 0 : report->count(fsck::State::broken);
    if (broken > 0) context.exit_code = exit_failed;
    if (context.json) {
        Json out = {{"ok", broken == 0},   {"snapshot", opened.name},
                    {"data", path},        {"node", opened.snapshot.node},
                    {"files", done.files}, {"were_there", done.were_there},
                    {"bytes", done.bytes}};
        if (report != nullptr) {
            out["recordings"] = report->recordings;
            out["repaired"] = report->count(fsck::State::repaired);
            out["broken"] = Json::array();
            for (const auto& f : report->findings)
                if (f.state == fsck::State::broken) out["broken"].push_back(f.where + " " + f.what);
        }
        fmt::print("{}\n", out.dump());
        return;
    }
    fmt::print("{} files, {:.1f} MiB of backup {} are in {} ({} were there)\n", done.files,
               static_cast<double>(done.bytes) / (1 << 20), opened.name, path, done.were_there);
    if (report == nullptr) return;
    for (const auto& f : report->findings)
        if (f.state != fsck::State::note)
            fmt::print("  {}  {}: {}\n", f.state == fsck::State::broken ? "BAD " : "ok  ", f.where,
                       f.what);
    fmt::print("node {}, {} recordings\n  next: lucid --data {} doctor; lucid --data {} up\n",
               opened.snapshot.node, report->recordings, path, path);
}

void restore_one(Context& context, const RestoreFlags& flags) {
    auto node = open_node(context);
    if (!node) return;
    const auto session = node->catalog.find_session(flags.session);
    if (!session)
        return report_failure(context, "no single session starts with " + flags.session,
                              "lucid session ls");
    if (sessions::recorder::pruned_at(node->data.session(session->id)))
        return report_failure(
            context, session->id.substr(0, 12) + " was pruned on purpose",
            "its proof is here still: lucid session show " + session->id.substr(0, 12));
    const auto opened = open_backup(context, flags, &node->data);
    if (!opened) return;
    auto reader = open_files(context, *opened);
    if (!reader) return;
    const auto directory = node->data.session(session->id);
    const auto done = backup::restore_recording(*reader, session->id, directory);
    if (!done)
        return report_failure(context, session->id.substr(0, 12) + ": " + done.error().message(),
                              done.error().code == make_error_code(Errc::not_found)
                                  ? "try an earlier backup: lucid backup ls " + flags.folder
                                  : "run it again");
    print_restored(context, *opened, *done, directory, nullptr);
    if (!context.json)
        fmt::print("  next: lucid fsck --repair; lucid session verify {:.12}\n", session->id);
}

void restore_all(Context& context, const RestoreFlags& flags) {
    ::umask(077);
    if (!as_owner(context, context.data_dir, "restore " + flags.folder)) return;
    const auto opened = open_backup(context, flags, nullptr);
    if (!opened) return;
    auto reader = open_files(context, *opened);
    if (!reader || !is_trusted(context, *reader, flags.trust)) return;
    const auto path = std::filesystem::absolute(context.data_dir).lexically_normal().string();
    backup::Restored restored;
    {
        Progress progress(context, "restoring");
        auto done = backup::restore_node(
            *reader, opened->snapshot, opened->name, path,
            [&progress](std::uint64_t bytes, std::uint64_t all) { progress.show(bytes, all); });
        if (const auto* problem = std::get_if<Problem>(&done))
            return report_failure(context, problem->message, problem->next);
        restored = std::get<backup::Restored>(done);
    }
    auto data = DataDir::open(path);
    if (const auto* problem = std::get_if<Problem>(&data))
        return report_failure(context, "restored; " + problem->message, problem->next);
    const auto own = own_data(context, std::get<DataDir>(data), "fsck --repair");
    if (!own) return;
    fsck::Options options;
    options.repair = true;
    const auto report = fsck::check(std::get<DataDir>(data), options);
    print_restored(context, *opened, restored, path, &report);
}

}  // namespace

void add_restore(CLI::App& app, Context& context) {
    auto f = std::make_shared<RestoreFlags>();
    auto* command = app.add_subcommand("restore", "A node, or one recording, from a backup");
    command->add_option("FOLDER", f->folder, "Where backups are")->required();
    command->add_option("--identity", f->identity,
                        "age key file of recovery; - reads the key line from standard input");
    command->add_option("--snapshot", f->snapshot, "Which one (default: the newest)");
    command->add_option("--trust", f->trust,
                        "trust.json that you kept: refuse the backup of another node");
    command->add_option("--session", f->session,
                        "Only what this node lacks of one recording; may run meanwhile");
    command->footer(
        "Without --session the data directory (--data) has to be empty. Interrupted, the same "
        "command again goes on.\nRecordings of volumes that are not here are put into "
        "it.\n\nExamples:\n"
        "  lucid --data /var/lib/lucid restore /mnt/backup --identity recovery.txt --trust "
        "trust.json\n  lucid restore /mnt/backup --session 2da527");
    command->callback([&context, f] {
        if (f->session.empty())
            restore_all(context, *f);
        else
            restore_one(context, *f);
    });
}

}  // namespace lucid::app
