// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/tlog/checkpoint.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/anchor_record.hpp>

// What ties a session to the chain, for whoever verifies it without us.

namespace lucid::blockchain::chain {
namespace {

using sessions::format::AnchorRecord;
using sessions::format::LogPosition;

constexpr std::uint64_t slots_max = 100'000;

/// A leaf of our own log; Errc::bad_value if it is of another kind.
template <class Kind>
Result<Kind> anchor_in(const LogEntry& entry, std::uint64_t index) {
    LUCID_TRY(const auto leaf, proto::decode_anchor_leaf(entry.data));
    const auto* anchor = std::get_if<Kind>(&leaf.anchor);
    if (anchor == nullptr) return fail(Errc::bad_value, "anchor log entry", index);
    return *anchor;
}

}  // namespace

tlog::VerifierKey Chain::log_key() const {
    return {log_origin(genesis_), tlog::KeyType::ed25519, genesis_.validator_key};
}

Result<std::string> Chain::checkpoint_text(std::uint64_t size) const {
    LUCID_TRY(const auto snapshot, store_.snapshot());
    LUCID_TRY(const auto root, store::AnchorLog(snapshot, log_size_).root(size));
    return tlog::Checkpoint{log_key().name, size, root, {}}.to_text();
}

Result<std::string> Chain::checkpoint_note() const {
    const std::lock_guard lock(mutex_);
    tlog::Note note;
    LUCID_TRY(note.text, checkpoint_text(log_size_));
    note.signatures = {tlog::sign_text(note.text, log_key().name, keys_.validator)};
    LUCID_TRY(const auto cosignatures, store_.cosignatures(log_size_));
    for (const auto& cosignature : cosignatures) {
        LUCID_TRY(auto signature, tlog::parse_signature_line(cosignature.line));
        note.signatures.push_back(std::move(signature));
    }
    return note.to_text();
}

Result<void> Chain::add_cosignature(std::uint64_t log_size, std::string_view line,
                                    const tlog::VerifierKey& witness) {
    const std::lock_guard lock(mutex_);
    if (log_size > log_size_) return fail(Errc::not_found, "log size", log_size);
    if (witness.type != tlog::KeyType::cosignature)
        return fail(Errc::bad_value, "type of witness key");
    tlog::Note note;
    LUCID_TRY(note.text, checkpoint_text(log_size));
    LUCID_TRY(auto signature, tlog::parse_signature_line(line));
    note.signatures = {std::move(signature)};
    LUCID_CHECK(tlog::verify_note(note, witness));
    return store_.put_cosignature(
        log_size, {witness.to_text(), tlog::signature_line(note.signatures.front())});
}

Result<std::vector<Hash32>> Chain::log_consistency(std::uint64_t old_size,
                                                   std::uint64_t size) const {
    LUCID_TRY(const auto snapshot, store_.snapshot());
    return store::AnchorLog(snapshot, log_size()).consistency(old_size, size);
}

Result<std::string> Chain::evidence(const SessionId& id, std::uint64_t first_slot,
                                    std::uint64_t last_slot) const {
    const std::lock_guard lock(mutex_);
    LUCID_TRY(const auto session, store_.find_session(id.bytes));
    if (last_slot < first_slot || last_slot - first_slot > slots_max)
        return fail(Errc::bad_value, "slots", last_slot);
    LUCID_TRY(const auto snapshot, store_.snapshot());
    const store::AnchorLog log(snapshot, log_size_);
    const auto position = [&](std::uint64_t index) -> Result<LogPosition> {
        LUCID_TRY(const auto entry, log.entry(index));
        LUCID_TRY(auto inclusion, log.inclusion(index, log_size_));
        return LogPosition{index, entry.block_slot, std::move(inclusion)};
    };
    AnchorRecord record;
    record.chain_id = genesis_.chain_id;
    record.node = genesis_.node;
    LUCID_TRY(record.session, position(session.log_index));
    LUCID_TRY(const auto entry, log.entry(session.log_index));
    LUCID_TRY(const auto registered, anchor_in<proto::SessionAnchor>(entry, session.log_index));
    record.started_at_s = registered.started_at_s;
    record.owner = registered.owner;
    LUCID_TRY(record.registration, position(0));
    record.evidence_key = genesis_.evidence_key;
    for (auto slot = first_slot; slot <= last_slot; ++slot) {
        const auto found = store_.find_checkpoint(slot);
        if (!found) return fail(Errc::not_found, "checkpoint", slot);
        sessions::format::AnchoredCheckpoint c;
        LUCID_TRY(c.position, position(*found));
        LUCID_TRY(const auto anchored, log.entry(*found));
        LUCID_TRY(c.checkpoint, anchor_in<proto::CheckpointAnchor>(anchored, *found));
        record.checkpoints.push_back(std::move(c));
    }
    for (auto index = record.checkpoints.back().position.anchor_index + 1;
         index < record.session.anchor_index; ++index) {
        LUCID_TRY(const auto between, log.entry(index));
        LUCID_TRY(auto inclusion, log.inclusion(index, log_size_));
        record.between.push_back({index, between.data, std::move(inclusion), {}});
    }
    record.log_size = log_size_;
    LUCID_TRY(record.log_root, log.root());
    LUCID_TRY(record.log_checkpoint, checkpoint_note());
    LUCID_TRY(const auto cosignatures, store_.cosignatures(log_size_));
    for (const auto& cosignature : cosignatures) record.witnesses.push_back(cosignature.key);
    record.head = {head_.header.encode(), head_.payload};
    record.certificate = head_.certificate;
    LUCID_TRY(const auto first, store_.block(0));
    record.genesis = {first.header.encode(), first.payload};
    const proto::ValidatorSet validators{{{genesis_.validator_key, 1, genesis_.node}}};
    record.validator_sets = {validators.encode()};
    return record.to_json();
}

}  // namespace lucid::blockchain::chain
