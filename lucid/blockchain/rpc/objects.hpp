// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blocks, transactions, receipts and logs as JSON. Private to this folder.

#include <lucid/blockchain/proto/receipt.hpp>
#include <lucid/blockchain/rpc/values.hpp>
#include <lucid/blockchain/store/block_store.hpp>

namespace lucid::blockchain::rpc {

using store::StoredBlock;

[[nodiscard]] Json header_json(const proto::Header& header);
[[nodiscard]] Json block_json(const StoredBlock& block, bool full);
/// With its transactions as they are given.
[[nodiscard]] Json block_json(const StoredBlock& block, Json transactions);
/// Adds where in a block a transaction stands.
void place_json(Json& transaction, const proto::Header& header, std::size_t index);
/// `base_fee`: what is charged now, for one that waits.
[[nodiscard]] Json pending_json(const proto::Transaction& transaction, const proto::Address& sender,
                                const proto::Uint256& base_fee);
[[nodiscard]] Json transaction_json(const StoredBlock& block, std::size_t index);
/// `blob_base_fee`: of the block.
[[nodiscard]] Json receipt_json(const StoredBlock& block, std::size_t index,
                                const proto::Uint256& blob_base_fee);
/// Of all transactions, in one pass.
[[nodiscard]] Json receipts_json(const StoredBlock& block, const proto::Uint256& blob_base_fee);
[[nodiscard]] Json log_json(const proto::Log& log, const StoredBlock& block,
                            std::size_t transaction, std::uint64_t log_index);
/// Decodes what the store holds; a failure is our bug or a damaged disk.
[[nodiscard]] proto::Transaction stored_transaction(const Bytes& bytes);
[[nodiscard]] proto::Receipt stored_receipt(const Bytes& bytes);
[[nodiscard]] Json access_list_json(const std::vector<proto::AccessListEntry>& list);

}  // namespace lucid::blockchain::rpc
