// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/transition.hpp>

#include <algorithm>

namespace lucid::blockchain::state {
namespace {

using evm::Fork;
using proto::Transaction;

constexpr std::int64_t authorization_refund = 12500;   ///< 25000 - 12500 (EIP-7702)
constexpr std::uint64_t system_call_gas = 30'000'000;  ///< EIP-4788, 2935, 7002, 7251

void warm_up(World& world, const evm::BlockContext& block, const Transaction& t,
             const Address& sender) {
    if (block.fork < Fork::berlin) return;
    (void)world.warm_account(sender);
    if (t.to) (void)world.warm_account(*t.to);
    if (block.fork >= Fork::shanghai) (void)world.warm_account(block.coinbase);
    for (const auto& entry : t.access_list) {
        (void)world.warm_account(entry.address);
        for (const auto& key : entry.storage_keys)
            (void)world.access_slot(entry.address, Uint256::from_be(key));
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
        const auto code = world.code(*authority);
        if (!code->empty() && !evm::delegation_of(code->bytes())) continue;
        if (world.nonce(*authority) != a.nonce) continue;
        if (world.exists(*authority)) world.add_refund(authorization_refund);
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
                     const Address& sender, const Uint256& gas_price, std::uint64_t gas,
                     evm::Tracer* tracer) {
    const evm::TransactionContext context{sender, gas_price, t.blob_hashes};
    evm::Evm machine(world, block, context, tracer);
    evm::Message message;
    message.caller = sender;
    message.value = t.value;
    message.gas = gas;
    message.input = t.data;
    if (!t.to) {
        message.kind = evm::CallKind::create;
        message.recipient = evm::create_address(sender, world.nonce(sender) - 1);
        message.code_address = message.recipient;
        if (block.fork >= Fork::berlin) (void)world.warm_account(message.recipient);
        return machine.create(message);
    }
    message.recipient = message.code_address = *t.to;
    if (block.fork >= Fork::prague)
        if (const auto delegate = evm::delegation_of(world.code(*t.to)->bytes()))
            (void)world.warm_account(*delegate);
    return machine.call(message);
}

/// Gas used after refunds (EIP-3529) and the floor of EIP-7623.
std::uint64_t gas_used_of(const World& world, Fork fork, std::uint64_t limit,
                          std::uint64_t gas_left, std::uint64_t floor) {
    const std::uint64_t quotient = fork >= Fork::london ? 5 : 2;
    std::uint64_t used = limit - gas_left;
    const auto refund = static_cast<std::uint64_t>(std::max<std::int64_t>(world.refund(), 0));
    used -= std::min(refund, used / quotient);
    return std::max(used, floor);
}

Applied applied_from(evm::Outcome outcome, const Transaction& t, std::uint64_t used) {
    Applied applied;
    applied.gas_used = applied.gas_peak = used;
    applied.status = outcome.status;
    applied.halt = outcome.halt;
    applied.output = std::move(outcome.output);
    if (!t.to && outcome.status == evm::Status::success) applied.created = outcome.created;
    applied.receipt.type = t.type;
    applied.receipt.success = outcome.status == evm::Status::success;
    return applied;
}

/// What one gas costs the sender, and how much of it is for the coinbase; nothing: the coinbase is
/// not even touched.
struct GasPrice {
    Uint256 price;
    std::optional<Uint256> tip;
};

Applied apply_at_price(World& world, const evm::BlockContext& block, const Transaction& t,
                       const Address& sender, std::uint64_t nonce, const GasPrice& gas_price,
                       std::uint64_t cumulative_gas_before, evm::Tracer* tracer) {
    world.begin_transaction(block.fork);
    const auto& price = gas_price.price;
    const auto intrinsic = proto::intrinsic_gas(t, block.fork);
    const auto blob_fee = block.blob_base_fee * Uint256(t.blob_hashes.size() * blob_gas_each);
    world.set_balance(sender, world.balance(sender) - price * Uint256(t.gas_limit) - blob_fee);
    world.set_nonce(sender, nonce + 1);
    warm_up(world, block, t, sender);
    apply_authorizations(world, block, t);
    auto outcome =
        execute(world, block, t, sender, price, t.gas_limit - intrinsic.execution, tracer);
    const auto used =
        gas_used_of(world, block.fork, t.gas_limit, outcome.gas_left, intrinsic.floor);
    const auto peak = std::max(t.gas_limit - outcome.gas_left, intrinsic.floor);
    world.set_balance(sender, world.balance(sender) + price * Uint256(t.gas_limit - used));
    if (gas_price.tip)
        world.set_balance(block.coinbase,
                          world.balance(block.coinbase) + *gas_price.tip * Uint256(used));
    auto applied = applied_from(std::move(outcome), t, used);
    applied.gas_peak = peak;
    applied.receipt.cumulative_gas_used = cumulative_gas_before + used;
    applied.receipt.logs = world.take_logs();
    world.end_transaction();
    return applied;
}

}  // namespace

Applied apply_transaction(World& world, const evm::BlockContext& block, const Transaction& t,
                          const Address& sender, std::uint64_t cumulative_gas_before,
                          evm::Tracer* tracer) {
    const auto price = t.effective_gas_price(block.base_fee).value_or(block.base_fee);
    return apply_at_price(world, block, t, sender, t.nonce, {price, price - block.base_fee},
                          cumulative_gas_before, tracer);
}

Applied apply_unsigned(World& world, const evm::BlockContext& block, const Transaction& t,
                       const Address& sender, std::uint64_t cumulative_gas_before,
                       Validation validation, evm::Tracer* tracer) {
    GasPrice price;
    if (!runs_free(t, validation)) {
        price.price = t.effective_gas_price(block.base_fee).value_or(block.base_fee);
        price.tip = price.price - block.base_fee;
    }
    return apply_at_price(world, block, t, sender, world.nonce(sender), price,
                          cumulative_gas_before, tracer);
}

Applied simulate_call(World& world, const evm::BlockContext& block, const Address& from,
                      const std::optional<Address>& to, const Uint256& value, ByteView data,
                      std::uint64_t gas, evm::Tracer* tracer) {
    world.begin_transaction(block.fork);
    const auto checkpoint = world.checkpoint();
    Transaction t;
    t.to = to;
    t.value = value;
    t.data = to_bytes(data);
    warm_up(world, block, t, from);
    if (world.balance(from) < value) world.set_balance(from, value);
    world.set_nonce(from, world.nonce(from) + 1);
    auto outcome = execute(world, block, t, from, {}, gas, tracer);
    const auto used = gas - outcome.gas_left;
    auto applied = applied_from(std::move(outcome), t, used);
    applied.receipt.logs = world.logs();
    world.revert_to(checkpoint);
    world.begin_transaction(block.fork);
    return applied;
}

Applied simulate_transaction(World& world, const evm::BlockContext& block, const Transaction& t,
                             const Address& sender, evm::Tracer* tracer, Afterwards afterwards) {
    const auto intrinsic = proto::intrinsic_gas(t, block.fork);
    if (t.gas_limit < std::max(intrinsic.execution, intrinsic.floor)) {
        return applied_from(evm::Outcome::failed(evm::Halt::out_of_gas), t, t.gas_limit);
    }
    world.begin_transaction(block.fork);
    const auto checkpoint = world.checkpoint();
    if (world.balance(sender) < t.value) world.set_balance(sender, t.value);
    world.set_nonce(sender, world.nonce(sender) + 1);
    warm_up(world, block, t, sender);
    apply_authorizations(world, block, t);
    const auto price = t.effective_gas_price(block.base_fee).value_or(t.max_fee_per_gas);
    auto outcome =
        execute(world, block, t, sender, price, t.gas_limit - intrinsic.execution, tracer);
    const auto used =
        gas_used_of(world, block.fork, t.gas_limit, outcome.gas_left, intrinsic.floor);
    auto applied = applied_from(std::move(outcome), t, used);
    applied.receipt.cumulative_gas_used = used;
    applied.receipt.logs = world.logs();
    if (afterwards == Afterwards::kept)
        world.end_transaction();
    else
        world.revert_to(checkpoint);
    world.begin_transaction(block.fork);
    return applied;
}

evm::Outcome system_call(World& world, const evm::BlockContext& block, const Address& contract,
                         ByteView input) {
    Address system;
    system.fill(0xff);
    system[19] = 0xfe;
    const evm::TransactionContext context{system, {}, {}};
    evm::Evm machine(world, block, context);
    world.begin_transaction(block.fork);
    evm::Message message;
    message.caller = system;
    message.recipient = message.code_address = contract;
    message.gas = system_call_gas;
    message.input = input;
    auto outcome = machine.call(message);
    world.end_transaction();
    return outcome;
}

}  // namespace lucid::blockchain::state
