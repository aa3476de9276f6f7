// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// How the recorder reaches the chain. Implemented over run/chain.sock; by a double in tests.

#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>

namespace lucid::core::ports {

struct ChainIdentity {
    std::uint64_t chain_id = 0;
    std::uint64_t genesis_time_s = 0;
    blockchain::proto::Address node{};
};

/// An anchor's transaction in a final block.
struct AnchorPlace {
    std::uint64_t block_number = 0;
    std::string transaction;  ///< hash, hex
};

class AnchorSink {
  public:
    virtual ~AnchorSink() = default;
    /// Errc::peer_closed while no chain runs; the caller tries again later, for all of these.
    virtual Result<ChainIdentity> identity() = 0;
    /// Gives the transaction's hash (hex). Submitting the same anchor again is harmless:
    /// Errc::already_exists when it is in a block.
    virtual Result<std::string> submit(const blockchain::proto::CheckpointAnchor& anchor) = 0;
    virtual Result<std::string> submit(const blockchain::proto::SessionAnchor& anchor) = 0;
    /// Nothing while the session's registration and all checkpoints of the slots are not final.
    virtual Result<std::optional<AnchorPlace>> find(const SessionId& session) = 0;
    /// anchor.json (canonical) for these slots, with empty `leaves` in each checkpoint: the chain
    /// does not know them. Errc::not_found while something is not final.
    virtual Result<std::string> evidence(const SessionId& session, std::uint64_t first_slot,
                                         std::uint64_t last_slot) = 0;
};

}  // namespace lucid::core::ports
