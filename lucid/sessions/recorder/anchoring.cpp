// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/commitments.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/secp256k1.hpp>
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/sessions/recorder/anchoring.hpp>
#include <lucid/sessions/recorder/recovery.hpp>

#include <algorithm>
#include <filesystem>

#include <nlohmann/json.hpp>

namespace lucid::sessions::recorder {
namespace {

namespace fs = std::filesystem;
using blockchain::proto::slot_at;
using Json = nlohmann::json;

constexpr std::size_t leaves_file_bytes_max = 64 * 1024 * 1024;

std::string to_text(const std::vector<format::CheckpointLeaf>& leaves) {
    Json list = Json::array();
    for (const auto& leaf : leaves)
        list.push_back({leaf.session_id.hex(), leaf.tree_size, to_hex(leaf.root)});
    return list.dump();
}

Result<std::vector<format::CheckpointLeaf>> from_text(ByteView text) {
    const auto list = Json::parse(text.begin(), text.end(), nullptr, false);
    if (!list.is_array()) return fail(Errc::bad_value, "checkpoint leaves");
    std::vector<format::CheckpointLeaf> leaves;
    for (const auto& item : list) {
        if (!item.is_array() || item.size() != 3 || !item[0].is_string() ||
            !item[1].is_number_unsigned() || !item[2].is_string())
            return fail(Errc::bad_value, "checkpoint leaves");
        format::CheckpointLeaf leaf;
        LUCID_TRY(leaf.session_id, SessionId::from_hex(item[0].get<std::string>()));
        leaf.tree_size = item[1].get<std::uint64_t>();
        LUCID_TRY(leaf.root, hash32_from_hex(item[2].get<std::string>()));
        leaves.push_back(leaf);
    }
    return leaves;
}

bool is_done(const Result<std::string>& submitted) {
    return submitted || submitted.error().code == make_error_code(Errc::already_exists);
}

}  // namespace

Anchoring::Anchoring(core::ports::AnchorSink& sink, std::string sessions_directory,
                     crypto::Secret owner_secret, OnAnchored on_anchored, Locate locate)
    : sink_(sink),
      directory_(std::move(sessions_directory)),
      owner_secret_(std::move(owner_secret)),
      on_anchored_(std::move(on_anchored)),
      locate_(std::move(locate)) {
    if (!locate_) locate_ = [this](const SessionId& id) { return directory_ + "/" + id.hex(); };
    std::error_code ignored;
    fs::create_directories(directory_ + "/.checkpoints", ignored);
}

std::uint64_t Anchoring::begin(const SessionId& id, std::uint64_t started_at_us) {
    const std::lock_guard lock(mutex_);
    return tracked_[id].started_at_us = std::max(started_at_us, checkpointed_until_us_);
}

void Anchoring::drop(const SessionId& id) {
    const std::lock_guard lock(mutex_);
    tracked_.erase(id);
}

void Anchoring::update(const SessionId& id, const TreeHead& head) {
    const std::lock_guard lock(mutex_);
    if (const auto found = tracked_.find(id); found != tracked_.end()) found->second.head = head;
}

void Anchoring::end(const SessionId& id, const format::Manifest& manifest,
                    const Hash32& manifest_hash) {
    const std::lock_guard lock(mutex_);
    auto& tracked = tracked_[id];
    tracked.started_at_us = manifest.started_at_us;
    tracked.head = {manifest.tree_size, manifest.root};
    tracked.manifest = manifest;
    tracked.manifest_hash = manifest_hash;
}

std::string Anchoring::leaves_path(std::uint64_t slot) const {
    return directory_ + "/.checkpoints/" + std::to_string(slot) + ".json";
}

/// The owner's per-session address: HKDF(owner secret, salt = session id, info = "lucid/owner/1").
blockchain::proto::Address Anchoring::owner_of(const SessionId& id) const {
    Bytes secret(32);
    crypto::hkdf_sha256(owner_secret_.expose(), id.bytes, as_bytes("lucid/owner/1"), secret);
    const auto key = crypto::Secp256k1Key::from_secret(crypto::Secret(std::move(secret)));
    // A key outside the group's order has probability 2^-128.
    return key ? key->address() : blockchain::proto::Address{};
}

Result<std::vector<format::CheckpointLeaf>> Anchoring::leaves_of(std::uint64_t slot,
                                                                 std::uint64_t genesis_time_s) {
    if (const auto stored = core::runtime::read_file(leaves_path(slot), leaves_file_bytes_max))
        return from_text(*stored);
    std::vector<format::CheckpointLeaf> leaves;
    {
        const std::lock_guard lock(mutex_);
        checkpointed_until_us_ =
            std::max(checkpointed_until_us_,
                     blockchain::proto::slot_start(genesis_time_s, slot + 1) * 1'000'000);
        for (const auto& [id, t] : tracked_) {
            if (slot_at(genesis_time_s, t.started_at_us / 1'000'000) > slot) continue;
            if (t.manifest && slot_at(genesis_time_s, t.manifest->ended_at_us / 1'000'000) < slot)
                continue;
            leaves.push_back({id, t.head.size, t.head.root});
        }
    }
    // On disk before the chain hears of it: without the leaves the checkpoint proves nothing.
    if (!leaves.empty())
        LUCID_CHECK(
            core::runtime::write_file_atomically(leaves_path(slot), as_bytes(to_text(leaves))));
    return leaves;
}

Result<void> Anchoring::checkpoint(std::uint64_t slot, std::uint64_t genesis_time_s) {
    LUCID_TRY(const auto leaves, leaves_of(slot, genesis_time_s));
    if (leaves.empty()) return {};
    blockchain::proto::CheckpointAnchor anchor;
    anchor.slot = slot;
    anchor.root = format::checkpoint_root(leaves);
    anchor.count = static_cast<std::uint32_t>(leaves.size());
    const auto submitted = sink_.submit(anchor);
    if (!is_done(submitted)) return fail(submitted.error());
    submitted_slots_.insert(slot);
    return {};
}

Result<void> Anchoring::round(std::uint64_t now_s) {
    std::map<SessionId, Tracked> work;
    {
        const std::lock_guard lock(mutex_);
        work = tracked_;
    }
    if (work.empty()) return {};
    LUCID_TRY(const auto chain, sink_.identity());
    const auto current = slot_at(chain.genesis_time_s, now_s);
    for (const auto& [id, t] : work) {
        auto slot = slot_at(chain.genesis_time_s, t.started_at_us / 1'000'000);
        auto last = current;
        if (t.manifest)
            last = std::min(last,
                            slot_at(chain.genesis_time_s, t.manifest->ended_at_us / 1'000'000) + 1);
        for (; slot < last; ++slot)
            if (!submitted_slots_.contains(slot))
                LUCID_CHECK(checkpoint(slot, chain.genesis_time_s));
    }
    for (const auto& [id, t] : work) {
        if (!t.manifest) continue;
        if (!t.registered) {
            blockchain::proto::SessionAnchor anchor;
            anchor.session_id = id;
            anchor.manifest_hash = t.manifest_hash;
            anchor.started_at_s = t.started_at_us / 1'000'000;
            anchor.owner = owner_of(id);
            anchor.merkle_root = t.manifest->root;
            anchor.tree_size = t.manifest->tree_size;
            anchor.chunk_count = static_cast<std::uint32_t>(t.manifest->chunks.size());
            const auto submitted = sink_.submit(anchor);
            if (!is_done(submitted)) return fail(submitted.error());
            const std::lock_guard lock(mutex_);
            tracked_[id].registered = true;
        }
        LUCID_CHECK(finish(id, *t.manifest, chain));
    }
    return {};
}

Result<void> Anchoring::finish(const SessionId& id, const format::Manifest& manifest,
                               const core::ports::ChainIdentity& chain) {
    LUCID_TRY(const auto place, sink_.find(id));
    if (!place) return {};
    const auto first = slot_at(chain.genesis_time_s, manifest.started_at_us / 1'000'000);
    const auto last = slot_at(chain.genesis_time_s, manifest.ended_at_us / 1'000'000);
    const auto text = sink_.evidence(id, first, last);
    if (!text) {
        if (text.error().code == make_error_code(Errc::not_found)) return {};
        return fail(text.error());
    }
    LUCID_TRY(auto record, format::AnchorRecord::from_json(as_bytes(*text)));
    for (auto& c : record.checkpoints) {
        LUCID_TRY(c.leaves, leaves_of(c.checkpoint.slot, chain.genesis_time_s));
    }
    for (auto& entry : record.between) {
        LUCID_TRY(const auto leaf, blockchain::proto::decode_anchor_leaf(entry.leaf));
        const auto* checkpoint = std::get_if<blockchain::proto::CheckpointAnchor>(&leaf.anchor);
        if (checkpoint == nullptr || leaf.node != record.node) continue;
        LUCID_TRY(entry.leaves, leaves_of(checkpoint->slot, chain.genesis_time_s));
    }
    LUCID_CHECK(add_to_sealed(locate_(id), "anchor.json", as_bytes(record.to_json())));
    {
        const std::lock_guard lock(mutex_);
        tracked_.erase(id);
    }
    on_anchored_(id, *place);
    return {};
}

}  // namespace lucid::sessions::recorder
