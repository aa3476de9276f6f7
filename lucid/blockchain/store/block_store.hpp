// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blocks, state, anchor log and indexes in one LMDB store; a block is written in one commit.

#include <lucid/blockchain/proto/block.hpp>
#include <lucid/blockchain/proto/receipt.hpp>
#include <lucid/blockchain/store/anchor_log.hpp>
#include <lucid/blockchain/store/state_update.hpp>
#include <lucid/blockchain/store/stored_state.hpp>

namespace lucid::blockchain::store {

struct StoredBlock {
    proto::Header header;
    Bytes payload;      ///< RLP of the consensus payload
    Bytes certificate;  ///< RLP, empty for genesis
    std::vector<Bytes> transactions;
    std::vector<Bytes> receipts;
    std::vector<proto::Header> ommers;  ///< of imported blocks only
    std::vector<proto::Withdrawal> withdrawals;

    /// As Ethereum's protocol has it.
    [[nodiscard]] proto::Block whole() const;
    [[nodiscard]] Bytes encode() const;
    static Result<StoredBlock> decode(ByteView bytes);
    /// Of an encoded block, whose body is not looked at.
    static Result<proto::Header> decode_header(ByteView bytes);
};

struct TransactionPlace {
    std::uint64_t block = 0;
    std::uint32_t index = 0;
};

/// Where a registered session stands.
struct SessionPlace {
    std::uint64_t log_index = 0;
    std::uint64_t block = 0;
    Hash32 transaction{};
};

/// Header of a block as a snapshot holds it. Errc::not_found.
[[nodiscard]] Result<proto::Header> header_in(const storage::kv::Snapshot& snapshot,
                                              std::uint64_t number);

class BlockStore {
  public:
    /// `history_blocks`: the state after this many blocks before the head can be read; 0: after
    /// every block (archive).
    static Result<BlockStore> open(const std::string& directory, std::uint64_t history_blocks);

    /// Height of the last block; nothing in a new store.
    Result<std::optional<std::uint64_t>> head() const;
    Result<StoredBlock> block(std::uint64_t number) const;
    Result<std::uint64_t> number_of(const Hash32& block_hash) const;
    Result<TransactionPlace> find_transaction(const Hash32& hash) const;
    Result<SessionPlace> find_session(ByteView session_id) const;
    /// Index in the anchor log of the node's checkpoint of a slot.
    Result<std::uint64_t> find_checkpoint(std::uint64_t slot) const;

    /// Every node that was ever admitted, in that order.
    Result<std::vector<proto::Address>> nodes() const;
    /// Withdrawals of all blocks.
    Result<std::uint64_t> withdrawals_made() const;

    Result<storage::kv::Snapshot> snapshot() const { return store_.snapshot(); }
    /// The state after a block. Errc::not_found: no such block; Errc::refused: older than the
    /// history that is kept.
    Result<std::unique_ptr<StoredState>> state_at(std::optional<std::uint64_t> height) const;
    /// The first block whose state can be read.
    Result<std::uint64_t> oldest_state() const;

    /// Rows of an index besides what put_block derives itself.
    using Rows = std::map<Bytes, Bytes>;
    static void index_session(Rows& rows, ByteView session_id, const SessionPlace& place);
    static void index_checkpoint(Rows& rows, std::uint64_t slot, std::uint64_t log_index);
    static void index_node(Rows& rows, std::uint64_t place, const proto::Address& node);
    static void count_withdrawals(Rows& rows, std::uint64_t made);
    /// Everything of a block, durable when it returns.
    Result<void> put_block(const StoredBlock& block, const Hash32& hash, const StateUpdate& state,
                           const Rows& log_rows, const Rows& index_rows);

    /// The last slot that was signed for. Written before the signature is made.
    Result<std::uint64_t> signed_slot() const;
    Result<void> put_signed_slot(std::uint64_t slot);

    /// A witness's verifier key and its line on the checkpoint of a log size.
    struct Cosignature {
        std::string key;
        std::string line;
    };
    static constexpr std::size_t cosignatures_max = 63;
    Result<std::vector<Cosignature>> cosignatures(std::uint64_t log_size) const;
    /// Errc::limit_exceeded: there are enough already.
    Result<void> put_cosignature(std::uint64_t log_size, const Cosignature& cosignature);

  private:
    BlockStore(storage::kv::Store store, std::uint64_t history_blocks)
        : store_(std::move(store)), history_blocks_(history_blocks) {}
    Result<void> forget_old_states(storage::kv::Batch& batch, std::uint64_t head) const;

    storage::kv::Store store_;
    std::uint64_t history_blocks_;
};

}  // namespace lucid::blockchain::store
