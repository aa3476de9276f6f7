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
    std::uint64_t gas_peak = 0;  ///< used before refunds
    Bytes output;
    evm::Status status = evm::Status::success;
    evm::Halt halt = evm::Halt::success;
    std::optional<Address> created;
};

inline constexpr const char* nonce_too_low = "nonce too low";
inline constexpr const char* fee_below_base_fee = "max fee per gas less than block base fee";
inline constexpr const char* insufficient_funds = "insufficient funds for gas * price + value";
inline constexpr const char* intrinsic_gas_too_low = "intrinsic gas too low";
inline constexpr const char* initcode_too_large = "max initcode size exceeded";
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

/// What is left of a simulated transaction.
enum class Afterwards : std::uint8_t {
    undone,  ///< the world is as it was
    kept,    ///< as after a transaction: what self-destructed and what is empty is gone
};

/// A whole transaction that nobody signed, without any check: access list and authorizations count,
/// gas used is what a receipt would say. The sender is lent what it lacks and pays no fees.
Applied simulate_transaction(World& world, const evm::BlockContext& block,
                             const proto::Transaction& transaction, const Address& sender,
                             evm::Tracer* tracer = nullptr,
                             Afterwards afterwards = Afterwards::undone);

/// How much of what holds for signed transactions holds for one that nobody signed.
enum class Validation : std::uint8_t {
    lenient,  ///< any nonce; no fee at all where no price is named
    strict,
};

/// eth_simulateV1: a transaction that nobody signed and that stays. geth's rules: senders may have
/// code, but must have what they give and pay.
Result<void> check_unsigned(World& world, const evm::BlockContext& block,
                            const proto::Transaction& transaction, const Address& sender,
                            std::uint64_t gas_available, Validation validation);
/// Neither price nor validation: it pays nothing, and whoever makes the block gets nothing.
[[nodiscard]] bool runs_free(const proto::Transaction& transaction, Validation validation);
/// Applies what was checked so, as apply_transaction does.
Applied apply_unsigned(World& world, const evm::BlockContext& block,
                       const proto::Transaction& transaction, const Address& sender,
                       std::uint64_t cumulative_gas_before, Validation validation,
                       evm::Tracer* tracer = nullptr);

/// A call of a system contract (EIP-4788, 2935, 7002, 7251): no fees, its own gas, its effects
/// stay unless it fails.
evm::Outcome system_call(World& world, const evm::BlockContext& block, const Address& contract,
                         ByteView input);

}  // namespace lucid::blockchain::state
