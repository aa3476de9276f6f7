// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One transaction applied to the world (Yellow Paper 6, with the EIPs to Osaka).

#include <lucid/blockchain/evm/tracer.hpp>
#include <lucid/blockchain/state/world.hpp>

namespace lucid::blockchain::state {

struct Applied {
    proto::Receipt receipt;
    std::uint64_t gas_used = 0;
    Bytes output;
    evm::Status status = evm::Status::success;
    evm::Halt halt = evm::Halt::success;
    std::optional<Address> created;
};

inline constexpr const char* nonce_too_high = "nonce too high";
inline constexpr const char* gas_limit_reached = "gas limit reached";
inline constexpr std::uint64_t blob_gas_each = 131072;                        ///< EIP-4844
inline constexpr std::uint64_t transaction_gas_max = std::uint64_t{1} << 24;  ///< EIP-7825, Osaka

/// Why a transaction may not enter a block; texts are geth's, which wallets know.
/// Checks type, nonce, balance, gas limits and fees against the world. A gap before its nonce is
/// the last thing looked at: `nonce_too_high` says that all else is good.
Result<void> check_transaction(World& world, const evm::BlockContext& block,
                               const proto::Transaction& transaction, const Address& sender,
                               std::uint64_t gas_available);

/// Applies a transaction that was checked. The base fee is burnt, the priority fee goes to the
/// coinbase.
Applied apply_transaction(World& world, const evm::BlockContext& block,
                          const proto::Transaction& transaction, const Address& sender,
                          std::uint64_t cumulative_gas_before, evm::Tracer* tracer = nullptr);

/// eth_call: runs without fees or nonce; the world is left as it was. `gas` is all for execution.
Applied simulate_call(World& world, const evm::BlockContext& block, const Address& from,
                      const std::optional<Address>& to, const Uint256& value, ByteView data,
                      std::uint64_t gas, evm::Tracer* tracer = nullptr);

/// A whole transaction that nobody signed, without any check: access list and authorizations count,
/// gas used is what a receipt would say. The sender is lent what it lacks; the world is left as it
/// was.
Applied simulate_transaction(World& world, const evm::BlockContext& block,
                             const proto::Transaction& transaction, const Address& sender,
                             evm::Tracer* tracer = nullptr);

/// A call of a system contract (EIP-4788, 2935, 7002, 7251): no fees, its own gas, its effects
/// stay unless it fails.
evm::Outcome system_call(World& world, const evm::BlockContext& block, const Address& contract,
                         ByteView input);

}  // namespace lucid::blockchain::state
