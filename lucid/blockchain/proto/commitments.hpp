// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What stands behind a header's extraData, and what makes a block final (docs/design/processes.md,
/// Chain commitments).

#include <lucid/blockchain/proto/header.hpp>
#include <lucid/common/crypto/ed25519.hpp>

#include <vector>

namespace lucid::blockchain::proto {

/// Slot n covers [genesis + 120 n, +120) seconds. Compiled in: no contract, flag or vote changes
/// it.
inline constexpr std::uint64_t slot_seconds = 120;
[[nodiscard]] constexpr std::uint64_t slot_at(std::uint64_t genesis_time, std::uint64_t now) {
    return now < genesis_time ? 0 : (now - genesis_time) / slot_seconds;
}
[[nodiscard]] constexpr std::uint64_t slot_start(std::uint64_t genesis_time, std::uint64_t slot) {
    return genesis_time + slot * slot_seconds;
}

struct ConsensusPayload {
    std::uint64_t slot = 0;
    Hash32 validator_set_hash{};
    std::uint64_t log_size = 0;
    Hash32 log_root{};
    Hash32 previous_certificate_hash{};  ///< H("") for genesis and the block after it

    [[nodiscard]] Bytes encode() const;
    static Result<ConsensusPayload> decode(ByteView encoded);
    /// SHA-256 of encode(): the header's extraData.
    [[nodiscard]] Hash32 hash() const;
};

struct Validator {
    crypto::Ed25519PublicKey key{};
    std::uint64_t weight = 0;
    Address account{};
};

inline constexpr std::size_t validators_max = 256;

/// Ordered by key, no key twice.
struct ValidatorSet {
    std::vector<Validator> validators;

    [[nodiscard]] Bytes encode() const;
    static Result<ValidatorSet> decode(ByteView encoded);
    [[nodiscard]] Hash32 hash() const;
};

struct Vote {
    std::uint32_t validator_index = 0;
    crypto::Ed25519Signature signature{};
};

struct Certificate {
    std::uint64_t height = 0;
    std::uint32_t round = 0;
    Hash32 block_hash{};
    std::vector<Vote> votes;  ///< ordered by index

    [[nodiscard]] Bytes encode() const;
    static Result<Certificate> decode(ByteView encoded);
    [[nodiscard]] Hash32 hash() const;
    /// Signed by more than 2/3 of the weight; any bad signature refuses the whole.
    Result<void> verify(const ValidatorSet& set, std::uint64_t chain_id) const;
};

/// What a validator signs.
[[nodiscard]] Bytes vote_message(std::uint64_t chain_id, std::uint64_t height, std::uint32_t round,
                                 const Hash32& block_hash);

}  // namespace lucid::blockchain::proto
