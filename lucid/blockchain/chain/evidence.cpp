// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/anchor_record.hpp>

// What ties a session to the chain, for whoever verifies it without us.

namespace lucid::blockchain::chain {
namespace {

using sessions::format::AnchorRecord;
using sessions::format::LogPosition;

/// C2SP signed note of the log's head.
std::string signed_checkpoint(const Genesis& genesis, const crypto::Ed25519Key& key,
                              std::uint64_t size, const Hash32& root) {
    const auto origin = "lucid-" + std::to_string(genesis.chain_id) + "/" + to_hex(genesis.node);
    const auto body = origin + "\n" + std::to_string(size) + "\n" + to_base64(root) + "\n";
    const auto key_hash = crypto::sha256({as_bytes(origin), Bytes{0x0a, 0x01}, key.public_key()});
    Bytes blob(key_hash.begin(), key_hash.begin() + 4);
    append(blob, key.sign(as_bytes(body)));
    return body + "\n\xe2\x80\x94 " + origin + " " + to_base64(blob) + "\n";
}

/// A leaf of our own log; Errc::bad_value if it is of another kind.
template <class Kind>
Result<Kind> leaf_at(const std::vector<LogEntry>& log, std::uint64_t index) {
    LUCID_TRY(const auto leaf, proto::decode_anchor_leaf(log[index].data));
    const auto* anchor = std::get_if<Kind>(&leaf.anchor);
    if (anchor == nullptr) return fail(Errc::bad_value, "anchor log entry", index);
    return *anchor;
}

}  // namespace

Result<std::string> Chain::evidence(const SessionId& id, std::uint64_t first_slot,
                                    std::uint64_t last_slot) const {
    const std::lock_guard lock(mutex_);
    const auto session = sessions_.find(id);
    if (session == sessions_.end()) return fail(Errc::not_found, "session");
    if (last_slot < first_slot || last_slot - first_slot > 100'000)
        return fail(Errc::bad_value, "slots", last_slot);
    std::vector<Hash32> leaves;
    for (const auto& entry : log_) leaves.push_back(entry.leaf);
    const auto position = [&](std::uint64_t index) {
        return LogPosition{index, log_[index].block_slot,
                           crypto::merkle_inclusion_proof(leaves, index)};
    };
    AnchorRecord record;
    record.chain_id = genesis_.chain_id;
    record.node = genesis_.node;
    record.session = position(session->second.first);
    LUCID_TRY(const auto registered, leaf_at<proto::SessionAnchor>(log_, session->second.first));
    record.started_at_s = registered.started_at_s;
    record.owner = registered.owner;
    record.registration = position(0);
    record.evidence_key = genesis_.evidence_key;
    for (auto slot = first_slot; slot <= last_slot; ++slot) {
        const auto found = checkpoints_.find(slot);
        if (found == checkpoints_.end()) return fail(Errc::not_found, "checkpoint", slot);
        sessions::format::AnchoredCheckpoint c;
        c.position = position(found->second);
        LUCID_TRY(c.checkpoint, leaf_at<proto::CheckpointAnchor>(log_, found->second));
        record.checkpoints.push_back(std::move(c));
    }
    for (auto index = record.checkpoints.back().position.anchor_index + 1;
         index < record.session.anchor_index; ++index)
        record.between.push_back(
            {index, log_[index].data, crypto::merkle_inclusion_proof(leaves, index), {}});
    record.log_size = leaves.size();
    record.log_root = crypto::merkle_root(leaves);
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
