// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/sessions/format/json.hpp>
#include <lucid/sessions/format/manifest.hpp>

namespace lucid::sessions::format {
namespace {

using detail::Fields;
using detail::Json;

constexpr std::uint64_t version = 1;
constexpr std::string_view signature_magic = "lucid/manifest/1";
constexpr std::size_t chunks_max = 1'000'000;

Json parties_json(const Parties& parties) {
    return {{"client_address", parties.client_address},
            {"ticket", parties.ticket},
            {"user", parties.user}};
}

Bytes signed_message(ByteView json) {
    Bytes message = to_bytes(as_bytes(signature_magic));
    append(message, manifest_hash(json));
    return message;
}

Result<std::vector<ManifestChunk>> read_chunks(const Json& list) {
    if (list.size() > chunks_max) return fail(Errc::limit_exceeded, "chunks", list.size());
    std::vector<ManifestChunk> chunks;
    for (const auto& item : list) {
        if (!item.is_object()) return fail(Errc::bad_value, "chunks", chunks.size());
        Fields f(item, "chunks");
        ManifestChunk chunk;
        LUCID_TRY(const auto number, f.number("number"));
        if (number != chunks.size()) return fail(Errc::bad_value, "chunk number", number);
        LUCID_TRY(chunk.hash, f.hex_array<32>("hash"));
        LUCID_TRY(chunk.size, f.number("size"));
        LUCID_TRY(chunk.first_index, f.number("first_index"));
        LUCID_CHECK(f.finish());
        chunks.push_back(chunk);
    }
    return chunks;
}

}  // namespace

std::string Manifest::to_json() const {
    Json list = Json::array();
    for (std::size_t i = 0; i < chunks.size(); ++i)
        list.push_back({{"number", i},
                        {"hash", to_hex(chunks[i].hash)},
                        {"size", chunks[i].size},
                        {"first_index", chunks[i].first_index}});
    const Json json = {{"version", version},
                       {"session_id", session_id.hex()},
                       {"node", to_hex(node)},
                       {"node_key", to_hex(node_key)},
                       {"host", host},
                       {"policy_hash", to_hex(policy_hash)},
                       {"consent_hash", to_hex(consent_hash)},
                       {"parties_commitment", to_hex(parties_commitment)},
                       {"started_at_us", started_at_us},
                       {"ended_at_us", ended_at_us},
                       {"duration_us", duration_us},
                       {"clock_synchronised", clock_synchronised},
                       {"capabilities", capabilities},
                       {"chunks", list},
                       {"tree_size", tree_size},
                       {"root", to_hex(root)},
                       {"key_commitment", to_hex(key_commitment)},
                       {"envelope_hash", to_hex(envelope_hash)},
                       {"recorder", recorder},
                       {"end_state", complete ? "complete" : "partial"},
                       {"end_reason", reason}};
    return detail::canonical(json);
}

Result<Manifest> Manifest::from_json(ByteView text) {
    if (text.size() > manifest_bytes_max)
        return fail(Errc::limit_exceeded, "manifest", text.size());
    LUCID_TRY(const auto json, detail::parse_canonical(text, "manifest"));
    Fields f(json, "manifest");
    Manifest m;
    LUCID_TRY(const auto found_version, f.number("version"));
    if (found_version != version) return fail(Errc::bad_version, "manifest version", found_version);
    LUCID_TRY(m.session_id.bytes, f.hex_array<32>("session_id"));
    LUCID_TRY(m.node, f.hex_array<20>("node"));
    LUCID_TRY(m.node_key, f.hex_array<32>("node_key"));
    LUCID_TRY(m.host, f.text("host"));
    LUCID_TRY(m.policy_hash, f.hex_array<32>("policy_hash"));
    LUCID_TRY(m.consent_hash, f.hex_array<32>("consent_hash"));
    LUCID_TRY(m.parties_commitment, f.hex_array<32>("parties_commitment"));
    LUCID_TRY(m.started_at_us, f.number("started_at_us"));
    LUCID_TRY(m.ended_at_us, f.number("ended_at_us"));
    LUCID_TRY(m.duration_us, f.number("duration_us"));
    LUCID_TRY(m.clock_synchronised, f.boolean("clock_synchronised"));
    LUCID_TRY(m.capabilities, f.text("capabilities"));
    LUCID_TRY(const auto* list, f.array("chunks"));
    LUCID_TRY(m.chunks, read_chunks(*list));
    LUCID_TRY(m.tree_size, f.number("tree_size"));
    LUCID_TRY(m.root, f.hex_array<32>("root"));
    LUCID_TRY(m.key_commitment, f.hex_array<32>("key_commitment"));
    LUCID_TRY(m.envelope_hash, f.hex_array<32>("envelope_hash"));
    LUCID_TRY(m.recorder, f.text("recorder"));
    LUCID_TRY(const auto state, f.text("end_state"));
    if (state != "complete" && state != "partial") return fail(Errc::bad_value, "end_state");
    m.complete = state == "complete";
    LUCID_TRY(m.reason, f.text("end_reason"));
    LUCID_CHECK(f.finish());
    return m;
}

Hash32 manifest_hash(ByteView json) {
    return crypto::sha256(json);
}

crypto::Ed25519Signature sign_manifest(const crypto::Ed25519Key& key, ByteView json) {
    return key.sign(signed_message(json));
}

bool verify_manifest(const crypto::Ed25519PublicKey& key, ByteView json,
                     const crypto::Ed25519Signature& signature) {
    return crypto::ed25519_verify(key, signed_message(json), signature);
}

Hash32 commit_parties(const Parties& parties, const ByteArray<16>& salt) {
    return crypto::sha256({salt, as_bytes(detail::canonical(parties_json(parties)))});
}

std::string opening_note(const Parties& parties, const ByteArray<16>& salt) {
    return detail::canonical(
        {{"what", "parties"}, {"salt", to_hex(salt)}, {"parties", parties_json(parties)}});
}

Result<Hash32> commitment_of_opening(ByteView note) {
    LUCID_TRY(const auto json, detail::parse_canonical(note, "note"));
    if (json.value("what", "") != "parties") return fail(Errc::not_found, "parties note");
    Fields f(json, "parties note");
    LUCID_CHECK(f.text("what"));
    LUCID_TRY(const auto salt, f.hex_array<16>("salt"));
    LUCID_TRY(const auto* parties, f.object("parties"));
    LUCID_CHECK(f.finish());
    return crypto::sha256({salt, as_bytes(detail::canonical(*parties))});
}

Result<Parties> parties_of_opening(ByteView note) {
    LUCID_TRY(const auto json, detail::parse_canonical(note, "note"));
    if (json.value("what", "") != "parties") return fail(Errc::not_found, "parties note");
    Fields f(json, "parties note");
    LUCID_TRY(const auto* object, f.object("parties"));
    Fields p(*object, "parties");
    Parties parties;
    LUCID_TRY(parties.user, p.text("user"));
    LUCID_TRY(parties.ticket, p.text("ticket"));
    LUCID_TRY(parties.client_address, p.text("client_address"));
    LUCID_CHECK(p.finish());
    return parties;
}

}  // namespace lucid::sessions::format
