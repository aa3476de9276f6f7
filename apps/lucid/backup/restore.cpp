// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "restore.hpp"

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/atomic_file.hpp>

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <optional>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app::backup {

namespace {

namespace fs = std::filesystem;
using core::runtime::Problem;
using storage::backup::IndexedFile;
using storage::backup::Reader;
using storage::backup::Snapshot;

constexpr const char* marker_name = "/restoring.json";
constexpr std::size_t small_file_bytes_max = 64 * 1024;
/// Part of every data directory; what a backup does not have is empty.
constexpr const char* folders[] = {"keys", "identities", "sessions", "chain", "run", "log"};

/// What a node consists of; anything else in an index is refused.
bool belongs(const std::string& path) {
    if (path == "catalog.sqlite" || path == "format" || path == "lucid.toml" ||
        path == "trust.json")
        return true;
    // Of chains before an upgrade.
    if (path.starts_with("trust.") && path.ends_with(".json") &&
        path.find('/') == std::string::npos)
        return true;
    for (const auto* folder : {"keys/", "identities/", "sessions/", "chain/"})
        if (path.starts_with(folder)) return true;
    return false;
}

Result<void> make_folders(const std::string& root, const std::string& relative) {
    for (auto slash = relative.find('/'); slash != std::string::npos;
         slash = relative.find('/', slash + 1)) {
        const auto folder = root + "/" + relative.substr(0, slash);
        if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)
            return fail_errno(errno, "make folder");
    }
    return {};
}

Result<void> sync_all(const std::string& path) {
    const core::net::Fd folder(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!folder.valid()) return fail_errno(errno, "open folder");
    if (::syncfs(folder.get()) != 0) return fail_errno(errno, "sync");
    return {};
}

/// Nothing is there, or a marker whose writing was interrupted.
bool is_empty_but_torn(const std::string& path) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(path, error))
        if (!entry.path().filename().string().starts_with("restoring.json.new.")) return false;
    return !error;
}

/// Ready for files: empty, or what the same restore left when it was interrupted.
std::optional<Problem> prepare(const std::string& path, const std::string& marker) {
    std::error_code error;
    if (fs::exists(path + "/format", error))
        return Problem{path + " is a data directory already",
                       "choose an empty one: lucid --data DIRECTORY restore …"};
    if (fs::exists(path, error) && !is_empty_but_torn(path)) {
        const auto text = core::runtime::read_file(path + marker_name, small_file_bytes_max);
        if (!text)
            return Problem{path + " exists and is not empty",
                           "choose an empty one: lucid --data DIRECTORY restore …"};
        if (as_text(*text) != marker)
            return Problem{path + " holds an unfinished restore of another backup",
                           "give the same --snapshot as then, or rm -r " + path};
        return std::nullopt;
    }
    fs::create_directories(path, error);
    if (error) return Problem{path + ": " + error.message(), "choose another --data DIRECTORY"};
    ::chmod(path.c_str(), 0700);
    if (const auto written =
            core::runtime::write_file_atomically(path + marker_name, as_bytes(marker));
        !written)
        return Problem{path + ": " + written.error().message(), "choose another --data DIRECTORY"};
    return std::nullopt;
}

/// The evidence key that is restored has to be the one that signed the snapshot.
bool is_signers(const std::string& path, const Snapshot& snapshot) {
    auto seed = core::runtime::read_secret_file(path + "/keys/evidence.key", 32);
    if (!seed || seed->size() != 32) return false;
    return crypto::Ed25519Key(std::move(*seed)).public_key() == snapshot.node_key;
}

/// Recordings that are on a volume which is here (the disk of the data directory died, the others
/// did not) stay there: files that they lack are put back where the manifest is the same, and
/// nothing else is touched.
class Targets {
  public:
    Targets(Reader& reader, const std::string& path) : reader_(reader), path_(path) {
        std::string config_text;
        std::string node;
        for (const auto& file : reader.files()) {
            if (file.path != "lucid.toml" && file.path != "keys/account.address") continue;
            const auto text = reader.read(file, small_file_bytes_max);
            if (text) (file.path == "lucid.toml" ? config_text : node) = as_text(*text);
        }
        const auto config = core::runtime::parse_config(config_text, "lucid.toml");
        if (const auto* parsed = std::get_if<core::runtime::Config>(&config))
            volumes_ =
                core::runtime::Volumes(path, parsed->volumes, node.substr(0, account_hex_digits));
        for (const auto& file : reader.files())
            if (file.path.starts_with(sessions_prefix) && file.path.ends_with("/manifest.json"))
                manifests_[id_of(file.path)] = &file;
    }

