// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// `index/index.json`: what the index of a recording consists of, and which recording it is of;
/// signed by the node. Files beside it: index.sig, chunks/<H>.lchk and tiles/ as in the recording.
/// A recording without the folder has no index ("absent"): that is valid.

#include <lucid/sessions/format/manifest.hpp>

#include <functional>
#include <optional>
#include <string>

namespace lucid::sessions::format {

inline constexpr std::size_t index_manifest_bytes_max = 256 * 1024;

struct IndexManifest {
    SessionId session_id;
    std::uint64_t session_tree_size = 0;
    Hash32 session_root{};  ///< the recording's
    std::vector<ManifestChunk> chunks;
    std::uint64_t tree_size = 0;
    Hash32 root{};

    [[nodiscard]] std::string to_json() const;
    static Result<IndexManifest> from_json(ByteView text);
};

[[nodiscard]] crypto::Ed25519Signature sign_index(const crypto::Ed25519Key& key, ByteView json);
[[nodiscard]] bool verify_index_signature(const crypto::Ed25519PublicKey& key, ByteView json,
                                          const crypto::Ed25519Signature& signature);

/// The whole index of a recording whose manifest is verified. `read` gives a file of the bundle, or
/// nothing after it has said why. With a key (of class 5) segments are opened.
struct IndexProblem {
    std::string file;
    std::string rule;
};
using ReadBundleFile =
    std::function<std::optional<Bytes>(const std::string& name, std::size_t bytes_max)>;
std::optional<IndexProblem> check_index(const Manifest& manifest, const ReadBundleFile& read,
                                        const crypto::Secret* class_key);

}  // namespace lucid::sessions::format
