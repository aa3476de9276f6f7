// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A node with its chain, and sessions recorded and anchored on it, with every key at hand: what an
/// attacker may have is up to each test.

#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/common/crypto/age.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <memory>

namespace lucid::evidence_test {

using sessions::format::CheckpointLeaf;
using sessions::format::Manifest;
using sessions::format::MemoryBundle;

/// A recording in pieces, from which its bundle is made.
struct Pieces {
    SessionId id;
    crypto::Secret session_key;
    Bytes envelope;
    std::vector<Bytes> segments;             ///< sealed
    std::vector<std::size_t> chunk_lengths;  ///< segments of each chunk
    Manifest manifest;                       ///< as signed
    std::string anchor_json;

    [[nodiscard]] std::vector<Hash32> leaves() const;
};

/// Writes chunks, tiles, receipts, manifest anew from the pieces and signs with `key`; the anchor
/// stays what it was. `chunk_lengths` must add up to the segments.
MemoryBundle assemble(Pieces& pieces, const crypto::Ed25519Key& key);

/// Files of the pieces under an unchanged manifest and signature: what an attacker without the
/// node's key can do to the segments.
MemoryBundle assemble_under(const Pieces& pieces, const MemoryBundle& original);

class World {
  public:
    static constexpr std::uint64_t genesis_s = 1'700'000'000;
    /// Sessions last into this slot.
    static constexpr std::uint64_t last_slot = 3;

    explicit World(std::uint64_t seed);
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// Two sessions of `segments` each, live at the same time through last_slot, checkpointed in
    /// every slot and the one behind, and registered. With `registered_segments` the first one is
    /// registered (signed by the node itself) as if it had only so many and had ended at
    /// `claimed_end_s`, after checkpoints that saw more.
    void record(std::size_t segments, std::size_t registered_segments = 0,
                std::uint64_t claimed_end_s = genesis_s + 120 * last_slot + 30);

    [[nodiscard]] sessions::format::Trust trust() const;
    [[nodiscard]] const crypto::Ed25519Key& evidence_key() const { return *evidence_key_; }
    [[nodiscard]] const crypto::Ed25519Key& validator_key() const { return *validator_key_; }

    crypto::age::Identity owner;
    std::vector<Pieces> sessions;
    std::vector<MemoryBundle> bundles;

  private:
    Pieces make_session(std::size_t segments);
    void anchor(Pieces& pieces);

    std::string directory_;
    std::uint64_t seed_;
    blockchain::proto::Address node_{};
    std::unique_ptr<crypto::Ed25519Key> evidence_key_;
    std::unique_ptr<crypto::Ed25519Key> validator_key_;
    std::unique_ptr<blockchain::chain::Chain> chain_;
    std::map<std::uint64_t, std::vector<CheckpointLeaf>> checkpoints_;
};

/// The bundle that all mutations start from, made once.
World& world();

}  // namespace lucid::evidence_test
