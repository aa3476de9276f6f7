// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/storage/backup/verify.hpp>

#include <csignal>
#include <ctime>
#include <filesystem>
#include <memory>

#include "../backup/collect.hpp"
#include "../commands.hpp"
#include "../open_node.hpp"
#include "../own_data.hpp"
#include "../progress.hpp"
#include "../verdict.hpp"
#include "all.hpp"
#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

namespace store = storage::backup;
using Json = nlohmann::json;

constexpr std::size_t key_bytes = 32;

struct BackupFlags {
    std::string folder;
    std::vector<std::string> recipients;
    std::string identity;
    std::string snapshot;
    std::size_t keep = 0;
    bool set_aside = false;
};

std::string mend_folder(const std::string& folder, const Error& error) {
    if (error.code == make_error_code(Errc::not_found)) return "lucid backup create " + folder;
    if (error.code == make_error_code(Errc::refused)) return "choose an empty folder";
    if (error.code == make_error_code(Errc::already_exists))
        return "choose a folder of its own for each node";
    if (error.code == make_error_code(Errc::timed_out))
        return "another lucid backup works there; wait for it";
    if (error.code == std::errc::no_space_on_device)
        return "make room on that disk: lucid backup prune " + folder +
               " --keep 5; the last backup is still whole";
    return "run it again; the last backup is still whole";
}

/// Who opens a backup: people with the role recovery, those who are named, and the node itself.
Result<std::vector<crypto::age::Recipient>> recipients_of(OpenNode& node, const BackupFlags& flags,
                                                          const crypto::age::Identity& own) {
    std::vector<crypto::age::Recipient> out{own.recipient()};
    LUCID_TRY(const auto users, node.catalog.users());
    for (const auto& user : users) {
        if (user.role != "recovery") continue;
        LUCID_TRY(const auto recipient, crypto::age::Recipient::parse(user.recipient));
        out.push_back(recipient);
    }
    for (const auto& text : flags.recipients) {
        LUCID_TRY(const auto recipient, crypto::age::Recipient::parse(text));
        out.push_back(recipient);
    }
    if (out.size() == 1) return fail(Errc::not_found, "somebody who could open the backup");
    return out;
}

struct Made {
    backup::Collected collected;
    store::Writer::Done done;
    std::uint64_t stored_bytes = 0;
    std::uint64_t stored_objects = 0;
};

Result<Made> make(Context& context, OpenNode& node, const BackupFlags& flags,
                  store::Repository& repository) {
    LUCID_TRY(const auto identity, backup::node_identity(node.data));
    store::WriterOptions options;
    LUCID_TRY(options.recipients, recipients_of(node, flags, identity));
    LUCID_TRY(auto seed, core::runtime::read_secret_file(node.data.key("evidence.key"), key_bytes));
    if (seed.size() != key_bytes) return fail(Errc::bad_length, "keys/evidence.key", seed.size());
    const crypto::Ed25519Key key(std::move(seed));
    options.identity = &identity;
    options.key = &key;
    options.description.node = node.data.node();
    options.description.lucid = LUCID_VERSION;
    Progress progress(context, "backing up");
    options.progress = [&progress](std::uint64_t done) { progress.show(done); };
    LUCID_TRY(auto writer, store::Writer::begin(repository, std::move(options)));
    Made made;
    LUCID_TRY(made.collected, backup::collect(node.data, writer));
    LUCID_TRY(made.done, writer.finish(core::runtime::wall_time_s()));
    made.stored_bytes = writer.stored_bytes();
    made.stored_objects = writer.stored_objects();
    return made;
}

