// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Ethereum block headers to Prague, exactly: every tool recomputes our hashes (EIP-1559, 4399,
/// 4895, 4844, 4788, 7685).

#include <lucid/blockchain/proto/rlp.hpp>
#include <lucid/common/crypto/secp256k1.hpp>

namespace lucid::blockchain::proto {

using Address = crypto::EthereumAddress;
using Bloom = ByteArray<256>;

/// keccak256(rlp([])), keccak256(rlp("")), sha256("") as headers name empty things.
[[nodiscard]] const Hash32& empty_ommers_hash();
[[nodiscard]] const Hash32& empty_trie_root();
[[nodiscard]] const Hash32& empty_requests_hash();

/// How many fields a header has says which fork made it.
enum class HeaderFields : std::uint8_t {
    frontier = 15,
    london = 16,    ///< base fee (EIP-1559)
    shanghai = 17,  ///< withdrawals root (EIP-4895)
    cancun = 20,    ///< blob gas used, excess blob gas, beacon root (EIP-4844, 4788)
    prague = 21     ///< requests hash (EIP-7685)
};

struct Header {
    HeaderFields fields = HeaderFields::prague;  ///< later fields have no meaning
    Hash32 parent_hash{};
    Hash32 ommers_hash = empty_ommers_hash();
    Address coinbase{};
    Hash32 state_root{};
    Hash32 transactions_root = empty_trie_root();
    Hash32 receipts_root = empty_trie_root();
    Bloom logs_bloom{};
    Uint256 difficulty;
    std::uint64_t number = 0;
    std::uint64_t gas_limit = 0;
    std::uint64_t gas_used = 0;
    std::uint64_t timestamp = 0;
    Bytes extra_data;
    Hash32 mix_hash{};  ///< PREVRANDAO
    ByteArray<8> nonce{};
    Uint256 base_fee_per_gas;
    Hash32 withdrawals_root = empty_trie_root();
    std::uint64_t blob_gas_used = 0;
    std::uint64_t excess_blob_gas = 0;
    Hash32 parent_beacon_block_root{};
    Hash32 requests_hash = empty_requests_hash();

    [[nodiscard]] Bytes encode() const;
    /// A header of this chain: all fields to Prague.
    static Result<Header> decode(ByteView encoded);
    /// A header of any fork of Ethereum's.
    static Result<Header> decode_any(ByteView encoded);
    [[nodiscard]] bool has(HeaderFields which) const { return fields >= which; }
    /// keccak256(encode()).
    [[nodiscard]] Hash32 hash() const;
};

}  // namespace lucid::blockchain::proto
