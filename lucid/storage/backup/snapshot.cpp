// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/storage/backup/snapshot.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace lucid::storage::backup {
namespace {

using Json = nlohmann::json;

constexpr std::string_view signed_prefix = "lucid/backup/1";

Bytes message_of(const std::string& inner) {
    Bytes message = to_bytes(as_bytes(signed_prefix));
    append(message, crypto::sha256(as_bytes(inner)));
    return message;
}

Result<std::uint64_t> number(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return fail(Errc::bad_value, name);
    return found->get<std::uint64_t>();
}

Result<std::string> text(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return fail(Errc::bad_value, name);
    return found->get<std::string>();
}

Result<const Json*> array(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_array()) return fail(Errc::bad_value, name);
    return &*found;
}

Result<Hash32> hash_of(const Json& json) {
    if (!json.is_string()) return fail(Errc::bad_value, "hash");
    return hash32_from_hex(json.get_ref<const std::string&>());
}

Result<Part> part_of(const Json& json) {
    if (!json.is_array() || json.size() != 4 || !json[1].is_number_unsigned() ||
        !json[3].is_number_unsigned())
        return fail(Errc::bad_value, "part of a file");
    Part part;
    LUCID_TRY(part.hash, hash_of(json[0]));
    part.length = json[1].get<std::uint64_t>();
    LUCID_TRY(part.object, hash_of(json[2]));
    part.offset = json[3].get<std::uint64_t>();
    if (part.length > object_bytes_max || part.offset > object_bytes_max)
        return fail(Errc::limit_exceeded, "part of a file", part.length);
    return part;
}

Json to_json(const Snapshot& s) {
    Json objects = Json::array();
    for (const auto& object : s.objects) objects.push_back({to_hex(object.name), object.bytes});
    Json index = Json::array();
    for (const auto& name : s.index) index.push_back(to_hex(name));
    return {{"version", 1},
            {"node", s.node},
            {"node_key", to_hex(s.node_key)},
            {"created", s.created_s},
            {"lucid", s.lucid},
            {"files", s.files},
            {"bytes", s.bytes},
            {"recordings", s.recordings},
            {"live", s.live},
            {"unavailable", s.unavailable},
            {"recipients", s.recipients},
            {"objects", std::move(objects)},
            {"index", std::move(index)}};
}

Result<Snapshot> from_json(const Json& json) {
    Snapshot s;
    LUCID_TRY(const auto version, number(json, "version"));
    if (version != 1) return fail(Errc::bad_version, "snapshot", version);
    LUCID_TRY(s.node, text(json, "node"));
    LUCID_TRY(const auto key_text, text(json, "node_key"));
    LUCID_TRY(const auto key, hash32_from_hex(key_text));
    std::copy(key.begin(), key.end(), s.node_key.begin());
    LUCID_TRY(const auto created, number(json, "created"));
    s.created_s = static_cast<std::int64_t>(created);
    LUCID_TRY(s.lucid, text(json, "lucid"));
    LUCID_TRY(s.files, number(json, "files"));
    LUCID_TRY(s.bytes, number(json, "bytes"));
    LUCID_TRY(s.recordings, number(json, "recordings"));
    LUCID_TRY(s.live, number(json, "live"));
    LUCID_TRY(s.unavailable, number(json, "unavailable"));
    LUCID_TRY(const auto* recipients, array(json, "recipients"));
    for (const auto& recipient : *recipients) {
        if (!recipient.is_string()) return fail(Errc::bad_value, "recipients");
        s.recipients.push_back(recipient.get<std::string>());
    }
    LUCID_TRY(const auto* objects, array(json, "objects"));
    for (const auto& object : *objects) {
        if (!object.is_array() || object.size() != 2 || !object[1].is_number_unsigned())
            return fail(Errc::bad_value, "objects");
        ObjectRef ref;
        LUCID_TRY(ref.name, hash_of(object[0]));
        ref.bytes = object[1].get<std::uint64_t>();
        if (!s.objects.empty() && !(s.objects.back() < ref))
            return fail(Errc::not_canonical, "objects");
        s.objects.push_back(ref);
    }
    LUCID_TRY(const auto* index, array(json, "index"));
    for (const auto& name : *index) {
        LUCID_TRY(const auto hash, hash_of(name));
        s.index.push_back(hash);
    }
    return s;
}

}  // namespace

