// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "world.hpp"

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/common/crypto/random.hpp>
#include <lucid/sessions/format/envelope.hpp>
#include <lucid/sessions/format/receipt.hpp>
#include <lucid/sessions/format/tiles.hpp>

#include <filesystem>
#include <random>
#include <stdlib.h>

#include <gtest/gtest.h>

namespace lucid::evidence_test {

using namespace sessions::format;
using blockchain::chain::Chain;
using blockchain::proto::slot_start;

namespace {

constexpr std::size_t segments_per_chunk = 32;

std::string make_directory() {
    std::string path = ::testing::TempDir() + "lucid-evidence-XXXXXX";
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
}

Bytes key_bytes(std::uint64_t seed, std::uint8_t use) {
    Bytes bytes(32, use);
    for (std::size_t i = 0; i < 8; ++i) bytes[i] = static_cast<std::uint8_t>(seed >> (8 * i));
    return bytes;
}

std::unique_ptr<crypto::Ed25519Key> make_key(std::uint64_t seed, std::uint8_t use) {
    return std::make_unique<crypto::Ed25519Key>(crypto::Secret(key_bytes(seed, use)));
}

/// Every class in turn; a note that opens the parties first, text and noise after it.
Bytes events_of(std::size_t index, const Bytes& opening, std::mt19937_64& random) {
    Writer w(512);
    if (index == 0) {
        put_event(w, kind_note, 0, opening);
        return w.take();
    }
    Bytes payload(40 + random() % 200);
    for (auto& byte : payload) byte = static_cast<std::uint8_t>(random());
    put_event(w, kind_server_pdu, 0, payload);
    put_event(w, kind_client_pdu, 250, as_bytes("typed here"));
    return w.take();
}

/// Chunk files of the pieces, in order.
std::vector<Bytes> chunk_files(const Pieces& pieces) {
    std::vector<Bytes> files;
    std::size_t next = 0;
    for (const auto length : pieces.chunk_lengths) {
        auto file = encode_chunk_header(pieces.id, static_cast<std::uint32_t>(files.size()), next);
        std::vector<SegmentRef> refs;
        for (std::size_t i = 0; i < length; ++i, ++next) {
            const auto& segment = pieces.segments[next];
            SegmentRef ref{file.size(), segment.size(), {}};
            if (auto header = decode_segment_header(segment)) ref.header = *header;
            refs.push_back(ref);
            append(file, segment);
        }
        append(file, encode_chunk_trailer(refs));
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace

std::vector<Hash32> Pieces::leaves() const {
    std::vector<Hash32> out;
    for (const auto& segment : segments) out.push_back(segment_leaf(segment));
    return out;
}

MemoryBundle assemble(Pieces& pieces, const crypto::Ed25519Key& key) {
    MemoryBundle bundle;
    auto& m = pieces.manifest;
    m.chunks.clear();
    std::size_t first = 0;
    for (auto& file : chunk_files(pieces)) {
        const auto hash = crypto::sha256(file);
        m.chunks.push_back({hash, file.size(), first});
        first += pieces.chunk_lengths[m.chunks.size() - 1];
        bundle.files["chunks/" + to_hex(hash) + ".lchk"] = std::move(file);
    }
    const auto leaves = pieces.leaves();
    m.tree_size = leaves.size();
    m.root = crypto::merkle_root(leaves);
    m.node_key = key.public_key();
    m.envelope_hash = crypto::sha256(pieces.envelope);
    for (auto& [name, content] : make_tiles(leaves)) bundle.files[name] = content;
    bundle.files["envelopes/0.age"] = pieces.envelope;
    const OpenReceipt open{m.session_id,    m.node,        m.node_key,
                           m.started_at_us, m.policy_hash, m.consent_hash};
    bundle.files["receipts/open.json"] = to_bytes(as_bytes(open.sign(key)));
    const CloseReceipt close{m.session_id, m.node_key, m.tree_size, m.root,
                             m.complete ? "complete" : "partial"};
    bundle.files["receipts/close.json"] = to_bytes(as_bytes(close.sign(key)));
    const auto json = m.to_json();
    bundle.files["manifest.json"] = to_bytes(as_bytes(json));
    bundle.files["manifest.sig"] = to_bytes(sign_manifest(key, as_bytes(json)));
    if (!pieces.anchor_json.empty())
        bundle.files["anchor.json"] = to_bytes(as_bytes(pieces.anchor_json));
    return bundle;
}

MemoryBundle assemble_under(const Pieces& pieces, const MemoryBundle& original) {
    MemoryBundle bundle = original;
    const auto files = chunk_files(pieces);
    for (std::size_t i = 0; i < files.size() && i < pieces.manifest.chunks.size(); ++i)
        bundle.files["chunks/" + to_hex(pieces.manifest.chunks[i].hash) + ".lchk"] = files[i];
    return bundle;
}

World::World(std::uint64_t seed)
    : owner(crypto::age::Identity::generate()),
      directory_(make_directory()),
      seed_(seed),
      evidence_key_(make_key(seed, 1)),
      validator_key_(make_key(seed, 2)) {
    blockchain::chain::ChainKeys keys{
        *crypto::Secp256k1Key::from_secret(crypto::Secret(key_bytes(seed, 3))),
        crypto::Ed25519Key(crypto::Secret(key_bytes(seed, 2)))};
    node_ = keys.account.address();
    blockchain::chain::Genesis genesis;
    genesis.time_s = genesis_s;
    genesis.node = node_;
    genesis.evidence_key = evidence_key_->public_key();
    genesis.validator_key = validator_key_->public_key();
    chain_ = std::move(*Chain::open(directory_, genesis, std::move(keys)));
}

World::~World() {
    chain_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
}

Trust World::trust() const {
    return {chain_->genesis().chain_id, chain_->genesis_hash()};
}

Pieces World::make_session(std::size_t segments) {
    std::mt19937_64 random(seed_ + sessions.size());
    Pieces pieces;
    pieces.id = SessionId{crypto::random_array<32>()};
    pieces.session_key = crypto::Secret::copy_of(crypto::random_array<32>());
    const std::array<crypto::age::Recipient, 1> to = {owner.recipient()};
    pieces.envelope = *seal_session_envelope(pieces.id, pieces.session_key, to);
    auto& m = pieces.manifest;
    const Parties parties{"alice", "lt-1", "192.0.2.9"};
    const auto salt = crypto::random_array<16>();
    m.session_id = pieces.id;
    m.node = node_;
    m.host = "desk";
    m.policy_hash = crypto::sha256(as_bytes("policy"));
    m.parties_commitment = commit_parties(parties, salt);
    m.started_at_us = (genesis_s + 5) * 1'000'000;
    m.ended_at_us = (slot_start(genesis_s, last_slot) + 30) * 1'000'000;
    m.duration_us = m.ended_at_us - m.started_at_us;
    m.capabilities = "client=nla host=tls";
    m.key_commitment = key_commitment(pieces.id, pieces.session_key);
    m.recorder = "lucid test";
    m.complete = true;
    m.reason = "client closed the connection";
    SegmentSealer sealer(pieces.id, pieces.session_key);
    const auto opening = to_bytes(as_bytes(opening_note(parties, salt)));
    Hash32 previous{};
    for (std::size_t i = 0; i < segments; ++i) {
        const auto event_class =
            i == 0 ? EventClass::audit : static_cast<EventClass>(i % event_classes);
        const auto t = i * 1000;
        pieces.segments.push_back(sealer.seal(event_class, i, t, i == 0 ? t : t + 250,
                                              events_of(i, opening, random), previous));
        previous = segment_leaf(pieces.segments.back());
    }
    for (std::size_t left = segments; left > 0;) {
        pieces.chunk_lengths.push_back(std::min(left, segments_per_chunk));
        left -= pieces.chunk_lengths.back();
    }
    return pieces;
}

void World::record(std::size_t segments, std::size_t registered_segments,
                   std::uint64_t claimed_end_s) {
    for (int i = 0; i < 2; ++i) sessions.push_back(make_session(segments));
    // One slot more than the sessions last: their registration is late.
    for (std::uint64_t slot = 0; slot <= last_slot + 1; ++slot) {
        auto& leaves = checkpoints_[slot];
        for (const auto& pieces : sessions) {
            const auto all = pieces.leaves();
            const auto seen =
                std::span(all).first(std::min(segments, segments * (slot + 1) / (last_slot + 1)));
            leaves.push_back({pieces.id, seen.size(), crypto::merkle_root(seen)});
        }
        std::sort(leaves.begin(), leaves.end(),
                  [](const auto& a, const auto& b) { return a.session_id < b.session_id; });
        ASSERT_TRUE(chain_->submit_anchor(blockchain::proto::CheckpointAnchor{
            slot, checkpoint_root(leaves), static_cast<std::uint32_t>(leaves.size())}));
        ASSERT_TRUE(chain_->produce(slot_start(genesis_s, slot + 1) + Chain::block_delay_s));
    }
    if (registered_segments > 0) {
        auto& first = sessions.front();
        first.segments.resize(registered_segments);
        first.chunk_lengths = {registered_segments};
        first.manifest.ended_at_us = claimed_end_s * 1'000'000;
    }
    for (auto& pieces : sessions) {
        (void)assemble(pieces, *evidence_key_);
        blockchain::proto::SessionAnchor a;
        const auto json = pieces.manifest.to_json();
        a.session_id = pieces.id;
        a.manifest_hash = manifest_hash(as_bytes(json));
        a.started_at_s = pieces.manifest.started_at_us / 1'000'000;
        a.owner = {1, 2, 3};
        a.merkle_root = pieces.manifest.root;
        a.tree_size = pieces.manifest.tree_size;
        a.chunk_count = static_cast<std::uint32_t>(pieces.manifest.chunks.size());
        ASSERT_TRUE(chain_->submit_anchor(a));
    }
    ASSERT_TRUE(chain_->produce(slot_start(genesis_s, last_slot + 3) + Chain::block_delay_s));
    for (auto& pieces : sessions) {
        anchor(pieces);
        bundles.push_back(assemble(pieces, *evidence_key_));
    }
}

void World::anchor(Pieces& pieces) {
    const auto text = chain_->evidence(
        pieces.id, 0,
        blockchain::proto::slot_at(genesis_s, pieces.manifest.ended_at_us / 1'000'000));
    ASSERT_TRUE(text) << text.error().message();
    auto record = AnchorRecord::from_json(as_bytes(*text));
    ASSERT_TRUE(record) << record.error().message();
    for (auto& c : record->checkpoints) c.leaves = checkpoints_.at(c.checkpoint.slot);
    for (auto& entry : record->between) {
        const auto leaf = blockchain::proto::decode_anchor_leaf(entry.leaf);
        ASSERT_TRUE(leaf);
        if (const auto* c = std::get_if<blockchain::proto::CheckpointAnchor>(&leaf->anchor))
            entry.leaves = checkpoints_.at(c->slot);
    }
    pieces.anchor_json = record->to_json();
}

World& world() {
    static World shared(7);
    if (shared.bundles.empty()) shared.record(300);
    return shared;
}

}  // namespace lucid::evidence_test
