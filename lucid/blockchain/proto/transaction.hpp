// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Ethereum transactions: legacy (EIP-155), access list (EIP-2930), dynamic fee (EIP-1559), blob
/// (EIP-4844), set code (EIP-7702). Lucid's own chain takes no blobs: there is no blob market, and
/// state::check_transaction refuses them where a block has no room for blob gas.

#include <lucid/blockchain/proto/fork.hpp>
#include <lucid/blockchain/proto/header.hpp>

#include <optional>

namespace lucid::blockchain::proto {

enum class TransactionType : std::uint8_t {
    legacy = 0,
    access_list = 1,
    dynamic_fee = 2,
    blob = 3,
    set_code = 4
};

struct AccessListEntry {
    Address address{};
    std::vector<Hash32> storage_keys;
};

struct Authorization {
    Uint256 chain_id;
    Address address{};
    std::uint64_t nonce = 0;
    crypto::RecoverableSignature signature;
    /// Who signed it; nothing for an invalid signature (the tuple is then skipped).
    [[nodiscard]] std::optional<Address> authority() const;
};

inline constexpr std::size_t transaction_bytes_max = 128 * 1024;

struct Transaction {
    TransactionType type = TransactionType::legacy;
    /// Absent in legacy transactions from before EIP-155.
    std::optional<std::uint64_t> chain_id;
    std::uint64_t nonce = 0;
    Uint256 max_priority_fee_per_gas;  ///< gas price for types 0 and 1
    Uint256 max_fee_per_gas;           ///< gas price for types 0 and 1
    std::uint64_t gas_limit = 0;
    std::optional<Address> to;  ///< nothing: contract creation
    Uint256 value;
    Bytes data;
    std::vector<AccessListEntry> access_list;
    Uint256 max_fee_per_blob_gas;  ///< type 3 only
    std::vector<Hash32> blob_hashes;
    std::vector<Authorization> authorizations;
    crypto::RecoverableSignature signature;

    /// EIP-2718 bytes: type ‖ payload, or a bare RLP list.
    [[nodiscard]] Bytes encode() const;
    /// Errc::limit_exceeded above `bytes_max`: what a pool takes; blocks may hold more.
    static Result<Transaction> decode(ByteView bytes,
                                      std::size_t bytes_max = transaction_bytes_max);
    [[nodiscard]] Hash32 hash() const;
    [[nodiscard]] Hash32 signing_hash() const;
    void sign(const crypto::Secp256k1Key& key);
    /// Errc::bad_signature; high s is refused (EIP-2) unless the rules are from before it.
    Result<Address> sender(bool high_s_allowed = false) const;
    /// What a block with this base fee charges per gas; nothing when the fee cap is below it.
    [[nodiscard]] std::optional<Uint256> effective_gas_price(const Uint256& base_fee) const;
};

/// Gas charged before execution (EIP-2, 2028, 2930, 3860, 7702), and the floor of EIP-7623.
struct IntrinsicGas {
    std::uint64_t execution = 0;
    std::uint64_t floor = 0;
};
[[nodiscard]] IntrinsicGas intrinsic_gas(const Transaction& transaction, Fork fork = Fork::prague);

}  // namespace lucid::blockchain::proto
