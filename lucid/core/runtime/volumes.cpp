// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/volumes.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <nlohmann/json.hpp>

namespace lucid::core::runtime {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr const char* marker_name = "/lucid-volume.json";
constexpr std::size_t marker_bytes_max = 4096;
constexpr std::size_t id_hex_digits = 64;

struct Marker {
    std::string id;
    std::string node;
};

Result<Marker> read_marker(const std::string& path) {
    LUCID_TRY(const auto text, read_file(path + marker_name, marker_bytes_max));
    const auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (!json.is_object() || json.value("version", Json()) != 1 ||
        !json.value("id", Json()).is_string() || !json.value("node", Json()).is_string())
        return fail(Errc::bad_value, "marker of the volume");
    return Marker{json["id"].get<std::string>(), json["node"].get<std::string>()};
}

bool is_recording_name(const std::string& name) {
    return name.size() == id_hex_digits &&
           name.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

Result<std::uint64_t> free_bytes(const std::string& path) {
    struct statvfs info{};
    if (::statvfs(path.c_str(), &info) != 0) return fail_errno(errno, "free space");
    return std::uint64_t{info.f_bavail} * info.f_frsize;
}

Volume Volumes::look_at(const std::string& path) const {
    Volume volume{path, "", "", 0};
    const auto marker = read_marker(path);
    std::error_code error;
    if (!marker) {
        volume.problem = marker.error().code == make_error_code(Errc::not_found)
                             ? "is absent: it carries no lucid-volume.json (not mounted?)"
                             : "is absent: " + marker.error().message();
        return volume;
    }
    if (marker->node != node_) {
        volume.problem = "belongs to another node, " + marker->node;
        return volume;
    }
    if (!fs::is_directory(volume.sessions(), error)) {
        volume.problem = "has lost its sessions folder";
        return volume;
    }
    volume.id = marker->id;
    const auto free = free_bytes(path);
    if (!free)
        volume.problem = "does not answer: " + free.error().message();
    else
        volume.free_bytes = *free;
    return volume;
}

std::vector<Volume> Volumes::look() const {
    std::vector<Volume> out;
    Volume data{data_path_, "", "", 0};
    const auto free = free_bytes(data_path_);
    if (free)
        data.free_bytes = *free;
    else
        data.problem = "does not answer: " + free.error().message();
    out.push_back(std::move(data));
    for (const auto& path : paths_) out.push_back(look_at(path));
    return out;
}

std::string Volumes::find(const std::string& id_hex) const {
    const auto home = data_path_ + "/sessions/" + id_hex;
    std::error_code error;
    if (paths_.empty() || fs::exists(home, error)) return home;
    for (const auto& path : paths_) {
        auto there = path + "/sessions/" + id_hex;
        if (fs::exists(there, error) && look_at(path).ready()) return there;
    }
    return home;
}

std::vector<PlacedRecording> Volumes::recordings() const {
    std::vector<PlacedRecording> out;
    for (const auto& volume : look()) {
        if (!volume.ready()) continue;
        std::error_code error;
        for (fs::directory_iterator entry(volume.sessions(), error), end; !error && entry != end;
             entry.increment(error)) {
            auto name = entry->path().filename().string();
            std::error_code ignored;
            if (is_recording_name(name) && entry->is_directory(ignored))
                out.push_back({std::move(name), entry->path().string(), volume.id});
        }
    }
    return out;
}

Result<Volume> Volumes::place(std::uint64_t reserve_bytes) const {
    auto all = look();
    std::optional<Volume> best;
    std::uint64_t most = 0;
    for (auto& volume : all) {
        if (!volume.ready()) continue;
        most = std::max(most, volume.free_bytes);
        if (volume.free_bytes < reserve_bytes) continue;
        if (!best || volume.free_bytes > best->free_bytes) best = std::move(volume);
    }
    if (!best)
        return fail(Errc::refused,
                    "every volume is down to its reserve (storage.free_space_min_mib), MiB free",
                    most >> 20);
    return std::move(*best);
}

Result<Volume> Volumes::prepare(const std::string& path, const std::string& node) {
    std::error_code error;
    const Volumes own("", {}, node);
    if (const auto marker = read_marker(path)) {
        if (marker->node != node) return fail(Errc::already_exists, "a volume of another node");
    } else if (fs::exists(path + marker_name, error)) {
        return fail(marker.error());
    } else {
        if (!fs::is_directory(path, error)) return fail(Errc::not_found, "folder");
        // What mkfs leaves behind counts as empty.
        for (const auto& entry : fs::directory_iterator(path, error))
            if (entry.path().filename() != "lost+found" && entry.path().filename() != "sessions")
                return fail(Errc::refused, "the folder holds something else");
        if (error) return fail(make_system_error(error.value(), "folder"));
        const auto id = crypto::random_array<8>();
        const auto text = Json{{"version", 1}, {"id", to_hex(id)}, {"node", node}}.dump();
        LUCID_CHECK(write_file_atomically(path + marker_name, as_bytes(text)));
    }
    if (!fs::is_directory(path + "/sessions", error)) {
        if (::mkdir((path + "/sessions").c_str(), 0700) != 0)
            return fail_errno(errno, "sessions folder");
        LUCID_CHECK(sync_directory(path));
    }
    auto made = own.look_at(path);
    if (!made.ready()) return fail(Errc::io_failed, "volume");
    return made;
}

}  // namespace lucid::core::runtime
