// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a backup consists of. Two parts:
///
/// - the snapshot file, readable without a key: which objects belong to it, who made it, signed by
///   the node's evidence key: {"signature": hex, "snapshot": {…}}, keys sorted, no white space; the
///   signature is Ed25519 over "lucid/backup/1" ‖ SHA-256(text of the inner object);
/// - the index, sealed like everything else: [path, [[SHA-256, length, object, offset]…]] for each
///   file. A file is its parts in order; a part is a range of an object's plaintext.

#include <lucid/common/crypto/ed25519.hpp>
#include <lucid/storage/backup/repository.hpp>

namespace lucid::storage::backup {

struct Part {
    Hash32 hash{};
    std::uint64_t length = 0;
    Hash32 object{};
    std::uint64_t offset = 0;
};

struct IndexedFile {
    std::string path;  ///< below the data directory, with '/'
    std::vector<Part> parts;
    [[nodiscard]] std::uint64_t bytes() const;
};

/// Limits of what is read.
inline constexpr std::size_t index_files_max = 10'000'000;
inline constexpr std::size_t path_bytes_max = 512;

struct Snapshot {
    std::string node;  ///< account, hex
    crypto::Ed25519PublicKey node_key{};
    std::int64_t created_s = 0;
    std::string lucid;  ///< version of the program
    std::uint64_t files = 0;
    std::uint64_t bytes = 0;
    std::uint64_t recordings = 0;
    std::uint64_t live = 0;         ///< recordings that went on while they were copied
    std::uint64_t unavailable = 0;  ///< recordings that could not be read; taken over or missing
    std::vector<std::string> recipients;
    std::vector<ObjectRef> objects;  ///< all of them, sorted; the index's, too
    std::vector<Hash32> index;       ///< objects whose plaintexts, joined, are the index

    [[nodiscard]] std::string sign(const crypto::Ed25519Key& key) const;
    /// Checks the signature by `node_key`.
    static Result<Snapshot> from_text(ByteView text);
};

[[nodiscard]] std::string encode_index(const std::vector<IndexedFile>& files);
/// Paths are relative, without "." and "..": nothing is restored outside the directory.
Result<std::vector<IndexedFile>> decode_index(ByteView text);

/// Relative, printable ASCII, no empty component, "." or "..".
[[nodiscard]] bool is_safe_path(std::string_view path);

}  // namespace lucid::storage::backup
