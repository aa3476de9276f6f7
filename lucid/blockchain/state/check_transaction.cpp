// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/transition.hpp>

#include <algorithm>

namespace lucid::blockchain::state {
namespace {

using evm::Fork;
using proto::Transaction;
using proto::TransactionType;

/// The most that the sender can owe; nothing where that is beyond every balance.
std::optional<Uint256> max_upfront(const Transaction& t) {
    const auto fee = checked_multiply(t.max_fee_per_gas, t.gas_limit);
    const auto blob_fee =
        checked_multiply(t.max_fee_per_blob_gas, t.blob_hashes.size() * blob_gas_each);
    if (!fee || !blob_fee) return std::nullopt;
    const auto fees = checked_add(*fee, *blob_fee);
    return fees ? checked_add(*fees, t.value) : std::nullopt;
}

Fork first_fork(TransactionType type) {
    switch (type) {
        case TransactionType::legacy:
            return Fork::frontier;
        case TransactionType::access_list:
            return Fork::berlin;
        case TransactionType::dynamic_fee:
            return Fork::london;
        case TransactionType::blob:
            return Fork::cancun;
        case TransactionType::set_code:
            return Fork::prague;
    }
    return Fork::osaka;
}

/// EIP-4844, EIP-7594.
Result<void> check_blobs(const evm::BlockContext& block, const Transaction& t) {
    if (block.blob_gas_max == 0) return fail(Errc::refused, "blob transactions are not taken");
    if (t.blob_hashes.empty()) return fail(Errc::refused, "blob transaction missing blob hashes");
    for (const auto& hash : t.blob_hashes)
        if (hash[0] != 0x01) return fail(Errc::refused, "blob has invalid hash version", hash[0]);
    const auto most = block.blobs_per_transaction_max;
    if ((most != 0 && t.blob_hashes.size() > most) ||
        t.blob_hashes.size() * blob_gas_each > block.blob_gas_max)
        return fail(Errc::refused, "blob transaction has too many blobs", t.blob_hashes.size());
    if (t.max_fee_per_blob_gas < block.blob_base_fee)
        return fail(Errc::refused, "max fee per blob gas less than block blob gas fee");
    return {};
}

Result<void> check_kind(const evm::BlockContext& block, const Transaction& t) {
    if (block.fork < first_fork(t.type))
        return fail(Errc::refused, "transaction type not supported");
    if (t.chain_id && *t.chain_id != block.chain_id)
        return fail(Errc::refused, "invalid chain id for signer", *t.chain_id);
    if (t.chain_id && block.fork < Fork::spurious_dragon)
        return fail(Errc::refused, "invalid sender");
    if (t.type == TransactionType::set_code && t.authorizations.empty())
        return fail(Errc::refused, "set code transaction with empty authorization list");
    if (t.type == TransactionType::blob) return check_blobs(block, t);
    return {};
}

/// Money and gas to begin with.
Result<void> check_means(World& world, const evm::BlockContext& block, const Transaction& t,
                         const Address& sender) {
    const auto upfront = max_upfront(t);
    if (!upfront || world.balance(sender) < *upfront)
        return fail(Errc::refused, insufficient_funds);
    const auto intrinsic = proto::intrinsic_gas(t, block.fork);
    if (t.gas_limit < std::max(intrinsic.execution, intrinsic.floor))
        return fail(Errc::refused, intrinsic_gas_too_low, intrinsic.execution);
    if (!t.to && block.fork >= Fork::shanghai && t.data.size() > evm::initcode_bytes_max)
        return fail(Errc::refused, initcode_too_large, t.data.size());
    return {};
}

}  // namespace

Result<void> check_transaction(World& world, const evm::BlockContext& block, const Transaction& t,
                               const Address& sender, std::uint64_t gas_available) {
    LUCID_CHECK(check_kind(block, t));
    const auto nonce = world.nonce(sender);
    if (t.nonce < nonce) return fail(Errc::refused, nonce_too_low, nonce);
    if (t.nonce == UINT64_MAX) return fail(Errc::refused, "nonce has max value");
    const auto code = world.code(sender);
    const bool delegates = block.fork >= Fork::prague && evm::delegation_of(code->bytes());
    if (!code->empty() && !delegates) return fail(Errc::refused, "sender not an eoa");
    if (t.gas_limit > gas_available) return fail(Errc::refused, gas_limit_reached, gas_available);
    if (block.fork >= Fork::osaka && t.gas_limit > transaction_gas_max)
        return fail(Errc::refused, "transaction gas limit too high", transaction_gas_max);
    if (t.max_fee_per_gas < t.max_priority_fee_per_gas)
        return fail(Errc::refused, "max priority fee per gas higher than max fee per gas");
    if (t.max_fee_per_gas < block.base_fee) return fail(Errc::refused, fee_below_base_fee);
    LUCID_CHECK(check_means(world, block, t, sender));
    if (t.nonce > nonce) return fail(Errc::refused, nonce_too_high, nonce);
    return {};
}

bool runs_free(const Transaction& t, Validation validation) {
    return validation == Validation::lenient && t.max_fee_per_gas.is_zero() &&
           t.max_priority_fee_per_gas.is_zero();
}

Result<void> check_unsigned(World& world, const evm::BlockContext& block, const Transaction& t,
                            const Address& sender, std::uint64_t gas_available,
                            Validation validation) {
    if (validation == Validation::strict) {
        const auto nonce = world.nonce(sender);
        if (t.nonce < nonce) return fail(Errc::refused, nonce_too_low, nonce);
        if (t.nonce > nonce) return fail(Errc::refused, nonce_too_high, nonce);
        if (nonce == UINT64_MAX) return fail(Errc::refused, "nonce has max value");
    }
    if (!runs_free(t, validation)) {
        if (t.max_fee_per_gas < t.max_priority_fee_per_gas)
            return fail(Errc::refused, "max priority fee per gas higher than max fee per gas");
        if (t.max_fee_per_gas < block.base_fee) return fail(Errc::refused, fee_below_base_fee);
    }
    if (t.type == TransactionType::blob) {
        if (!t.to) return fail(Errc::refused, "blob transaction without a recipient");
        auto priced = t;
        if (validation == Validation::lenient && t.max_fee_per_blob_gas.is_zero())
            priced.max_fee_per_blob_gas = block.blob_base_fee;
        LUCID_CHECK(check_blobs(block, priced));
    }
    if (t.type == TransactionType::set_code && (t.authorizations.empty() || !t.to))
        return fail(Errc::refused, "set code transaction with empty authorization list");
    if (t.gas_limit > gas_available) return fail(Errc::refused, gas_limit_reached, gas_available);
    return check_means(world, block, t, sender);
}

}  // namespace lucid::blockchain::state