    /// Nothing: leave what is on the volume alone.
    std::optional<std::string> of(const IndexedFile& file) {
        const auto here = path_ + "/" + file.path;
        const auto id = id_of(file.path);
        if (id.size() != session_hex_digits) return here;
        if (id != id_) {
            id_ = id;
            directory_ = volumes_.find(id);
            on_volume_ = directory_ != path_ + "/sessions/" + id;
            const auto manifest = manifests_.find(id);
            same_ = manifest != manifests_.end() &&
                    reader_.is_there(*manifest->second, directory_ + "/manifest.json");
        }
        if (!on_volume_) return here;
        if (!same_) return std::nullopt;
        return directory_ + file.path.substr(sessions_prefix.size() + id.size());
    }

  private:
    static constexpr std::string_view sessions_prefix = "sessions/";
    static constexpr std::size_t session_hex_digits = 64;
    static constexpr std::size_t account_hex_digits = 40;
    static std::string id_of(const std::string& path) {
        if (!path.starts_with(sessions_prefix)) return "";
        const auto rest = path.substr(sessions_prefix.size());
        return rest.substr(0, rest.find('/'));
    }
    Reader& reader_;
    std::string path_;
    core::runtime::Volumes volumes_;
    std::map<std::string, const IndexedFile*> manifests_;
    std::string id_;
    std::string directory_;
    bool on_volume_ = false;
    bool same_ = false;
};

Problem failed(const std::string& what, const Error& error) {
    if (error.code == std::errc::no_space_on_device)
        return {what + ": " + error.message(), "make room, then the same command again goes on"};
    if (error.code == make_error_code(Errc::hash_mismatch) ||
        error.code == make_error_code(Errc::not_found) ||
        error.code == make_error_code(Errc::bad_mac))
        return {what + ": the backup is damaged: " + error.message(),
                "lucid backup verify FOLDER; restore an earlier one with --snapshot NAME"};
    return {what + ": " + error.message(), "the same command again goes on"};
}

}  // namespace

std::variant<Restored, Problem> restore_node(Reader& reader, const Snapshot& snapshot,
                                             const std::string& name, const std::string& path,
                                             const RestoreProgress& progress) {
    for (const auto& file : reader.files())
        if (!belongs(file.path))
            return Problem{"the backup holds " + file.path + ", which is no part of a node",
                           "restore another one: --snapshot NAME"};
    const auto marker =
        nlohmann::json{{"snapshot", name}, {"node_key", to_hex(snapshot.node_key)}}.dump();
    if (auto problem = prepare(path, marker)) return *problem;
    Restored out;
    Targets targets(reader, path);
    std::uint64_t done = 0;
    const IndexedFile* format = nullptr;
    for (const auto& file : reader.files()) {
        done += file.bytes();
        if (progress) progress(done, snapshot.bytes);
        if (file.path == "format") {
            format = &file;
            continue;
        }
        const auto target = targets.of(file);
        if (!target || reader.is_there(file, *target)) {
            ++out.were_there;
            continue;
        }
        std::error_code error;
        fs::create_directories(fs::path(*target).parent_path(), error);
        if (error) return failed(file.path, make_system_error(error.value(), "make folder"));
        if (const auto written = reader.restore(file, *target); !written)
            return failed(file.path, written.error());
        ++out.files;
        out.bytes += file.bytes();
    }
    if (format == nullptr || !is_signers(path, snapshot))
        return Problem{"the backup is not one of the node that signed it",
                       "restore another one: --snapshot NAME; this one is not to be trusted"};
    for (const auto* folder : folders)
        if (const auto made = make_folders(path, std::string(folder) + "/"); !made)
            return failed(folder, made.error());
    if (const auto synced = sync_all(path); !synced) return failed(path, synced.error());
    const auto text = reader.read(*format, small_file_bytes_max);
    const auto written =
        text ? core::runtime::write_file_atomically(path + "/format", *text) : fail(text.error());
    if (!written) return failed("format", written.error());
    ++out.files;
    (void)::unlink((path + marker_name).c_str());
    return out;
}

Result<Restored> restore_recording(Reader& reader, const std::string& id,
                                   const std::string& directory) {
    const auto prefix = "sessions/" + id + "/";
    Restored out;
    std::size_t found = 0;
    for (const auto& file : reader.files()) {
        if (!file.path.starts_with(prefix)) continue;
        ++found;
        const auto relative = file.path.substr(prefix.size());
        const auto target = directory + "/" + relative;
        if (reader.is_there(file, target)) {
            ++out.were_there;
            continue;
        }
        std::error_code error;
        fs::create_directories(fs::path(target).parent_path(), error);
        if (error) return fail(make_system_error(error.value(), "make folder"));
        const auto beside = target + ".new." + std::to_string(::getpid());
        LUCID_CHECK(reader.restore(file, beside));
        if (::rename(beside.c_str(), target.c_str()) != 0) return fail_errno(errno, "rename file");
        ++out.files;
        out.bytes += file.bytes();
    }
    if (found == 0) return fail(Errc::not_found, "recording in the backup");
    LUCID_CHECK(sync_all(directory));
    return out;
}

}  // namespace lucid::app::backup
