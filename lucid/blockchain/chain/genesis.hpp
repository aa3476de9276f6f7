// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The first block of a chain: the node that made it is the first validator and the first
/// registered node.

#include <lucid/blockchain/proto/commitments.hpp>
#include <lucid/blockchain/state/world.hpp>

namespace lucid::blockchain::chain {

/// Gas price floor and ceiling at once: nobody buys gas, budgets are granted (gas_budgets.hpp).
inline constexpr std::uint64_t base_fee_wei = 1'000'000'000;
/// More than a thousand sealed sessions a block.
inline constexpr std::uint64_t block_gas_limit = 200'000'000;
/// Chain id of chains made by `lucid init`.
inline constexpr std::uint64_t default_chain_id = 19541;

struct Genesis {
    std::uint64_t chain_id = default_chain_id;
    std::uint64_t time_s = 0;
    proto::Address node{};  ///< account that anchors
    crypto::Ed25519PublicKey evidence_key{};
    crypto::Ed25519PublicKey validator_key{};

    [[nodiscard]] std::string to_json() const;
    static Result<Genesis> from_json(ByteView text);
};

/// Where LucidAnchors lives: eight zero bytes and "lucidanchors".
[[nodiscard]] proto::Address anchors_address();
/// Name of the chain's anchor log where others read it (C2SP tlog-checkpoint):
/// "lucid-CHAINID/NODE".
[[nodiscard]] std::string log_origin(const Genesis& genesis);

struct GenesisBlock {
    proto::Header header;
    proto::ConsensusPayload payload;
    proto::ValidatorSet validators;
    state::StateChanges state;  ///< all of it, from nothing
    Hash32 first_leaf{};        ///< of the anchor log
};
/// Deterministic: the same description gives the same hash.
Result<GenesisBlock> make_genesis(const Genesis& genesis);

}  // namespace lucid::blockchain::chain
