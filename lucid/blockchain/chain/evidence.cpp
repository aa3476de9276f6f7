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

/// C2SP signed note of the log's head.
std::string signed_checkpoint(const Genesis& genesis, const crypto::Ed25519Key& key,
                              std::uint64_t size, const Hash32& root) {
    const auto origin = log_origin(genesis);
    tlog::Note note{tlog::Checkpoint{origin, size, root, {}}.to_text(), {}};
    note.signatures.push_back(tlog::sign_text(note.text, origin, key));
    return note.to_text();
}

/// A leaf of our own log; Errc::bad_value if it is of another kind.
template <class Kind>
Result<Kind> anchor_in(const LogEntry& entry, std::uint64_t index) {
    LUCID_TRY(const auto leaf, proto::decode_anchor_leaf(entry.data));
    const auto* anchor = std::get_if<Kind>(&leaf.anchor);
    if (anchor == nullptr) return fail(Errc::bad_value, "anchor log entry", index);
    return *anchor;
}

}  // namespace

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
    record.log_checkpoint =
        signed_checkpoint(genesis_, keys_.validator, record.log_size, record.log_root);
    record.head = {head_.header.encode(), head_.payload};
    record.certificate = head_.certificate;
    LUCID_TRY(const auto first, store_.block(0));
    record.genesis = {first.header.encode(), first.payload};
    const proto::ValidatorSet validators{{{genesis_.validator_key, 1, genesis_.node}}};
    record.validator_sets = {validators.encode()};
    return record.to_json();
}

}  // namespace lucid::blockchain::chain
