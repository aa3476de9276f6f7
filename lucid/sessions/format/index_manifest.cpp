// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/index_manifest.hpp>
#include <lucid/sessions/format/json.hpp>
#include <lucid/sessions/format/tiles.hpp>

#include <algorithm>

namespace lucid::sessions::format {
namespace {

using detail::Fields;
using detail::Json;

constexpr std::string_view signature_magic = "lucid/index/1";
constexpr std::size_t signature_bytes = 64;

Bytes signed_message(ByteView json) {
    Bytes message = to_bytes(as_bytes(signature_magic));
    append(message, crypto::sha256(json));
    return message;
}

Result<ManifestChunk> chunk_from_json(const Json& json) {
    if (!json.is_object()) return fail(Errc::bad_value, "index chunk");
    Fields f(json, "index chunk");
    ManifestChunk chunk;
    LUCID_TRY(chunk.hash, f.hex_array<32>("hash"));
    LUCID_TRY(chunk.size, f.number("size"));
    LUCID_TRY(chunk.first_index, f.number("first_index"));
    LUCID_CHECK(f.finish());
    return chunk;
}

/// Walks chunks and tree; every step gives the first problem.
class Check {
  public:
    Check(const Manifest& manifest, const ReadBundleFile& read, const crypto::Secret* class_key)
        : manifest_(manifest), read_(read), class_key_(class_key) {}

    std::optional<IndexProblem> run() {
        if (auto problem = read_manifest()) return problem;
        for (std::size_t n = 0; n < index_.chunks.size(); ++n)
            if (auto problem = check_chunk(n)) return problem;
        if (leaves_.size() != index_.tree_size || crypto::merkle_root(leaves_) != index_.root)
            return IndexProblem{"index/index.json",
                                "the segments do not give the index's tree root"};
        for (const auto& [name, content] : make_tiles(leaves_)) {
            const auto found = read_("index/" + name, content.size());
            if (!found) return IndexProblem{"index/" + name, "it cannot be read"};
            if (*found != content)
                return IndexProblem{"index/" + name, "it is not the tile of these segments"};
        }
        return std::nullopt;
    }

  private:
    std::optional<IndexProblem> read_manifest() {
        const std::string name = "index/index.json";
        const auto json = read_(name, index_manifest_bytes_max);
        if (!json) return IndexProblem{name, "it cannot be read"};
        auto index = IndexManifest::from_json(*json);
        if (!index) return IndexProblem{name, index.error().message()};
        const auto file = read_("index/index.sig", signature_bytes);
        crypto::Ed25519Signature signature{};
        if (!file || file->size() != signature.size())
            return IndexProblem{"index/index.sig", "not 64 bytes"};
        std::copy(file->begin(), file->end(), signature.begin());
        if (!verify_index_signature(manifest_.node_key, *json, signature))
            return IndexProblem{"index/index.sig", "the index is not signed by its node"};
        if (index->session_id != manifest_.session_id ||
            index->session_tree_size != manifest_.tree_size ||
            index->session_root != manifest_.root)
            return IndexProblem{name, "it is the index of another recording"};
        index_ = std::move(*index);
        return std::nullopt;
    }

    std::optional<IndexProblem> check_chunk(std::size_t n) {
        const auto& expected = index_.chunks[n];
        const auto name = "index/chunks/" + to_hex(expected.hash) + ".lchk";
        const auto bytes = read_(name, chunk_bytes_max);
        if (!bytes) return IndexProblem{name, "it cannot be read"};
        if (bytes->size() != expected.size || crypto::sha256(*bytes) != expected.hash)
            return IndexProblem{name, "its bytes do not give its name"};
        const auto chunk = decode_chunk(*bytes);
        if (!chunk) return IndexProblem{name, chunk.error().message()};
        if (chunk->session_id != manifest_.session_id || chunk->number != n ||
            chunk->first_index != expected.first_index || chunk->first_index != leaves_.size())
            return IndexProblem{name, "its header is not the one that index.json names"};
        for (const auto& segment : chunk->segments) {
            const auto view = ByteView(*bytes).subspan(segment.offset, segment.length);
            if (segment.header.event_class != EventClass::index)
                return IndexProblem{name, "a segment of another class"};
            const auto before = leaves_.empty() ? Hash32{} : leaves_.back();
            if (class_key_ != nullptr)
                if (const auto opened =
                        open_segment(view, manifest_.session_id, *class_key_, before);
                    !opened)
                    return IndexProblem{name, opened.error().message()};
            leaves_.push_back(segment_leaf(view));
        }
        return std::nullopt;
    }

    const Manifest& manifest_;
    const ReadBundleFile& read_;
    const crypto::Secret* class_key_;
    IndexManifest index_;
    std::vector<Hash32> leaves_;
};

}  // namespace

std::string IndexManifest::to_json() const {
    Json out = {{"version", 1},
                {"session_id", session_id.hex()},
                {"session_root", to_hex(session_root)},
                {"session_tree_size", session_tree_size},
                {"tree_size", tree_size},
                {"root", to_hex(root)},
                {"chunks", Json::array()}};
    for (const auto& chunk : chunks)
        out["chunks"].push_back({{"hash", to_hex(chunk.hash)},
                                 {"size", chunk.size},
                                 {"first_index", chunk.first_index}});
    return detail::canonical(out);
}

Result<IndexManifest> IndexManifest::from_json(ByteView text) {
    if (text.size() > index_manifest_bytes_max)
        return fail(Errc::limit_exceeded, "index manifest", text.size());
    LUCID_TRY(const auto json, detail::parse_canonical(text, "index manifest"));
    Fields f(json, "index manifest");
    LUCID_TRY(const auto version, f.number("version"));
    if (version != 1) return fail(Errc::bad_version, "index manifest", version);
    IndexManifest m;
    LUCID_TRY(m.session_id.bytes, f.hex_array<32>("session_id"));
    LUCID_TRY(m.session_root, f.hex_array<32>("session_root"));
    LUCID_TRY(m.session_tree_size, f.number("session_tree_size"));
    LUCID_TRY(m.tree_size, f.number("tree_size"));
    LUCID_TRY(m.root, f.hex_array<32>("root"));
    LUCID_TRY(const auto* chunks, f.array("chunks"));
    for (const auto& item : *chunks) {
        LUCID_TRY(const auto chunk, chunk_from_json(item));
        m.chunks.push_back(chunk);
    }
    LUCID_CHECK(f.finish());
    return m;
}

crypto::Ed25519Signature sign_index(const crypto::Ed25519Key& key, ByteView json) {
    return key.sign(signed_message(json));
}

bool verify_index_signature(const crypto::Ed25519PublicKey& key, ByteView json,
                            const crypto::Ed25519Signature& signature) {
    return crypto::ed25519_verify(key, signed_message(json), signature);
}

std::optional<IndexProblem> check_index(const Manifest& manifest, const ReadBundleFile& read,
                                        const crypto::Secret* class_key) {
    return Check(manifest, read, class_key).run();
}

}  // namespace lucid::sessions::format