void print_made(Context& context, const Made& made, const std::string& folder) {
    const auto& snapshot = made.done.snapshot;
    const auto& collected = made.collected;
    if (!collected.complete()) context.exit_code = exit_failed;
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", collected.complete()},
                                {"snapshot", made.done.name},
                                {"folder", folder},
                                {"files", snapshot.files},
                                {"bytes", snapshot.bytes},
                                {"stored_bytes", made.stored_bytes},
                                {"stored_objects", made.stored_objects},
                                {"recordings", collected.recordings},
                                {"live", collected.live},
                                {"carried_over", collected.carried_over},
                                {"missing", collected.missing},
                                {"problems", collected.problems}}
                               .dump());
        return;
    }
    fmt::print("backup {} in {}: {} files, {:.1f} MiB, of these {:.1f} MiB stored now\n",
               made.done.name, folder, snapshot.files,
               static_cast<double>(snapshot.bytes) / (1 << 20),
               static_cast<double>(made.stored_bytes) / (1 << 20));
    fmt::print("{} recordings, {} of them live: as far as they were\n", collected.recordings,
               collected.live);
    if (!collected.carried_over.empty())
        fmt::print("{} recordings are not here (volume absent?): kept from the backup before\n",
                   collected.carried_over.size());
    for (const auto& problem : collected.problems) fmt::print("  BAD  {}\n", problem);
    for (const auto& id : collected.missing)
        fmt::print("  BAD  {:.12} is not here, and no backup before has it\n", id);
    if (!collected.complete()) fmt::print("  next: lucid fsck\n");
}

void create(Context& context, BackupFlags flags) {
    std::signal(SIGPIPE, SIG_IGN);
    auto node = open_node(context);
    if (!node || !as_owner(context, node->data.path(), "backup create " + flags.folder)) return;
    if (flags.folder.empty()) {
        const auto last = backup::read_last(node->data);
        if (!last)
            return report_failure(context, "which folder?", "lucid backup create /mnt/backup");
        flags.folder = last->directory;
    }
    flags.folder = std::filesystem::absolute(flags.folder).lexically_normal().string();
    if ((flags.folder + "/").starts_with(node->data.path() + "/"))
        return report_failure(context, flags.folder + " is inside the data directory",
                              "choose another disk, best of another machine");
    auto repository = store::Repository::open_or_make(flags.folder);
    if (!repository)
        return report_failure(context, flags.folder + ": " + repository.error().message(),
                              mend_folder(flags.folder, repository.error()));
    const auto lock = repository->lock();
    if (!lock)
        return report_failure(context, flags.folder + ": " + lock.error().message(),
                              mend_folder(flags.folder, lock.error()));
    const auto made = make(context, *node, flags, *repository);
    if (!made) {
        const bool nobody = made.error().code == make_error_code(Errc::not_found) &&
                            std::string_view(made.error().context).starts_with("somebody");
        return report_failure(context, "no backup was made: " + made.error().message(),
                              nobody ? "lucid backup create " + flags.folder +
                                           " --recipient age1…, or lucid user add recovery "
                                           "--role recovery --recipient age1…"
                                     : mend_folder(flags.folder, made.error()));
    }
    const backup::LastBackup last{flags.folder, made->done.name, made->done.snapshot.created_s,
                                  made->collected.complete()};
    if (const auto written = backup::write_last(node->data, last); !written)
        return report_failure(context,
                              node->data.file("backup.json") + ": " + written.error().message(),
                              "the backup itself is whole: lucid backup ls " + flags.folder);
    print_made(context, *made, flags.folder);
}

std::optional<store::Repository> open_folder(Context& context, const std::string& folder) {
    auto repository = store::Repository::open(folder);
    if (repository) return std::move(*repository);
    report_failure(context,
                   repository.error().code == make_error_code(Errc::not_found)
                       ? "no backups in " + folder
                       : folder + ": " + repository.error().message(),
                   mend_folder(folder, repository.error()));
    return std::nullopt;
}

