// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// anchor.json: how a session is tied to the chain (docs/design/processes.md, Chain commitments).

#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/blockchain/proto/commitments.hpp>
#include <lucid/sessions/format/checkpoint.hpp>

#include <string>
#include <vector>

namespace lucid::sessions::format {

inline constexpr std::size_t anchor_record_bytes_max = 16 * 1024 * 1024;

/// Where a leaf stands in the anchor log, with its proof against AnchorRecord::log_root.
struct LogPosition {
    std::uint64_t anchor_index = 0;
    std::uint64_t block_slot = 0;
    std::vector<Hash32> inclusion;
};

struct AnchoredCheckpoint {
    blockchain::proto::CheckpointAnchor checkpoint;
    LogPosition position;
    std::vector<CheckpointLeaf> leaves;  ///< all live sessions of the node in that slot
};

/// An entry of the anchor log, whoever made it.
struct LogEntry {
    std::uint64_t anchor_index = 0;
    Bytes leaf;  ///< blockchain::proto::anchor_leaf()
    std::vector<Hash32> inclusion;
    std::vector<CheckpointLeaf> leaves;  ///< when it is a checkpoint of the node
};

struct BlockEvidence {
    Bytes header;   ///< RLP
    Bytes payload;  ///< RLP of the consensus payload
};

struct AnchorRecord {
    std::uint64_t chain_id = 0;
    blockchain::proto::Address node{};
    LogPosition session;
    std::uint64_t started_at_s = 0;
    blockchain::proto::Address owner{};
    LogPosition registration;
    crypto::Ed25519PublicKey evidence_key{};
    std::uint64_t log_size = 0;
    Hash32 log_root{};
    std::string log_checkpoint;  ///< C2SP signed note, first line by the log
    /// Verifier keys (C2SP) of who cosigned it, in the order of the lines. A record with any has
    /// version 2.
    std::vector<std::string> witnesses;
    std::vector<AnchoredCheckpoint> checkpoints;
    /// All entries behind the last of these checkpoints and before the session's registration: a
    /// recording that was cut shows as a checkpoint of later slots that knows more.
    std::vector<LogEntry> between;
    BlockEvidence head;
    Bytes certificate;  ///< RLP, for the head block
    BlockEvidence genesis;
    std::vector<Bytes> validator_sets;  ///< RLP

    [[nodiscard]] std::string to_json() const;
    static Result<AnchorRecord> from_json(ByteView text);
};

inline constexpr std::size_t witnesses_max = 63;

/// trust.json: what a verifier starts from.
struct Trust {
    std::uint64_t chain_id = 0;
    Hash32 genesis_hash{};
    /// Outside witnesses (C2SP verifier keys) and how many of them must have cosigned the log's
    /// head. A file with any has version 2.
    std::vector<std::string> witnesses;
    std::uint64_t witness_quorum = 0;

    [[nodiscard]] std::string to_json() const;
    /// Leaves white space to people: this file is edited and mailed.
    static Result<Trust> from_json(ByteView text);
};

}  // namespace lucid::sessions::format
