// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The manifest: a node's signed statement of what a recording consists of (evidence specification,
/// Manifest).

#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/common/crypto/ed25519.hpp>

#include <string>
#include <vector>

namespace lucid::sessions::format {

inline constexpr std::size_t manifest_bytes_max = 4 * 1024 * 1024;

struct ManifestChunk {
    Hash32 hash{};
    std::uint64_t size = 0;
    std::uint64_t first_index = 0;
};

struct Manifest {
    SessionId session_id;
    blockchain::proto::Address node{};    ///< account that anchors
    crypto::Ed25519PublicKey node_key{};  ///< evidence key that signs this
    std::string host;                     ///< id of the desktop, as registered
    Hash32 policy_hash{};
    Hash32 consent_hash{};
    /// H(salt ‖ canonical JSON of the parties); opened by a note in class 4.
    Hash32 parties_commitment{};
    std::uint64_t started_at_us = 0;  ///< wall clock, unix
    std::uint64_t ended_at_us = 0;
    std::uint64_t duration_us = 0;  ///< CLOCK_BOOTTIME
    bool clock_synchronised = false;
    std::string capabilities;  ///< "client=nla host=tls", what was negotiated, for people
    std::vector<ManifestChunk> chunks;
    std::uint64_t tree_size = 0;
    Hash32 root{};
    Hash32 key_commitment{};
    Hash32 envelope_hash{};  ///< of envelopes/0.age
    std::string recorder;    ///< "lucid 0.1.0"
    bool complete = false;   ///< otherwise partial
    std::string reason;      ///< why it ended

    [[nodiscard]] std::string to_json() const;
    static Result<Manifest> from_json(ByteView text);
};

/// H(json): what is anchored.
[[nodiscard]] Hash32 manifest_hash(ByteView json);
[[nodiscard]] crypto::Ed25519Signature sign_manifest(const crypto::Ed25519Key& key, ByteView json);
[[nodiscard]] bool verify_manifest(const crypto::Ed25519PublicKey& key, ByteView json,
                                   const crypto::Ed25519Signature& signature);

/// Parties as they are committed to.
struct Parties {
    std::string user;
    std::string ticket;
    std::string client_address;
};
[[nodiscard]] Hash32 commit_parties(const Parties& parties, const ByteArray<16>& salt);
/// Payload of the class-4 note that opens the commitment, and the way back (Errc::not_found for
/// another note).
[[nodiscard]] std::string opening_note(const Parties& parties, const ByteArray<16>& salt);
Result<Hash32> commitment_of_opening(ByteView note);
/// The parties that such a note names.
Result<Parties> parties_of_opening(ByteView note);

}  // namespace lucid::sessions::format