void list(Context& context, const BackupFlags& flags) {
    const auto repository = open_folder(context, flags.folder);
    if (!repository) return;
    const auto names = repository->snapshots();
    if (!names) return report_failure(context, names.error().message(), "");
    Json out = {{"ok", true}, {"snapshots", Json::array()}};
    for (const auto& name : *names) {
        const auto text = repository->read_snapshot(name);
        const auto s = text ? store::Snapshot::from_text(*text) : fail(text.error());
        if (!s) {
            context.exit_code = exit_failed;
            out["ok"] = false;
            out["snapshots"].push_back({{"name", name}, {"error", s.error().message()}});
            if (!context.json) fmt::print("{}  BAD: {}\n", name, s.error().message());
            continue;
        }
        out["snapshots"].push_back({{"name", name},
                                    {"created", s->created_s},
                                    {"node", s->node},
                                    {"files", s->files},
                                    {"bytes", s->bytes},
                                    {"recordings", s->recordings},
                                    {"live", s->live},
                                    {"unavailable", s->unavailable},
                                    {"objects", s->objects.size()},
                                    {"recipients", s->recipients}});
        if (!context.json)
            fmt::print("{}  {:>6} recordings  {:>9.1f} MiB  node {:.12}, {} keys open it\n", name,
                       s->recordings, static_cast<double>(s->bytes) / (1 << 20), s->node,
                       s->recipients.size());
    }
    if (context.json)
        fmt::print("{}\n", out.dump());
    else if (names->empty())
        fmt::print("no backup yet; next: lucid backup create {}\n", flags.folder);
}

/// --identity, else the node's own key when there is a node.
std::optional<crypto::age::Identity> identity_to_verify(Context& context,
                                                        const BackupFlags& flags) {
    if (!flags.identity.empty()) {
        auto identity = read_identity(flags.identity);
        if (identity) return std::move(*identity);
        report_failure(context, flags.identity + " is no age key file", "--identity FILE");
        return std::nullopt;
    }
    const auto opened = core::runtime::DataDir::open(context.data_dir);
    const auto* data = std::get_if<core::runtime::DataDir>(&opened);
    std::error_code error;
    if (data == nullptr || !std::filesystem::exists(data->key("backup.key"), error))
        return std::nullopt;
    auto identity = backup::node_identity(*data);
    return identity ? std::optional(std::move(*identity)) : std::nullopt;
}

void verify(Context& context, const BackupFlags& flags) {
    const auto repository = open_folder(context, flags.folder);
    if (!repository) return;
    auto names = repository->snapshots();
    if (!names) return report_failure(context, names.error().message(), "");
    if (!flags.snapshot.empty()) names = std::vector{flags.snapshot};
    if (names->empty())
        return report_failure(context, "no backup in " + flags.folder,
                              "lucid backup create " + flags.folder);
    const auto identity = identity_to_verify(context, flags);
    if (context.exit_code != exit_ok) return;
    Progress progress(context, "verifying");
    const auto found = store::verify(
        *repository, *names, identity ? &*identity : nullptr,
        [&progress](std::uint64_t done, std::uint64_t all) { progress.show(done, all); });
    if (!found) return report_failure(context, flags.folder + ": " + found.error().message(), "");
    if (flags.set_aside) {
        const auto lock = repository->lock();
        for (const auto& object : found->bad_objects)
            if (lock) (void)repository->set_aside(object);
    }
    const bool good = found->bad.empty();
    context.exit_code = good ? exit_ok : exit_failed;
    if (context.json) {
        fmt::print("{}\n", Json{{"ok", good},
                                {"snapshots", found->snapshots},
                                {"objects", found->objects},
                                {"bytes", found->bytes},
                                {"files", found->files},
                                {"opened", identity.has_value()},
                                {"bad", found->bad}}
                               .dump());
        return;
    }
    for (const auto& bad : found->bad) fmt::print("  BAD  {}\n", bad);
    fmt::print("{} backups, {} objects, {:.1f} MiB: {}\n", found->snapshots, found->objects,
               static_cast<double>(found->bytes) / (1 << 20),
               good ? "every object is what its name says" : "not whole");
    if (identity)
        fmt::print("{} files opened and checked\n", found->files);
    else
        fmt::print("files were not opened; with a key: --identity FILE\n");
    if (!good && !flags.set_aside)
        fmt::print(
            "  next: lucid backup verify {} --set-aside, then lucid backup create {} stores "
            "what is missing again\n",
            flags.folder, flags.folder);
}

