// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/sessions/recorder/recovery.hpp>

#include <algorithm>
#include <array>
#include <filesystem>

#include <nlohmann/json.hpp>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;

constexpr std::array folders = {"chunks", "envelopes", "index"};
constexpr std::size_t statement_bytes_max = 4096;

constexpr const char* statement_name = "pruned.json";

std::string statement_path(const std::string& directory) {
    return directory + "/" + statement_name;
}

}  // namespace

std::vector<Stored> choose_to_prune(std::vector<Stored> all, const RetentionRules& rules,
                                    std::int64_t now_s) {
    std::uint64_t total = 0;
    for (const auto& recording : all) total += recording.bytes;
    std::sort(all.begin(), all.end(),
              [](const auto& a, const auto& b) { return a.ended_s < b.ended_s; });
    std::vector<Stored> chosen;
    for (const auto& recording : all) {
        if (!recording.sealed || !recording.anchored || recording.held || recording.bytes == 0)
            continue;
        const bool old = rules.older_than_s && now_s - recording.ended_s > *rules.older_than_s;
        const bool over = rules.keep_bytes && total > *rules.keep_bytes;
        if (!old && !over) continue;
        total -= recording.bytes;
        chosen.push_back(recording);
    }
    return chosen;
}

std::uint64_t prunable_bytes(const std::string& directory) {
    std::uint64_t bytes = 0;
    std::error_code error;
    for (const auto* folder : folders)
        for (const auto& entry :
             fs::recursive_directory_iterator(directory + "/" + folder, error)) {
            if (!entry.is_regular_file(error)) continue;
            const auto size = entry.file_size(error);
            if (!error) bytes += size;
        }
    return bytes;
}

Result<std::uint64_t> prune_recording(const std::string& directory, std::int64_t now_s) {
    std::error_code error;
    if (!fs::exists(directory + "/anchor.json", error))
        return fail(Errc::refused, "a recording that is not anchored");
    if (!pruned_at(directory)) {
        const auto text = nlohmann::json{{"version", 1}, {"pruned_at", now_s}}.dump();
        LUCID_CHECK(add_to_sealed(directory, statement_name, as_bytes(text)));
    }
    const auto bytes = prunable_bytes(directory);
    for (const auto* folder : folders) {
        const auto path = directory + "/" + folder;
        fs::remove_all(path, error);
        if (error) return fail(Error{error, "remove recording", 0});
    }
    LUCID_CHECK(core::runtime::sync_directory(directory));
    return bytes;
}

std::optional<std::int64_t> pruned_at(const std::string& directory) {
    const auto text = core::runtime::read_file(statement_path(directory), statement_bytes_max);
    if (!text) return std::nullopt;
    const auto json = nlohmann::json::parse(text->begin(), text->end(), nullptr, false);
    if (!json.is_object() || !json.contains("pruned_at") || !json["pruned_at"].is_number_integer())
        return std::nullopt;
    return json["pruned_at"].get<std::int64_t>();
}

}  // namespace lucid::sessions::recorder
