// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Blob transactions as clients send them: with their blobs (EIP-4844, Networking; EIP-7594).

#include <lucid/blockchain/proto/transaction.hpp>

namespace lucid::blockchain::proto {

inline constexpr std::size_t blob_bytes = 131072;
inline constexpr std::size_t blobs_sent_max = 9;

/// A transaction of any type; one with blobs is taken with them, the number and sizes of blobs,
/// commitments and proofs and the hashes of the commitments are checked, then they are dropped.
/// Proofs are not verified: a chain that keeps blobs would have to.
Result<Transaction> decode_sent(ByteView bytes);

}  // namespace lucid::blockchain::proto
