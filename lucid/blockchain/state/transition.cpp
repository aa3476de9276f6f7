// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/transition.hpp>

#include <algorithm>

namespace lucid::blockchain::state {
namespace {

using proto::Transaction;

constexpr std::uint64_t authorization_refund = 12500;  ///< 25000 - 12500 (EIP-7702)
constexpr std::uint64_t refund_quotient = 5;           ///< EIP-3529

Uint256 max_upfront(const Transaction& t) {
    const auto fee = checked_multiply(t.max_fee_per_gas, t.gas_limit);
    if (!fee) return ~Uint256{};
    return checked_add(*fee, t.value).value_or(~Uint256{});
}

void warm_up(World& world, const evm::BlockContext& block, const Transaction& t,
             const Address& sender) {
    (void)world.warm_account(sender);
    if (t.to) (void)world.warm_account(*t.to);
    (void)world.warm_account(block.coinbase);
    for (std::uint8_t i = 1; i <= 0x11; ++i) {
        Address precompile{};
        precompile[19] = i;
        (void)world.warm_account(precompile);
    }
    for (const auto& entry : t.access_list) {
        (void)world.warm_account(entry.address);
        for (const auto& key : entry.storage_keys)
            (void)world.warm_slot(entry.address, Uint256::from_be(key));
    }
}

/// EIP-7702, Behavior: each valid tuple sets or clears its authority's delegation.
void apply_authorizations(World& world, const evm::BlockContext& block, const Transaction& t) {
    for (const auto& a : t.authorizations) {
        if (!a.chain_id.is_zero() && a.chain_id != Uint256(block.chain_id)) continue;
        if (a.nonce == UINT64_MAX) continue;
        const auto authority = a.authority();
        if (!authority) continue;
        (void)world.warm_account(*authority);
        const auto& code = world.code(*authority);
        if (!code.empty() && !evm::delegation_of(code)) continue;
        if (world.nonce(*authority) != a.nonce) continue;
        if (world.exists(*authority))
            world.add_refund(static_cast<std::int64_t>(authorization_refund));
        Bytes delegation;
        if (a.address != Address{}) {
            delegation = {0xef, 0x01, 0x00};
            append(delegation, a.address);
        }
        world.set_code(*authority, std::move(delegation));
        world.set_nonce(*authority, a.nonce + 1);
    }
}

evm::Outcome execute(World& world, const evm::BlockContext& block, const Transaction& t,
                     const Address& sender, const Uint256& gas_price, std::uint64_t gas) {
    const evm::TransactionContext context{sender, gas_price};
    evm::Evm machine(world, block, context);
    evm::Message message;
    message.caller = sender;
    message.value = t.value;
    message.gas = gas;
    message.input = t.data;
    if (!t.to) {
        message.recipient = evm::create_address(sender, world.nonce(sender) - 1);
        message.code_address = message.recipient;
        (void)world.warm_account(message.recipient);
        return machine.create(message);
    }
    message.recipient = message.code_address = *t.to;
    if (const auto delegate = evm::delegation_of(world.code(*t.to)))
        (void)world.warm_account(*delegate);
    return machine.call(message);
}

}  // namespace

Result<void> check_transaction(World& world, const evm::BlockContext& block, const Transaction& t,
                               const Address& sender, std::uint64_t gas_available) {
    if (t.type == proto::TransactionType::blob)
        return fail(Errc::refused, "blob transactions are not taken");
    if (t.type == proto::TransactionType::set_code && t.authorizations.empty())
        return fail(Errc::refused, "set code transaction with empty authorization list");
    if (t.chain_id && *t.chain_id != block.chain_id)
        return fail(Errc::refused, "invalid chain id for signer", *t.chain_id);
    const auto nonce = world.nonce(sender);
    if (t.nonce < nonce) return fail(Errc::refused, "nonce too low", nonce);
    if (t.nonce == UINT64_MAX) return fail(Errc::refused, "nonce has max value");
    const auto& code = world.code(sender);
    if (!code.empty() && !evm::delegation_of(code)) return fail(Errc::refused, "sender not an eoa");
    if (t.gas_limit > gas_available) return fail(Errc::refused, gas_limit_reached, gas_available);
    if (t.max_fee_per_gas < t.max_priority_fee_per_gas)
        return fail(Errc::refused, "max priority fee per gas higher than max fee per gas");
    if (t.max_fee_per_gas < block.base_fee)
        return fail(Errc::refused, "max fee per gas less than block base fee");
    if (world.balance(sender) < max_upfront(t))
        return fail(Errc::refused, "insufficient funds for gas * price + value");
    const auto intrinsic = proto::intrinsic_gas(t);
    if (t.gas_limit < std::max(intrinsic.execution, intrinsic.floor))
        return fail(Errc::refused, "intrinsic gas too low", intrinsic.execution);
    if (!t.to && t.data.size() > evm::initcode_bytes_max)
        return fail(Errc::refused, "max initcode size exceeded", t.data.size());
    if (t.nonce > nonce) return fail(Errc::refused, nonce_too_high, nonce);
    return {};
}

Applied apply_transaction(World& world, const evm::BlockContext& block, const Transaction& t,
                          const Address& sender, std::uint64_t cumulative_gas_before) {
    world.begin_transaction();
    const auto price = t.effective_gas_price(block.base_fee).value_or(block.base_fee);
    const auto intrinsic = proto::intrinsic_gas(t);
    world.set_balance(sender, world.balance(sender) - price * Uint256(t.gas_limit));
    world.set_nonce(sender, t.nonce + 1);
    warm_up(world, block, t, sender);
    apply_authorizations(world, block, t);
    auto outcome = execute(world, block, t, sender, price, t.gas_limit - intrinsic.execution);

    std::uint64_t used = t.gas_limit - outcome.gas_left;
    const auto refund = static_cast<std::uint64_t>(std::max<std::int64_t>(world.refund(), 0));
    used -= std::min(refund, used / refund_quotient);
    used = std::max(used, intrinsic.floor);
    world.set_balance(sender, world.balance(sender) + price * Uint256(t.gas_limit - used));
    const auto tip = price - block.base_fee;
    world.set_balance(block.coinbase, world.balance(block.coinbase) + tip * Uint256(used));

    Applied applied;
    applied.gas_used = used;
    applied.status = outcome.status;
    applied.output = std::move(outcome.output);
    if (!t.to && outcome.status == evm::Status::success) applied.created = outcome.created;
    applied.receipt.type = t.type;
    applied.receipt.success = outcome.status == evm::Status::success;
    applied.receipt.cumulative_gas_used = cumulative_gas_before + used;
    applied.receipt.logs = world.take_logs();
    world.end_transaction();
    return applied;
}

Applied simulate_call(World& world, const evm::BlockContext& block, const Address& from,
                      const std::optional<Address>& to, const Uint256& value, ByteView data,
                      std::uint64_t gas) {
    world.begin_transaction();
    const auto checkpoint = world.checkpoint();
    Transaction t;
    t.to = to;
    t.value = value;
    t.data = to_bytes(data);
    warm_up(world, block, t, from);
    if (world.balance(from) < value) world.set_balance(from, value);
    world.set_nonce(from, world.nonce(from) + 1);
    auto outcome = execute(world, block, t, from, {}, gas);
    Applied applied;
    applied.status = outcome.status;
    applied.gas_used = gas - outcome.gas_left;
    applied.output = std::move(outcome.output);
    world.revert_to(checkpoint);
    world.begin_transaction();
    return applied;
}

}  // namespace lucid::blockchain::state
