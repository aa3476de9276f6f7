// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/tiles.hpp>
#include <lucid/sessions/recorder/inspect.hpp>
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/sessions/recorder/recovery.hpp>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <set>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using core::runtime::read_file;

constexpr std::size_t envelope_bytes_max = 64 * 1024;
constexpr std::size_t signature_bytes = 64;

std::set<std::string> files_of(const std::string& directory) {
    std::set<std::string> out;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        std::error_code gone;
        if (!entry->is_directory(gone))
            out.insert(entry->path().lexically_relative(directory).generic_string());
    }
    return out;
}

/// What every recording may have beside chunks and tiles.
bool is_known(const std::string& file) {
    static const std::set<std::string> names = {
        "manifest.json", "manifest.sig",    "receipts/open.json", "receipts/close.json",
        "anchor.json",   "envelopes/0.age", "pruned.json",        "start.json"};
    if (names.contains(file)) return true;
    // Derived data; verification looks into it.
    if (file.starts_with("index/")) return true;
    // Later envelopes: n.age and n.json.
    if (!file.starts_with("envelopes/")) return false;
    const auto name = fs::path(file).filename();
    const auto stem = name.stem().string();
    return (name.extension() == ".age" || name.extension() == ".json") && !stem.empty() &&
           stem.find_first_not_of("0123456789") == std::string::npos;
}

class Inspector {
  public:
    Inspector(const std::string& directory, bool every_byte,
              const std::function<void(std::uint64_t)>& progress)
        : directory_(directory),
          every_byte_(every_byte),
          progress_(progress),
          files_(files_of(directory)) {}

    Inspection run() {
        out_.anchored = has("anchor.json");
        if (has("start.json")) {
            out_.state = RecordingState::unfinished;
            return out_;
        }
        if (!has("manifest.json")) return out_;
        if (!read_manifest()) {
            out_.state = RecordingState::not_readable;
            return out_;
        }
        if (has("pruned.json")) {
            const bool contents = std::any_of(files_.begin(), files_.end(), [](const auto& file) {
                return file.starts_with("chunks/") || file.starts_with("envelopes/") ||
                       file.starts_with("index/");
            });
            out_.state = contents ? RecordingState::half_pruned : RecordingState::pruned;
            check_rest({"manifest.sig", "receipts/open.json", "receipts/close.json"});
            return out_;
        }
        out_.state = RecordingState::sealed;
        for (const auto& chunk : out_.manifest->chunks) check_chunk(chunk);
        check_envelope();
        check_rest({"manifest.sig", "receipts/open.json", "receipts/close.json"});
        return out_;
    }

  private:
    [[nodiscard]] bool has(const std::string& file) const { return files_.contains(file); }

    bool read_manifest() {
        const auto json = read_file(directory_ + "/manifest.json", format::manifest_bytes_max);
        const auto manifest = json ? format::Manifest::from_json(*json) : fail(json.error());
        if (!manifest) {
            out_.reason = "manifest.json: " + manifest.error().message();
            return false;
        }
        const auto signature_text = read_file(directory_ + "/manifest.sig", signature_bytes);
        if (signature_text) {
            format::Manifest unused;
            crypto::Ed25519Signature signature{};
            if (signature_text->size() == signature.size())
                std::copy(signature_text->begin(), signature_text->end(), signature.begin());
            if (!format::verify_manifest(manifest->node_key, *json, signature)) {
                out_.reason = "manifest.sig does not sign manifest.json";
                return false;
            }
        }
        out_.manifest = *manifest;
        out_.manifest_hash = format::manifest_hash(*json);
        return true;
    }

    void check_chunk(const format::ManifestChunk& chunk) {
        const auto name = "chunks/" + to_hex(chunk.hash) + ".lchk";
        expected_.insert(name);
        if (!has(name)) {
            out_.missing.push_back(name);
            return;
        }
        std::error_code error;
        const auto size = fs::file_size(directory_ + "/" + name, error);
        bool good = !error && size == chunk.size;
        if (good && every_byte_) {
            const auto bytes = read_file(directory_ + "/" + name, format::chunk_bytes_max);
            good = bytes && crypto::sha256(*bytes) == chunk.hash;
        }
        if (!good) out_.damaged.push_back(name);
        out_.bytes += error ? 0 : size;
        if (progress_) progress_(error ? 0 : size);
    }

