// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blocks, state, anchor log and indexes in one LMDB store; a block is written in one commit.

#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/blockchain/proto/receipt.hpp>
#include <lucid/storage/kv/store.hpp>

namespace lucid::blockchain::chain {

struct StoredBlock {
    proto::Header header;
    Bytes payload;      ///< RLP of the consensus payload
    Bytes certificate;  ///< RLP, empty for genesis
    std::vector<Bytes> transactions;
    std::vector<Bytes> receipts;

    [[nodiscard]] Bytes encode() const;
    static Result<StoredBlock> decode(ByteView bytes);
};

/// One entry of the anchor log, with what is needed to find it again.
struct LogEntry {
    Hash32 leaf{};
    std::uint64_t block_slot = 0;
    Bytes data;  ///< leaf data
};

struct TransactionPlace {
    std::uint64_t block = 0;
    std::uint32_t index = 0;
};

class BlockStore {
  public:
    static Result<BlockStore> open(const std::string& directory);

    /// Height of the last block; nothing in a new store.
    Result<std::optional<std::uint64_t>> head() const;
    Result<StoredBlock> block(std::uint64_t number) const;
    Result<std::uint64_t> number_of(const Hash32& block_hash) const;
    Result<TransactionPlace> find_transaction(const Hash32& hash) const;
    Result<state::Accounts> accounts() const;
    Result<std::vector<LogEntry>> log() const;

    Result<void> put_genesis(const GenesisBlock& genesis, const LogEntry& first);
    /// Everything of a block, durable when it returns.
    Result<void> put_block(const StoredBlock& block, const Hash32& hash,
                           const std::map<proto::Address, std::optional<state::Account>>& changed,
                           std::uint64_t log_size_before, const std::vector<LogEntry>& entries);

    /// The last slot that was signed for. Written before the signature is made.
    Result<std::uint64_t> signed_slot() const;
    Result<void> put_signed_slot(std::uint64_t slot);

  private:
    explicit BlockStore(storage::kv::Store store) : store_(std::move(store)) {}
    storage::kv::Store store_;
};

}  // namespace lucid::blockchain::chain
