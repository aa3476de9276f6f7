// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "collect.hpp"

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/storage/catalog/catalog.hpp>
#include <lucid/storage/kv/store.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <thread>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace lucid::app::backup {

namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;
using storage::backup::Writer;

constexpr std::size_t small_file_bytes_max = 64 * 1024;
/// Pages of databases change here and there: small parts, so that few are stored again.
constexpr std::size_t database_part_bytes = 1024 * 1024;
/// A session that ends, or a prune, while its recording is copied: it is copied again.
constexpr int recording_attempts = 8;

constexpr std::string_view chunk_suffix = ".lchk";

bool is_torn(const std::string& name) {
    return name.find(".new.") != std::string::npos;
}

/// Regular files below, as relative paths; nothing when the folder is not there.
Result<std::vector<std::string>> files_below(const std::string& folder) {
    std::vector<std::string> out;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;
        if (!entry->is_regular_file(gone) || is_torn(entry->path().filename().string())) continue;
        out.push_back(entry->path().lexically_relative(folder).generic_string());
    }
    if (error && error != std::errc::no_such_file_or_directory)
        return fail(make_system_error(error.value(), "list files"));
    std::sort(out.begin(), out.end());
    return out;
}

/// "chunks/<64 hex>.lchk": sealed, named by what it holds.
std::optional<Hash32> chunk_name(const std::string& path) {
    const auto name = fs::path(path).filename().string();
    if (!path.starts_with("chunks/") || !name.ends_with(chunk_suffix)) return std::nullopt;
    const auto hash =
        hash32_from_hex(std::string_view(name).substr(0, name.size() - chunk_suffix.size()));
    return hash ? std::optional(*hash) : std::nullopt;
}

class Collector {
  public:
    Collector(const core::runtime::DataDir& data, Writer& writer) : data_(data), writer_(writer) {}

    Result<Collected> run() {
        LUCID_TRY(const auto catalog, storage::catalog::Catalog::snapshot(data_.catalog()));
        LUCID_CHECK(writer_.add("catalog.sqlite", catalog, database_part_bytes));
        for (const auto* name : {"format", "lucid.toml"})
            LUCID_CHECK(writer_.add_file(name, data_.file(name)));
        LUCID_CHECK(add_trust_files());
        for (const auto* folder : {"keys", "identities", "sessions/.checkpoints"})
            LUCID_CHECK(add_folder(folder));
        LUCID_CHECK(add_recordings());
        LUCID_CHECK(add_set_aside());
        LUCID_CHECK(add_chain());
        return std::move(out_);
    }

  private:
    /// This chain's, and those of chains before an upgrade.
    Result<void> add_trust_files() {
        std::error_code error;
        for (const auto& entry : fs::directory_iterator(data_.path(), error)) {
            const auto name = entry.path().filename().string();
            if (name.starts_with("trust.") && name.ends_with(".json"))
                LUCID_CHECK(writer_.add_file(name, data_.file(name)));
        }
        if (error) return fail(make_system_error(error.value(), "list files"));
        return {};
    }

    Result<void> add_folder(const std::string& folder) {
        LUCID_TRY(const auto files, files_below(data_.file(folder)));
        for (const auto& file : files) {
            const auto path = folder + "/" + file;
            const auto added = writer_.add_file(path, data_.file(path));
            if (!added && added.error().code != make_error_code(Errc::not_found))
                return fail(added.error());
        }
        return {};
    }

    /// What `lucid fsck --repair` found and could not place.
    Result<void> add_set_aside() {
        for (const auto& volume : data_.volumes().look()) {
            if (!volume.ready()) continue;
            const auto folder = volume.sessions() + "/.set-aside";
            LUCID_TRY(const auto files, files_below(folder));
            for (const auto& file : files)
                LUCID_CHECK(writer_.add_file("sessions/.set-aside/" + file, folder + "/" + file));
        }
        return {};
    }

    Result<void> add_recordings() {
        auto catalog = storage::catalog::Catalog::open_existing(data_.catalog());
        if (!catalog) return fail(catalog.error());
        std::set<std::string> here;
        auto recordings = data_.volumes().recordings();
        // Small files share objects in this order, and are restored in it.
        std::sort(recordings.begin(), recordings.end(),
                  [](const auto& a, const auto& b) { return a.id < b.id; });
        for (const auto& found : recordings) {
            here.insert(found.id);
            LUCID_CHECK(add_recording(found.id, found.directory));
        }
        LUCID_TRY(const auto rows, catalog->sessions());
        for (const auto& row : rows) {
            std::error_code error;
            if (here.contains(row.id) || fs::exists(data_.session(row.id), error)) continue;
            const auto carried = writer_.carry_over("sessions/" + row.id + "/");
            (carried > 0 ? out_.carried_over : out_.missing).push_back(row.id);
        }
        return {};
    }

