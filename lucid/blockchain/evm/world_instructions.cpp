// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/machine.hpp>
#include <lucid/blockchain/evm/tracer.hpp>

// Accounts, storage, logs, SELFDESTRUCT.

namespace lucid::blockchain::evm::op {
namespace {

constexpr std::int64_t gas_store_set = 20000;
constexpr std::int64_t gas_store_guard = 2300;  ///< EIP-2200: what a callee must not have more of
constexpr std::int64_t gas_new_account = 25000;

/// EIP-1283, EIP-2200: price by original, current and new value.
std::int64_t net_store_price(const Prices& p, const SlotAccess& slot, const Uint256& value) {
    if (slot.current == value || slot.original != slot.current) return p.store_read;
    return slot.original.is_zero() ? gas_store_set : p.store_reset;
}

void net_store_refund(Machine& m, const SlotAccess& slot, const Uint256& value) {
    if (slot.current == value) return;
    const auto& p = m.prices;
    std::int64_t refund = 0;
    if (slot.original == slot.current) {
        if (!slot.original.is_zero() && value.is_zero()) refund = p.store_clear_refund;
    } else {
        if (!slot.original.is_zero()) {
            if (slot.current.is_zero()) refund -= p.store_clear_refund;
            if (value.is_zero()) refund += p.store_clear_refund;
        }
        if (value == slot.original)
            refund += (slot.original.is_zero() ? gas_store_set : p.store_reset) - p.store_read;
    }
    if (refund != 0) m.host.add_refund(refund);
}

}  // namespace

bool pay_account(std::int64_t& gas, Machine& m, const Address& address, std::int64_t flat) {
    if (m.prices.access_lists)
        gas -= m.host.warm_account(address) ? gas_warm_access : gas_cold_account;
    else
        gas -= flat;
    return gas >= 0;
}

Halt balance(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto address = address_of(top[0]);
    if (!pay_account(gas, m, address, m.prices.balance)) return Halt::out_of_gas;
    top[0] = m.host.balance(address);
    return Halt::running;
}

Halt external_code_size(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto address = address_of(top[0]);
    if (!pay_account(gas, m, address, m.prices.external_code)) return Halt::out_of_gas;
    top[0] = m.host.code(address)->size();
    return Halt::running;
}

Halt external_code_hash(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto address = address_of(top[0]);
    if (!pay_account(gas, m, address, m.prices.external_code_hash)) return Halt::out_of_gas;
    top[0] =
        m.host.is_empty(address) ? Uint256{} : Uint256::load_be(m.host.code_hash(address).data());
    return Halt::running;
}

Halt load_storage(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto slot = m.host.access_slot(m.message.recipient, top[0]);
    if (m.prices.access_lists)
        gas -= slot.was_warm ? gas_warm_access : gas_cold_slot;
    else
        gas -= m.prices.sload;
    if (gas < 0) return Halt::out_of_gas;
    top[0] = slot.current;
    return Halt::running;
}

Halt store_storage(Uint256* top, std::int64_t& gas, Machine& m) {
    if (m.is_static()) return Halt::static_violation;
    const auto& p = m.prices;
    if (p.store == StorePricing::guarded && gas <= gas_store_guard) return Halt::out_of_gas;
    const auto& key = top[0];
    const auto& value = top[-1];
    const auto slot = m.host.access_slot(m.message.recipient, key);
    if (p.store == StorePricing::simple) {
        const bool sets = slot.current.is_zero() && !value.is_zero();
        gas -= sets ? gas_store_set : p.store_reset;
        if (gas < 0) return Halt::out_of_gas;
        if (!slot.current.is_zero() && value.is_zero()) m.host.add_refund(p.store_clear_refund);
    } else {
        if (p.access_lists && !slot.was_warm) gas -= gas_cold_slot;
        gas -= net_store_price(p, slot, value);
        if (gas < 0) return Halt::out_of_gas;
        net_store_refund(m, slot, value);
    }
    if (slot.current != value) m.host.set_storage(m.message.recipient, key, value);
    return Halt::running;
}

Halt load_transient(Uint256* top, std::int64_t&, Machine& m) {
    top[0] = m.host.transient_storage(m.message.recipient, top[0]);
    return Halt::running;
}

Halt store_transient(Uint256* top, std::int64_t&, Machine& m) {
    if (m.is_static()) return Halt::static_violation;
    m.host.set_transient_storage(m.message.recipient, top[0], top[-1]);
    return Halt::running;
}

template <unsigned topics>
Halt log(Uint256* top, std::int64_t& gas, Machine& m) {
    if (m.is_static()) return Halt::static_violation;
    const auto& offset = top[0];
    const auto& size = top[-1];
    if (!need_memory(m, gas, offset, size)) return Halt::out_of_gas;
    if ((gas -= 8 * static_cast<std::int64_t>(size.words[0])) < 0) return Halt::out_of_gas;
    proto::Log entry;
    entry.address = m.message.recipient;
    entry.topics.reserve(topics);
    for (unsigned i = 0; i < topics; ++i)
        entry.topics.push_back(top[-2 - static_cast<int>(i)].to_be());
    entry.data = to_bytes(memory_view(m, offset, size));
    if (m.evm.tracer() != nullptr) m.evm.tracer()->on_log(entry);
    m.host.emit_log(std::move(entry));
    return Halt::running;
}
template Halt log<0>(Uint256*, std::int64_t&, Machine&);
template Halt log<1>(Uint256*, std::int64_t&, Machine&);
template Halt log<2>(Uint256*, std::int64_t&, Machine&);
template Halt log<3>(Uint256*, std::int64_t&, Machine&);
template Halt log<4>(Uint256*, std::int64_t&, Machine&);

Halt self_destruct(Uint256* top, std::int64_t& gas, Machine& m) {
    if (m.is_static()) return Halt::static_violation;
    const auto& self = m.message.recipient;
    const auto beneficiary = address_of(top[0]);
    gas -= m.prices.self_destruct;
    if (m.prices.access_lists && !m.host.warm_account(beneficiary)) gas -= gas_cold_account;
    // EIP-150; since EIP-161 only where something is given to an account that is empty.
    if (m.evm.fork() >= Fork::spurious_dragon) {
        if (!m.host.balance(self).is_zero() && m.host.is_empty(beneficiary)) gas -= gas_new_account;
    } else if (m.evm.fork() >= Fork::tangerine_whistle && !m.host.exists(beneficiary)) {
        gas -= gas_new_account;
    }
    if (gas < 0) return Halt::out_of_gas;
    if (m.evm.tracer() != nullptr)
        m.evm.tracer()->on_self_destruct(self, beneficiary, m.host.balance(self));
    if (m.host.self_destruct(self, beneficiary) && m.prices.self_destruct_refund != 0)
        m.host.add_refund(m.prices.self_destruct_refund);
    return Halt::success;
}

}  // namespace lucid::blockchain::evm::op