std::uint64_t IndexedFile::bytes() const {
    std::uint64_t sum = 0;
    for (const auto& part : parts) sum += part.length;
    return sum;
}

std::string Snapshot::sign(const crypto::Ed25519Key& key) const {
    auto inner = to_json(*this);
    const auto signature = key.sign(message_of(inner.dump()));
    return Json{{"signature", to_hex(signature)}, {"snapshot", std::move(inner)}}.dump();
}

Result<Snapshot> Snapshot::from_text(ByteView text_bytes) {
    const auto json = Json::parse(text_bytes.begin(), text_bytes.end(), nullptr, false);
    if (!json.is_object() || json.size() != 2) return fail(Errc::bad_value, "snapshot");
    if (json.dump() != as_text(text_bytes)) return fail(Errc::not_canonical, "snapshot");
    const auto inner = json.find("snapshot");
    if (inner == json.end() || !inner->is_object()) return fail(Errc::bad_value, "snapshot");
    LUCID_TRY(auto snapshot, from_json(*inner));
    LUCID_TRY(const auto signature_text, text(json, "signature"));
    LUCID_TRY(const auto signature_bytes, from_hex(signature_text));
    crypto::Ed25519Signature signature{};
    if (signature_bytes.size() != signature.size())
        return fail(Errc::bad_length, "signature", signature_bytes.size());
    std::copy(signature_bytes.begin(), signature_bytes.end(), signature.begin());
    if (!crypto::ed25519_verify(snapshot.node_key, message_of(inner->dump()), signature))
        return fail(Errc::bad_signature, "snapshot");
    return snapshot;
}

bool is_safe_path(std::string_view path) {
    if (path.empty() || path.size() > path_bytes_max || path.front() == '/') return false;
    if (std::any_of(path.begin(), path.end(), [](char c) { return c < 0x20 || c > 0x7e; }))
        return false;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto name = path.substr(0, slash);
        if (name.empty() || name == "." || name == "..") return false;
        if (slash == std::string_view::npos) return true;
        path.remove_prefix(slash + 1);
    }
    return false;  // ends with a slash
}

std::string encode_index(const std::vector<IndexedFile>& files) {
    std::string out = "[";
    for (const auto& file : files) {
        Json parts = Json::array();
        for (const auto& part : file.parts)
            parts.push_back({to_hex(part.hash), part.length, to_hex(part.object), part.offset});
        if (out.size() > 1) out += ",\n";
        out += Json{file.path, std::move(parts)}.dump();
    }
    return out + "]\n";
}

Result<std::vector<IndexedFile>> decode_index(ByteView text_bytes) {
    const auto json = Json::parse(text_bytes.begin(), text_bytes.end(), nullptr, false);
    if (!json.is_array()) return fail(Errc::bad_value, "index");
    // No test makes ten million of them.
    if (json.size() > index_files_max) return fail(Errc::limit_exceeded, "index", json.size());
    std::vector<IndexedFile> files;
    files.reserve(json.size());
    std::set<std::string> seen;
    for (const auto& item : json) {
        if (!item.is_array() || item.size() != 2 || !item[0].is_string() || !item[1].is_array())
            return fail(Errc::bad_value, "file of the index", files.size());
        IndexedFile file;
        file.path = item[0].get<std::string>();
        if (!is_safe_path(file.path) || !seen.insert(file.path).second)
            return fail(Errc::bad_value, "path of the index", files.size());
        for (const auto& part_json : item[1]) {
            LUCID_TRY(const auto part, part_of(part_json));
            file.parts.push_back(part);
        }
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace lucid::storage::backup