    Result<void> add_recording(const std::string& id, const std::string& directory) {
        const auto prefix = "sessions/" + id + "/";
        ++out_.recordings;
        for (int attempt = 0; attempt < recording_attempts; ++attempt) {
            writer_.forget(prefix);
            LUCID_TRY(const auto before, files_below(directory));
            std::vector<std::string> problems;
            LUCID_TRY(const bool whole, add_files(id, directory, before, problems));
            LUCID_TRY(const auto after, files_below(directory));
            if (!whole || before != after) continue;
            if (std::find(before.begin(), before.end(), "start.json") != before.end()) ++out_.live;
            out_.problems.insert(out_.problems.end(), problems.begin(), problems.end());
            return {};
        }
        out_.problems.push_back(id.substr(0, 12) + " changed all the time while it was copied");
        return {};
    }

    /// False when a file went away under us.
    Result<bool> add_files(const std::string& id, const std::string& directory,
                           const std::vector<std::string>& files,
                           std::vector<std::string>& problems) {
        for (const auto& file : files) {
            const auto path = "sessions/" + id + "/" + file;
            const auto source = directory + "/" + file;
            const auto chunk = chunk_name(file);
            const auto added = chunk ? writer_.add_named(path, source, *chunk)
                                     : writer_.add_file(path, source).map([] { return true; });
            if (!added && added.error().code == make_error_code(Errc::not_found)) return false;
            if (!added && added.error().code == std::errc::io_error) {
                // The disk does not give it any more: what an earlier backup has stays in this one.
                const bool carried = writer_.carry_over(path) > 0;
                problems.push_back(id.substr(0, 12) + "/" + file + " cannot be read" +
                                   (carried ? "; the copy of the backup before was kept" : ""));
                continue;
            }
            if (!added) return fail(added.error());
            if (!*added)
                problems.push_back(id.substr(0, 12) + "/" + file + " is damaged; copied as it is");
        }
        return true;
    }

    Result<void> add_chain() {
        // A chain that has never run has no store yet.
        std::error_code error;
        if (fs::exists(data_.chain() + "/" + storage::kv::data_file_name, error))
            LUCID_CHECK(add_store());
        LUCID_TRY(const auto files, files_below(data_.chain()));
        for (const auto& file : files)
            if (file != storage::kv::data_file_name && file != storage::kv::lock_file_name)
                LUCID_CHECK(writer_.add_file("chain/" + file, data_.chain() + "/" + file));
        return {};
    }

    Result<void> add_store() {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail_errno(errno, "pipe");
        core::net::Fd out(ends[0]);
        Result<void> copied;
        std::thread copier([&copied, this, in = ends[1]] {
            copied = storage::kv::Store::copy(data_.chain(), in);
            ::close(in);
        });
        const auto added = writer_.add_stream(
            std::string("chain/") + storage::kv::data_file_name, database_part_bytes,
            [&out](MutableByteView buffer) -> Result<std::size_t> {
                for (;;) {
                    const auto got = ::read(out.get(), buffer.data(), buffer.size());
                    if (got < 0 && errno == EINTR) continue;
                    if (got < 0) return fail_errno(errno, "copy of the chain");
                    return static_cast<std::size_t>(got);
                }
            });
        // The copier must not wait for a reader that gave up.
        out.reset();
        copier.join();
        LUCID_CHECK(added);
        return copied;
    }

    const core::runtime::DataDir& data_;
    Writer& writer_;
    Collected out_;
};

}  // namespace

Result<Collected> collect(const core::runtime::DataDir& data, Writer& writer) {
    LUCID_TRY(auto collected, Collector(data, writer).run());
    writer.description().recordings = collected.recordings;
    writer.description().live = collected.live;
    writer.description().unavailable = collected.carried_over.size() + collected.missing.size();
    return collected;
}

Result<crypto::age::Identity> node_identity(const core::runtime::DataDir& data) {
    const auto path = data.key("backup.key");
    const auto found = core::runtime::read_secret_file(path, small_file_bytes_max);
    if (found) return crypto::age::Identity::parse(as_text(found->expose()));
    if (found.error().code != make_error_code(Errc::not_found)) return fail(found.error());
    auto identity = crypto::age::Identity::generate();
    const auto text = identity.text();
    LUCID_CHECK(core::runtime::write_file_atomically(path, text.expose()));
    return identity;
}

Result<LastBackup> read_last(const core::runtime::DataDir& data) {
    LUCID_TRY(const auto text,
              core::runtime::read_file(data.file("backup.json"), small_file_bytes_max));
    const auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (!json.is_object() || json.value("version", Json()) != 1 ||
        !json.value("directory", Json()).is_string() ||
        !json.value("snapshot", Json()).is_string() ||
        !json.value("created", Json()).is_number_integer() ||
        !json.value("complete", Json()).is_boolean())
        return fail(Errc::bad_value, "backup.json");
    return LastBackup{json["directory"].get<std::string>(), json["snapshot"].get<std::string>(),
                      json["created"].get<std::int64_t>(), json["complete"].get<bool>()};
}

Result<void> write_last(const core::runtime::DataDir& data, const LastBackup& last) {
    const auto text = Json{
        {"version", 1},
        {"directory", last.directory},
        {"snapshot", last.snapshot},
        {"created", last.created_s},
        {"complete",
         last.complete}}.dump();
    return core::runtime::write_file_atomically(data.file("backup.json"), as_bytes(text));
}

}  // namespace lucid::app::backup