    void check_envelope() {
        const std::string name = "envelopes/0.age";
        const auto envelope = read_file(directory_ + "/" + name, envelope_bytes_max);
        if (!envelope)
            out_.missing.push_back(name);
        else if (crypto::sha256(*envelope) != out_.manifest->envelope_hash)
            out_.damaged.push_back(name);
    }

    /// Number of tiles of each level of the tree.
    void expect_tiles() {
        auto hashes = out_.manifest->tree_size;
        for (unsigned level = 0; hashes > 0; ++level) {
            const auto tiles = (hashes + format::tile_hashes - 1) / format::tile_hashes;
            for (std::uint64_t n = 0; n < tiles; ++n)
                expected_.insert("tiles/" + std::to_string(level) + "/" + std::to_string(n));
            hashes /= format::tile_hashes;
        }
    }

    void check_rest(const std::vector<std::string>& needed) {
        for (const auto& name : needed)
            if (!has(name)) out_.missing.push_back(name);
        expect_tiles();
        for (const auto& name : expected_)
            if (name.starts_with("tiles/") && !has(name)) out_.tiles_broken = true;
        for (const auto& file : files_)
            if (!expected_.contains(file) && !is_known(file) &&
                out_.state == RecordingState::sealed)
                out_.orphans.push_back(file);
        if (every_byte_ && out_.state == RecordingState::sealed && out_.missing.empty() &&
            out_.damaged.empty())
            compare_tiles();
    }

    void compare_tiles() {
        const auto leaves = read_leaves(directory_, *out_.manifest);
        if (!leaves) return;
        for (const auto& [name, content] : format::make_tiles(*leaves)) {
            expected_.insert(name);
            const auto there = read_file(directory_ + "/" + name, content.size());
            if (!there || *there != content) out_.tiles_broken = true;
        }
    }

    const std::string& directory_;
    bool every_byte_;
    const std::function<void(std::uint64_t)>& progress_;
    std::set<std::string> files_;
    std::set<std::string> expected_;
    Inspection out_;
};

}  // namespace

Inspection inspect(const std::string& directory, bool every_byte,
                   const std::function<void(std::uint64_t)>& progress) {
    return Inspector(directory, every_byte, progress).run();
}

Result<void> rebuild_tiles(const std::string& directory, const format::Manifest& manifest) {
    LUCID_TRY(const auto leaves, read_leaves(directory, manifest));
    if (crypto::merkle_root(leaves) != manifest.root)
        return fail(Errc::hash_mismatch, "tree of the chunks");
    for (const auto& [name, content] : format::make_tiles(leaves)) {
        const auto path = directory + "/" + name;
        std::error_code error;
        fs::create_directories(fs::path(path).parent_path(), error);
        LUCID_CHECK(core::runtime::write_file_atomically(path, content));
    }
    return core::runtime::sync_directory(directory + "/tiles");
}

Result<void> set_aside(const std::string& directory, const std::vector<std::string>& files) {
    const fs::path from(directory);
    const auto to = from.parent_path() / ".set-aside" / from.filename();
    std::error_code error;
    for (const auto& file : files) {
        auto target = file.empty() ? to : to / file;
        fs::create_directories(target.parent_path(), error);
        if (error) return fail(make_system_error(error.value(), "set aside"));
        const auto first = target;
        for (int n = 2; fs::exists(target, error); ++n)
            target = first.string() + "~" + std::to_string(n);
        fs::rename(file.empty() ? from : from / file, target, error);
        if (error) return fail(make_system_error(error.value(), "set aside"));
        LUCID_CHECK(core::runtime::sync_directory(target.parent_path().string()));
    }
    return core::runtime::sync_directory(from.parent_path().string());
}

}  // namespace lucid::sessions::recorder
