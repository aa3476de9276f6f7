// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/recovery.hpp>

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <unistd.h>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using core::runtime::read_file;

struct FoundChunk {
    format::Chunk chunk;
    Hash32 hash{};
    std::uint64_t size = 0;
    std::vector<Hash32> leaves;
    std::uint64_t t_last_us = 0;
};

FoundChunk describe(format::Chunk chunk, ByteView bytes) {
    FoundChunk found;
    found.hash = crypto::sha256(bytes);
    found.size = bytes.size();
    for (const auto& segment : chunk.segments) {
        found.leaves.push_back(format::segment_leaf(bytes.subspan(segment.offset, segment.length)));
        found.t_last_us = std::max(found.t_last_us, segment.header.t_last_us);
    }
    found.chunk = std::move(chunk);
    return found;
}

/// Gives the open chunk a trailer and its name; removes it when no segment is whole.
Result<void> close_open_chunk(const std::string& folder) {
    const auto path = folder + "/open.lchk";
    const auto bytes = read_file(path, format::chunk_bytes_max);
    if (!bytes && bytes.error().code == make_error_code(Errc::not_found)) return {};
    if (!bytes) return fail(bytes.error());
    const auto whole = format::decode_chunk(*bytes);
    Bytes closed = *bytes;
    if (!whole) {
        const auto chunk = format::scan_open_chunk(*bytes);
        if (!chunk || chunk->segments.empty()) {
            if (::unlink(path.c_str()) != 0) return fail_errno(errno, "remove torn chunk");
            return core::runtime::sync_directory(folder);
        }
        closed.resize(chunk->segments_end);
        append(closed, format::encode_chunk_trailer(chunk->segments));
    }
    const auto name = folder + "/" + to_hex(crypto::sha256(closed)) + ".lchk";
    LUCID_CHECK(core::runtime::write_file_atomically(name, closed));
    if (::unlink(path.c_str()) != 0) return fail_errno(errno, "remove open chunk");
    return core::runtime::sync_directory(folder);
}

Result<std::vector<FoundChunk>> read_chunks(const std::string& folder) {
    std::vector<FoundChunk> found;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder, error)) {
        const auto name = entry.path().filename().string();
        if (!name.ends_with(".lchk")) {
            // A leftover of an interrupted write_file_atomically().
            fs::remove(entry.path(), error);
            continue;
        }
        LUCID_TRY(const auto bytes, read_file(entry.path().string(), format::chunk_bytes_max));
        LUCID_TRY(auto chunk, format::decode_chunk(bytes));
        found.push_back(describe(std::move(chunk), bytes));
    }
    std::sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
        return a.chunk.first_index < b.chunk.first_index;
    });
    return found;
}

/// Leftovers of interrupted write_file_atomically(): nobody knows them, so verification would
/// refuse the recording.
void remove_torn_files(const std::string& directory) {
    std::vector<fs::path> torn;
    std::error_code error;
    for (fs::recursive_directory_iterator entry(directory, error), end; !error && entry != end;
         entry.increment(error)) {
        const auto name = entry->path().filename().string();
        const auto at = name.rfind(".new.");
        if (at != std::string::npos &&
            name.find_first_not_of("0123456789", at + 5) == std::string::npos)
            torn.push_back(entry->path());
    }
    for (const auto& path : torn) fs::remove(path, error);
}

}  // namespace

Result<void> add_to_sealed(const std::string& directory, const std::string& name,
                           ByteView content) {
    const fs::path folder(directory);
    const auto beside =
        (folder.parent_path() / ("." + folder.filename().string() + "." + name)).string();
    LUCID_CHECK(core::runtime::write_file_atomically(beside, content));
    if (::rename(beside.c_str(), (directory + "/" + name).c_str()) != 0)
        return fail_errno(errno, "add to recording");
    return core::runtime::sync_directory(directory);
}

bool needs_recovery(const std::string& directory) {
    std::error_code error;
    return fs::exists(directory + "/start.json", error);
}

Result<format::Manifest> recover(const std::string& directory, const std::string& reason,
                                 const crypto::Ed25519Key& evidence_key) {
    LUCID_TRY(const auto start, read_file(directory + "/start.json", format::manifest_bytes_max));
    remove_torn_files(directory);
    // The ending was written, only start.json was left: it stands.
    if (const auto json = read_file(directory + "/manifest.json", format::manifest_bytes_max)) {
        LUCID_TRY(auto manifest, format::Manifest::from_json(*json));
        if (::unlink((directory + "/start.json").c_str()) != 0)
            return fail_errno(errno, "remove start record");
        return manifest;
    }
    LUCID_TRY(auto manifest, format::Manifest::from_json(start));
    LUCID_CHECK(close_open_chunk(directory + "/chunks"));
    LUCID_TRY(const auto chunks, read_chunks(directory + "/chunks"));
    std::vector<Hash32> leaves;
    manifest.chunks.clear();
    for (const auto& found : chunks) {
        if (found.chunk.first_index != leaves.size())
            return fail(Errc::bad_value, "chunks of the recording do not follow each other",
                        found.chunk.first_index);
        manifest.chunks.push_back({found.hash, found.size, found.chunk.first_index});
        leaves.insert(leaves.end(), found.leaves.begin(), found.leaves.end());
        manifest.duration_us = std::max(manifest.duration_us, found.t_last_us);
    }
    manifest.tree_size = leaves.size();
    manifest.root = crypto::merkle_root(leaves);
    manifest.complete = false;
    manifest.reason = reason;
    manifest.ended_at_us = manifest.started_at_us + manifest.duration_us;
    LUCID_CHECK(write_ending(directory, manifest, leaves, evidence_key));
    return manifest;
}

Result<std::vector<Hash32>> read_leaves(const std::string& directory,
                                        const format::Manifest& manifest) {
    std::vector<Hash32> leaves;
    for (const auto& chunk : manifest.chunks) {
        LUCID_TRY(const auto bytes, read_file(directory + "/chunks/" + to_hex(chunk.hash) + ".lchk",
                                              format::chunk_bytes_max));
        LUCID_TRY(auto decoded, format::decode_chunk(bytes));
        const auto found = describe(std::move(decoded), bytes);
        leaves.insert(leaves.end(), found.leaves.begin(), found.leaves.end());
    }
    return leaves;
}

}  // namespace lucid::sessions::recorder
