// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/note.hpp>
#include <lucid/sessions/format/anchor_record.hpp>
#include <lucid/sessions/format/json.hpp>

namespace lucid::sessions::format {
namespace {

using detail::Fields;
using detail::Json;

constexpr std::size_t checkpoints_max = 100'000;
constexpr std::size_t leaves_max = 100'000;
constexpr std::size_t between_max = 100'000;
constexpr std::size_t proof_hashes_max = 64;

Json hashes_json(const std::vector<Hash32>& hashes) {
    Json list = Json::array();
    for (const auto& hash : hashes) list.push_back(to_hex(hash));
    return list;
}

Result<Hash32> hash_of(const Json& value, const char* what) {
    if (!value.is_string()) return fail(Errc::bad_value, what);
    const auto text = value.get<std::string>();
    LUCID_TRY(const auto hash, hash32_from_hex(text));
    if (to_hex(hash) != text) return fail(Errc::not_canonical, what);
    return hash;
}

Result<std::vector<Hash32>> read_hashes(const Json& list, const char* what) {
    if (list.size() > proof_hashes_max) return fail(Errc::limit_exceeded, what, list.size());
    std::vector<Hash32> hashes;
    for (const auto& item : list) {
        LUCID_TRY(const auto hash, hash_of(item, what));
        hashes.push_back(hash);
    }
    return hashes;
}

void put_position(Json& json, const LogPosition& position) {
    json["anchor_index"] = position.anchor_index;
    json["block_slot"] = position.block_slot;
    json["inclusion"] = hashes_json(position.inclusion);
}

Result<LogPosition> read_position(Fields& f) {
    LogPosition position;
    LUCID_TRY(position.anchor_index, f.number("anchor_index"));
    LUCID_TRY(position.block_slot, f.number("block_slot"));
    LUCID_TRY(const auto* list, f.array("inclusion"));
    LUCID_TRY(position.inclusion, read_hashes(*list, "inclusion"));
    return position;
}

Json block_json(const BlockEvidence& block) {
    return {{"header", to_hex(block.header)}, {"payload", to_hex(block.payload)}};
}

Json leaves_json(const std::vector<CheckpointLeaf>& leaves) {
    Json list = Json::array();
    for (const auto& leaf : leaves)
        list.push_back(Json::array({leaf.session_id.hex(), leaf.tree_size, to_hex(leaf.root)}));
    return list;
}

Json checkpoint_json(const AnchoredCheckpoint& c) {
    Json json = {{"slot", c.checkpoint.slot},
                 {"root", to_hex(c.checkpoint.root)},
                 {"count", c.checkpoint.count},
                 {"leaves", leaves_json(c.leaves)}};
    put_position(json, c.position);
    return json;
}

Result<std::vector<CheckpointLeaf>> read_leaves(const Json& list) {
    if (list.size() > leaves_max) return fail(Errc::limit_exceeded, "leaves", list.size());
    std::vector<CheckpointLeaf> leaves;
    for (const auto& item : list) {
        if (!item.is_array() || item.size() != 3 || !item[1].is_number_unsigned())
            return fail(Errc::bad_value, "leaves", leaves.size());
        CheckpointLeaf leaf;
        LUCID_TRY(leaf.session_id.bytes, hash_of(item[0], "leaves"));
        leaf.tree_size = item[1].get<std::uint64_t>();
        LUCID_TRY(leaf.root, hash_of(item[2], "leaves"));
        if (!leaves.empty() && !(leaves.back().session_id < leaf.session_id))
            return fail(Errc::not_canonical, "leaves order", leaves.size());
        leaves.push_back(leaf);
    }
    return leaves;
}

Result<AnchoredCheckpoint> read_checkpoint(const Json& item) {
    if (!item.is_object()) return fail(Errc::bad_value, "checkpoints");
    Fields f(item, "checkpoints");
    AnchoredCheckpoint c;
    LUCID_TRY(c.checkpoint.slot, f.number("slot"));
    LUCID_TRY(c.checkpoint.root, f.hex_array<32>("root"));
    LUCID_TRY(const auto count, f.number("count"));
    if (count > leaves_max) return fail(Errc::limit_exceeded, "count", count);
    c.checkpoint.count = static_cast<std::uint32_t>(count);
    LUCID_TRY(const auto* leaves, f.array("leaves"));
    LUCID_TRY(c.leaves, read_leaves(*leaves));
    LUCID_TRY(c.position, read_position(f));
    LUCID_CHECK(f.finish());
    return c;
}

Json entry_json(const LogEntry& entry) {
    return {{"anchor_index", entry.anchor_index},
            {"leaf", to_hex(entry.leaf)},
            {"inclusion", hashes_json(entry.inclusion)},
            {"leaves", leaves_json(entry.leaves)}};
}

Result<LogEntry> read_entry(const Json& item) {
    if (!item.is_object()) return fail(Errc::bad_value, "between");
    Fields f(item, "between");
    LogEntry entry;
    LUCID_TRY(entry.anchor_index, f.number("anchor_index"));
    LUCID_TRY(entry.leaf, f.hex("leaf"));
    LUCID_TRY(const auto* inclusion, f.array("inclusion"));
    LUCID_TRY(entry.inclusion, read_hashes(*inclusion, "inclusion"));
    LUCID_TRY(const auto* leaves, f.array("leaves"));
    LUCID_TRY(entry.leaves, read_leaves(*leaves));
    LUCID_CHECK(f.finish());
    return entry;
}

/// Verifier keys, each once.
Result<std::vector<std::string>> read_witnesses(const Json& list) {
    if (list.empty() || list.size() > witnesses_max)
        return fail(Errc::limit_exceeded, "witnesses", list.size());
    std::vector<std::string> keys;
    for (const auto& item : list) {
        if (!item.is_string()) return fail(Errc::bad_value, "witnesses");
        auto text = item.get<std::string>();
        LUCID_TRY(const auto key, blockchain::tlog::VerifierKey::from_text(text));
        if (key.type != blockchain::tlog::KeyType::cosignature)
            return fail(Errc::bad_value, "witness key of another type");
        if (std::find(keys.begin(), keys.end(), text) != keys.end())
            return fail(Errc::already_exists, "witness");
        keys.push_back(std::move(text));
    }
    return keys;
}

Result<BlockEvidence> read_block(Fields& f) {
    BlockEvidence block;
    LUCID_TRY(block.header, f.hex("header"));
    LUCID_TRY(block.payload, f.hex("payload"));
    return block;
}

}  // namespace

std::string AnchorRecord::to_json() const {
    Json session_part = {{"started_at", started_at_s}, {"owner", to_hex(owner)}};
    put_position(session_part, session);
    Json registration_part = {{"evidence_key", to_hex(evidence_key)}};
    put_position(registration_part, registration);
    Json list = Json::array();
    for (const auto& c : checkpoints) list.push_back(checkpoint_json(c));
    Json entries = Json::array();
    for (const auto& entry : between) entries.push_back(entry_json(entry));
    Json sets = Json::array();
    for (const auto& set : validator_sets) sets.push_back(to_hex(set));
    Json head_part = block_json(head);
    head_part["certificate"] = to_hex(certificate);
    Json json = {
        {"version", witnesses.empty() ? 1 : 2},
        {"chain_id", chain_id},
        {"node", to_hex(node)},
        {"session", session_part},
        {"registration", registration_part},
        {"log", {{"size", log_size}, {"root", to_hex(log_root)}, {"checkpoint", log_checkpoint}}},
        {"checkpoints", list},
        {"between", entries},
        {"head", head_part},
        {"genesis", block_json(genesis)},
        {"validator_sets", sets}};
    if (!witnesses.empty()) json["witnesses"] = witnesses;
    return detail::canonical(json);
}

Result<AnchorRecord> AnchorRecord::from_json(ByteView text) {
    if (text.size() > anchor_record_bytes_max)
        return fail(Errc::limit_exceeded, "anchor record", text.size());
    LUCID_TRY(const auto json, detail::parse_canonical(text, "anchor record"));
    Fields f(json, "anchor record");
    AnchorRecord a;
    LUCID_TRY(const auto version, f.number("version"));
    if (version != 1 && version != 2)
        return fail(Errc::bad_version, "anchor record version", version);
    if (version == 2) {
        LUCID_TRY(const auto* witnesses, f.array("witnesses"));
        LUCID_TRY(a.witnesses, read_witnesses(*witnesses));
    }
    LUCID_TRY(a.chain_id, f.number("chain_id"));
    LUCID_TRY(a.node, f.hex_array<20>("node"));
    LUCID_TRY(const auto* session_json, f.object("session"));
    Fields s(*session_json, "anchored session");
    LUCID_TRY(a.started_at_s, s.number("started_at"));
    LUCID_TRY(a.owner, s.hex_array<20>("owner"));
    LUCID_TRY(a.session, read_position(s));
    LUCID_CHECK(s.finish());
    LUCID_TRY(const auto* registration_json, f.object("registration"));
    Fields r(*registration_json, "node registration");
    LUCID_TRY(a.evidence_key, r.hex_array<32>("evidence_key"));
    LUCID_TRY(a.registration, read_position(r));
    LUCID_CHECK(r.finish());
    LUCID_TRY(const auto* log_json, f.object("log"));
    Fields l(*log_json, "anchor log");
    LUCID_TRY(a.log_size, l.number("size"));
    LUCID_TRY(a.log_root, l.hex_array<32>("root"));
    LUCID_TRY(a.log_checkpoint, l.text("checkpoint"));
    LUCID_CHECK(l.finish());
    LUCID_TRY(const auto* list, f.array("checkpoints"));
    if (list->size() > checkpoints_max)
        return fail(Errc::limit_exceeded, "checkpoints", list->size());
    for (const auto& item : *list) {
        LUCID_TRY(auto checkpoint, read_checkpoint(item));
        a.checkpoints.push_back(std::move(checkpoint));
    }
    LUCID_TRY(const auto* entries, f.array("between"));
    if (entries->size() > between_max)
        return fail(Errc::limit_exceeded, "between", entries->size());
    for (const auto& item : *entries) {
        LUCID_TRY(auto entry, read_entry(item));
        a.between.push_back(std::move(entry));
    }
    LUCID_TRY(const auto* head_json, f.object("head"));
    Fields h(*head_json, "head block");
    LUCID_TRY(a.head, read_block(h));
    LUCID_TRY(a.certificate, h.hex("certificate"));
    LUCID_CHECK(h.finish());
    LUCID_TRY(const auto* genesis_json, f.object("genesis"));
    Fields g(*genesis_json, "genesis block");
    LUCID_TRY(a.genesis, read_block(g));
    LUCID_CHECK(g.finish());
    LUCID_TRY(const auto* sets, f.array("validator_sets"));
    for (const auto& item : *sets) {
        if (!item.is_string()) return fail(Errc::bad_value, "validator_sets");
        const auto hex = item.get<std::string>();
        LUCID_TRY(auto set, from_hex(hex));
        if (to_hex(set) != hex) return fail(Errc::not_canonical, "validator_sets");
        a.validator_sets.push_back(std::move(set));
    }
    LUCID_CHECK(f.finish());
    return a;
}

std::string Trust::to_json() const {
    Json json = {{"version", witnesses.empty() ? 1 : 2},
                 {"chain_id", chain_id},
                 {"genesis_hash", "0x" + to_hex(genesis_hash)}};
    if (!witnesses.empty()) {
        json["witnesses"] = witnesses;
        json["witness_quorum"] = witness_quorum;
    }
    return detail::canonical(json) + "\n";
}

Result<Trust> Trust::from_json(ByteView text) {
    const auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (!json.is_object()) return fail(Errc::bad_value, "trust file");
    Fields f(json, "trust file");
    Trust trust;
    LUCID_TRY(const auto version, f.number("version"));
    if (version != 1 && version != 2) return fail(Errc::bad_version, "trust file version", version);
    if (version == 2) {
        LUCID_TRY(const auto* witnesses, f.array("witnesses"));
        LUCID_TRY(trust.witnesses, read_witnesses(*witnesses));
        LUCID_TRY(trust.witness_quorum, f.number("witness_quorum"));
        if (trust.witness_quorum == 0 || trust.witness_quorum > trust.witnesses.size())
            return fail(Errc::bad_value, "witness_quorum", trust.witness_quorum);
    }
    LUCID_TRY(trust.chain_id, f.number("chain_id"));
    LUCID_TRY(const auto hash, f.text("genesis_hash"));
    if (!hash.starts_with("0x")) return fail(Errc::bad_value, "genesis_hash");
    LUCID_TRY(trust.genesis_hash, hash32_from_hex(std::string_view(hash).substr(2)));
    LUCID_CHECK(f.finish());
    return trust;
}

}  // namespace lucid::sessions::format
