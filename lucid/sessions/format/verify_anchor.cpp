// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/checkpoint.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <algorithm>

namespace lucid::sessions::format {
namespace {

namespace tlog = blockchain::tlog;
using blockchain::proto::Certificate;
using blockchain::proto::ConsensusPayload;
using blockchain::proto::Header;
using blockchain::proto::ValidatorSet;

struct Block {
    Header header;
    Hash32 hash{};
    ConsensusPayload payload;
};

/// A header and the payload that its extraData commits to.
Result<Block> open_block(const BlockEvidence& evidence) {
    Block block;
    LUCID_TRY(block.header, Header::decode(evidence.header));
    block.hash = block.header.hash();
    LUCID_TRY(block.payload, ConsensusPayload::decode(evidence.payload));
    const auto hash = block.payload.hash();
    if (!std::equal(hash.begin(), hash.end(), block.header.extra_data.begin(),
                    block.header.extra_data.end()))
        return fail(Errc::hash_mismatch, "extraData does not commit to the consensus payload");
    return block;
}

/// The block is final: certified by the validator set that its payload and genesis name.
Result<void> check_final(const AnchorRecord& anchor, const Block& head, const Block& genesis) {
    if (anchor.validator_sets.size() != 1)
        return fail(Errc::unsupported, "validator set changes", anchor.validator_sets.size());
    LUCID_TRY(const auto set, ValidatorSet::decode(anchor.validator_sets.front()));
    if (set.hash() != genesis.payload.validator_set_hash ||
        set.hash() != head.payload.validator_set_hash)
        return fail(Errc::hash_mismatch, "validator set is not the one of genesis");
    if (head.header.number == 0) return fail(Errc::bad_value, "head block is genesis");
    LUCID_TRY(const auto certificate, Certificate::decode(anchor.certificate));
    if (certificate.height != head.header.number || certificate.block_hash != head.hash)
        return fail(Errc::hash_mismatch, "certificate is for another block");
    return certificate.verify(set, anchor.chain_id);
}

Result<void> check_included(const AnchorRecord& anchor, const LogPosition& position, ByteView leaf,
                            const char* rule) {
    if (!crypto::merkle_verify_inclusion(crypto::merkle_leaf(leaf), position.anchor_index,
                                         anchor.log_size, position.inclusion, anchor.log_root))
        return fail(Errc::hash_mismatch, rule, position.anchor_index);
    return {};
}

/// Every checkpoint of the node from the session's first slot to its last names the session as it
/// was then.
Result<void> check_checkpoints(const AnchorRecord& anchor, const Manifest& manifest,
                               std::span<const Hash32> leaves, std::uint64_t genesis_time) {
    const auto first_slot =
        blockchain::proto::slot_at(genesis_time, manifest.started_at_us / 1'000'000);
    const auto last_slot =
        blockchain::proto::slot_at(genesis_time, manifest.ended_at_us / 1'000'000);
    std::uint64_t size_before = 0;
    std::optional<std::uint64_t> slot_before;
    for (const auto& c : anchor.checkpoints) {
        const auto slot = c.checkpoint.slot;
        if (slot_before && slot <= *slot_before)
            return fail(Errc::not_canonical, "checkpoints out of order", slot);
        if (slot_before ? slot != *slot_before + 1 : slot != first_slot)
            return fail(Errc::not_found, "a checkpoint is missing",
                        slot_before ? *slot_before + 1 : first_slot);
        slot_before = slot;
        LUCID_CHECK(check_included(
            anchor, c.position,
            blockchain::proto::anchor_leaf(c.position.block_slot, anchor.node, c.checkpoint),
            "checkpoint is not in the anchor log"));
        if (c.checkpoint.count != c.leaves.size() || checkpoint_root(c.leaves) != c.checkpoint.root)
            return fail(Errc::hash_mismatch, "checkpoint leaves do not give its root", slot);
        const auto mine = std::find_if(c.leaves.begin(), c.leaves.end(), [&](const auto& leaf) {
            return leaf.session_id == manifest.session_id;
        });
        if (mine == c.leaves.end())
            return fail(Errc::not_found, "a checkpoint does not name the session", slot);
        if (mine->tree_size > leaves.size() || mine->tree_size < size_before)
            return fail(Errc::bad_length, "the recording is shorter than a checkpoint says", slot);
        if (crypto::merkle_root(leaves.first(mine->tree_size)) != mine->root)
            return fail(Errc::hash_mismatch, "the recording differs from a checkpoint", slot);
        size_before = mine->tree_size;
    }
    if (!slot_before || *slot_before < last_slot)
        return fail(Errc::not_found, "a checkpoint is missing",
                    slot_before ? *slot_before + 1 : first_slot);
    return {};
}

/// What the log holds between the last checkpoint of the session's slots and its registration: no
/// checkpoint of the node there knows another state of the session than the registered one.
Result<void> check_between(const AnchorRecord& anchor, const Manifest& manifest) {
    const auto after = anchor.checkpoints.back().position.anchor_index;
    const auto end = anchor.session.anchor_index;
    const auto expected = end > after ? end - after - 1 : 0;
    if (anchor.between.size() != expected)
        return fail(Errc::not_found, "log entries before the registration are missing", after + 1);
    auto index = after;
    for (const auto& entry : anchor.between) {
        if (entry.anchor_index != ++index)
            return fail(Errc::not_canonical, "log entries out of order", entry.anchor_index);
        LUCID_CHECK(check_included(anchor, {index, 0, entry.inclusion}, entry.leaf,
                                   "an entry before the registration is not in the anchor log"));
        LUCID_TRY(const auto leaf, blockchain::proto::decode_anchor_leaf(entry.leaf));
        const auto* checkpoint = std::get_if<blockchain::proto::CheckpointAnchor>(&leaf.anchor);
        if (checkpoint == nullptr || leaf.node != anchor.node) {
            if (!entry.leaves.empty()) return fail(Errc::not_canonical, "leaves of others", index);
            continue;
        }
        if (checkpoint->count != entry.leaves.size() ||
            checkpoint_root(entry.leaves) != checkpoint->root)
            return fail(Errc::hash_mismatch, "checkpoint leaves do not give its root",
                        checkpoint->slot);
        for (const auto& l : entry.leaves)
            if (l.session_id == manifest.session_id &&
                (l.tree_size > manifest.tree_size ||
                 (l.tree_size == manifest.tree_size && l.root != manifest.root)))
                return fail(Errc::bad_length,
                            "the recording is shorter than a checkpoint after its end says",
                            checkpoint->slot);
    }
    return {};
}

/// The signed note repeats the log's size and root (C2SP tlog-checkpoint); its lines are the one
/// validator's and those of the witnesses that the record names, each checked.
Result<void> check_note(const AnchorRecord& anchor) {
    LUCID_TRY(const auto note, tlog::Note::from_text(anchor.log_checkpoint));
    // unreached: from_text() keeps every byte and takes only the one base64 of a signature
    if (note.to_text() != anchor.log_checkpoint) return fail(Errc::not_canonical, "log checkpoint");
    LUCID_TRY(const auto checkpoint, tlog::Checkpoint::from_text(note.text));
    if (checkpoint.size != anchor.log_size || checkpoint.root != anchor.log_root ||
        !checkpoint.extensions.empty())
        return fail(Errc::hash_mismatch, "log checkpoint names another log head");
    LUCID_TRY(const auto set, ValidatorSet::decode(anchor.validator_sets.front()));
    if (set.validators.size() != 1 || note.signatures.size() != 1 + anchor.witnesses.size())
        return fail(Errc::bad_value, "log checkpoint signature lines");
    const auto line_fits = [&](std::size_t line, const tlog::VerifierKey& key) -> Result<void> {
        LUCID_TRY(const auto time_s, tlog::verify_note({note.text, {note.signatures[line]}}, key));
        static_cast<void>(time_s);
        return {};
    };
    LUCID_CHECK(
        line_fits(0, {checkpoint.origin, tlog::KeyType::ed25519, set.validators.front().key}));
    for (std::size_t i = 0; i < anchor.witnesses.size(); ++i) {
        LUCID_TRY(const auto key, tlog::VerifierKey::from_text(anchor.witnesses[i]));
        LUCID_CHECK(line_fits(1 + i, key));
    }
    return {};
}

/// Enough of the witnesses that the trust file names have seen this head of the log.
Result<void> check_witnesses(const AnchorRecord& anchor, const Trust& trust) {
    const auto trusted = std::count_if(
        anchor.witnesses.begin(), anchor.witnesses.end(), [&](const std::string& witness) {
            return std::find(trust.witnesses.begin(), trust.witnesses.end(), witness) !=
                   trust.witnesses.end();
        });
    if (static_cast<std::uint64_t>(trusted) < trust.witness_quorum)
        return fail(Errc::not_found, "too few trusted witnesses have cosigned the log's head",
                    static_cast<std::uint64_t>(trusted));
    return {};
}

}  // namespace

Result<void> verify_anchor(const AnchorRecord& anchor, const Manifest& manifest,
                           const Hash32& hash_of_manifest, std::span<const Hash32> leaves,
                           const std::optional<Trust>& trust) {
    LUCID_TRY(const auto genesis, open_block(anchor.genesis));
    if (genesis.header.number != 0) return fail(Errc::bad_value, "genesis block has a number");
    if (trust && (trust->genesis_hash != genesis.hash || trust->chain_id != anchor.chain_id))
        return fail(Errc::hash_mismatch, "the chain is not the one the trust file names");
    LUCID_TRY(const auto head, open_block(anchor.head));
    LUCID_CHECK(check_final(anchor, head, genesis));
    if (head.payload.log_size != anchor.log_size || head.payload.log_root != anchor.log_root)
        return fail(Errc::hash_mismatch, "head block commits to another anchor log");
    if (head.header.timestamp !=
        blockchain::proto::slot_start(genesis.header.timestamp, head.payload.slot))
        return fail(Errc::bad_value, "head block's time is not its slot's");
    LUCID_CHECK(check_note(anchor));
    if (trust) LUCID_CHECK(check_witnesses(anchor, *trust));

    if (anchor.node != manifest.node || anchor.evidence_key != manifest.node_key)
        return fail(Errc::hash_mismatch, "the manifest's node is not the one registered");
    LUCID_CHECK(check_included(
        anchor, anchor.registration,
        blockchain::proto::anchor_leaf(anchor.registration.block_slot, anchor.node,
                                       blockchain::proto::NodeAnchor{anchor.evidence_key}),
        "the node's registration is not in the anchor log"));

    blockchain::proto::SessionAnchor session;
    session.session_id = manifest.session_id;
    session.manifest_hash = hash_of_manifest;
    session.started_at_s = anchor.started_at_s;
    session.owner = anchor.owner;
    session.merkle_root = manifest.root;
    session.tree_size = manifest.tree_size;
    session.chunk_count = static_cast<std::uint32_t>(manifest.chunks.size());
    if (anchor.started_at_s != manifest.started_at_us / 1'000'000)
        return fail(Errc::bad_value, "registered start is not the manifest's");
    LUCID_CHECK(check_included(
        anchor, anchor.session,
        blockchain::proto::anchor_leaf(anchor.session.block_slot, anchor.node, session),
        "the session's registration is not in the anchor log"));
    LUCID_CHECK(check_checkpoints(anchor, manifest, leaves, genesis.header.timestamp));
    return check_between(anchor, manifest);
}

}  // namespace lucid::sessions::format