void prune(Context& context, const BackupFlags& flags) {
    const auto repository = open_folder(context, flags.folder);
    if (!repository) return;
    const auto lock = repository->lock();
    if (!lock)
        return report_failure(context, flags.folder + ": " + lock.error().message(),
                              mend_folder(flags.folder, lock.error()));
    const auto names = repository->snapshots();
    if (!names) return report_failure(context, names.error().message(), "");
    std::set<Hash32> keep;
    std::vector<std::string> gone;
    for (std::size_t i = 0; i < names->size(); ++i) {
        if (i + flags.keep < names->size()) {
            gone.push_back((*names)[i]);
            continue;
        }
        const auto text = repository->read_snapshot((*names)[i]);
        const auto snapshot = text ? store::Snapshot::from_text(*text) : fail(text.error());
        if (!snapshot)
            return report_failure(
                context, (*names)[i] + ": " + snapshot.error().message() + "; nothing was removed",
                "lucid backup verify " + flags.folder);
        for (const auto& object : snapshot->objects) keep.insert(object.name);
    }
    for (const auto& name : gone)
        if (const auto removed = repository->remove_snapshot(name); !removed)
            return report_failure(context, name + ": " + removed.error().message(), "run it again");
    (void)repository->remove_snapshot(store::Repository::unfinished);
    const auto swept = repository->sweep(keep);
    if (!swept) return report_failure(context, swept.error().message(), "run it again");
    if (context.json)
        fmt::print("{}\n", Json{{"ok", true},
                                {"removed", gone},
                                {"objects", swept->objects},
                                {"bytes", swept->bytes}}
                               .dump());
    else
        fmt::print("{} backups went, {} stay; {:.1f} MiB freed\n", gone.size(),
                   names->size() - gone.size(), static_cast<double>(swept->bytes) / (1 << 20));
}

}  // namespace

void add_backup(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("backup", "Sealed copies of the whole node");
    command->require_subcommand(1);
    command->footer(
        "Examples:\n  lucid backup create /mnt/backup\n  lucid backup verify /mnt/backup\n"
        "  lucid restore /mnt/backup --identity recovery.txt\n\nNot part of a backup: log/, run/.");
    auto f = std::make_shared<BackupFlags>();
    auto* created = command->add_subcommand("create", "Make one, also while the node runs");
    created->add_option("FOLDER", f->folder, "Where backups are (default: where the last one is)");
    created->add_option("--recipient", f->recipients, "age1… that opens it, too; may be repeated");
    created->footer(
        "Sealed to everybody with the role recovery, and to keys/backup.key of this node. What is "
        "there already is not\nstored again. Killed or out of space, it leaves the backup before "
        "as "
        "it is.\n\nExamples:\n  lucid backup create /mnt/backup\n  lucid backup create\n\n"
        "Exit codes: 0 everything is in it, 1 no backup, or one that lacks what it names.");
    created->callback([&context, f] { create(context, *f); });
    const auto sub = [&](const char* name, const char* text) {
        auto* made = command->add_subcommand(name, text);
        made->add_option("FOLDER", f->folder, "Where backups are")->required();
        return made;
    };
    auto* listed = sub("ls", "Which there are, oldest first");
    listed->footer("Example:\n  lucid backup ls /mnt/backup");
    listed->callback([&context, f] { list(context, *f); });
    auto* verified = sub("verify", "Is every backup whole?");
    verified->add_option("--snapshot", f->snapshot, "Only this one");
    verified->add_option("--identity", f->identity,
                         "age key file; opens every file, too (default: the node's own key)");
    verified->add_flag("--set-aside", f->set_aside,
                       "Rename damaged objects, so that the next backup stores them again");
    verified->footer(
        "Example:\n  lucid backup verify /mnt/backup --identity recovery.txt\n\n"
        "Exit codes: 0 whole, 1 not.");
    verified->callback([&context, f] { verify(context, *f); });
    auto* pruned = sub("prune", "Remove old ones");
    pruned->add_option("--keep", f->keep, "How many of the newest stay")
        ->required()
        ->check(CLI::Range(1, 100000));
    pruned->footer("Example:\n  lucid backup prune /mnt/backup --keep 30");
    pruned->callback([&context, f] { prune(context, *f); });
}

}  // namespace lucid::app
