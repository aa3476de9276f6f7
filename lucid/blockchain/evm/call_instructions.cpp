// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/machine.hpp>

#include <algorithm>

// CALL, CALLCODE, DELEGATECALL, STATICCALL, CREATE, CREATE2.

namespace lucid::blockchain::evm::op {
namespace {

constexpr std::int64_t gas_value_transfer = 9000;
constexpr std::int64_t gas_new_account = 25000;
constexpr std::int64_t gas_stipend = 2300;

/// EIP-150: a call may take all but one 64th.
std::int64_t all_but_one_64th(std::int64_t gas) {
    return gas - gas / 64;
}

/// Pays for the callee's account, the transfer and, where there is one, its delegation (EIP-7702).
bool pay_call(std::int64_t& gas, Machine& m, CallKind kind, const Address& target,
              bool gives_value) {
    if (!pay_account(gas, m, target, m.prices.call)) return false;
    if (gives_value) gas -= gas_value_transfer;
    if (kind == CallKind::call) {
        const bool makes_account = m.evm.fork() >= Fork::spurious_dragon
                                       ? gives_value && m.host.is_empty(target)
                                       : !m.host.exists(target);
        if (makes_account) gas -= gas_new_account;
    }
    if (gas < 0) return false;
    if (m.evm.fork() < Fork::prague) return true;
    const auto code = m.host.code(target);
    if (const auto delegate = delegation_of(code->bytes()))
        return pay_account(gas, m, *delegate, 0);
    return true;
}

/// Gas for the callee; nothing: out of gas.
std::optional<std::int64_t> gas_for_callee(std::int64_t gas, const Machine& m,
                                           const Uint256& wanted) {
    const bool fits = wanted.fits_u64() && wanted.words[0] <= static_cast<std::uint64_t>(gas);
    if (m.evm.fork() < Fork::tangerine_whistle) {
        if (!fits) return std::nullopt;
        return static_cast<std::int64_t>(wanted.words[0]);
    }
    const auto most = all_but_one_64th(gas);
    return fits ? std::min(static_cast<std::int64_t>(wanted.words[0]), most) : most;
}

/// Why a frame that gives `value` cannot begin; Halt::running: it can.
Halt refusal(const Machine& m, const Uint256& value) {
    if (m.message.depth + 1 > call_depth_max) return Halt::call_too_deep;
    if (!value.is_zero() && m.host.balance(m.message.recipient) < value)
        return Halt::balance_too_small;
    return Halt::running;
}

}  // namespace

template <CallKind kind>
Halt call(Uint256* top, std::int64_t& gas, Machine& m) {
    constexpr bool with_value = kind == CallKind::call || kind == CallKind::callcode;
    constexpr int first = with_value ? 3 : 2;  // operands before the memory ranges
    const auto& gas_wanted = top[0];
    const auto target = address_of(top[-1]);
    const Uint256 value = with_value ? top[-2] : Uint256{};
    const auto& in_offset = top[-first];
    const auto& in_size = top[-first - 1];
    const auto out_offset = top[-first - 2];
    const auto out_size = top[-first - 3];
    auto& result = top[-first - 3];
    const bool gives_value = !value.is_zero();
    if (kind == CallKind::call && m.is_static() && gives_value) return Halt::static_violation;
    if (!need_memory(m, gas, in_offset, in_size) || !need_memory(m, gas, out_offset, out_size) ||
        !pay_call(gas, m, kind, target, gives_value))
        return Halt::out_of_gas;
    const auto given = gas_for_callee(gas, m, gas_wanted);
    if (!given) return Halt::out_of_gas;
    gas -= *given;
    const auto callee_gas = *given + (gives_value ? gas_stipend : 0);

    m.return_data.clear();
    Message inner;
    inner.kind = kind;
    inner.depth = m.message.depth + 1;
    inner.gas = static_cast<std::uint64_t>(callee_gas);
    inner.code_address = target;
    inner.is_static = m.is_static() || kind == CallKind::staticcall;
    inner.input = memory_view(m, in_offset, in_size);
    inner.caller = kind == CallKind::delegatecall ? m.message.caller : m.message.recipient;
    inner.recipient =
        kind == CallKind::call || kind == CallKind::staticcall ? target : m.message.recipient;
    inner.value = kind == CallKind::delegatecall ? m.message.value : value;
    inner.gas_kept = static_cast<std::uint64_t>(gas);
    if (const auto why = refusal(m, value); why != Halt::running) {
        m.evm.refuse(inner, why);
        gas += callee_gas;
        result = 0;
        return Halt::running;
    }
    auto outcome = m.evm.call(inner);
    gas += static_cast<std::int64_t>(outcome.gas_left);
    m.return_data = std::move(outcome.output);
    if (!out_size.is_zero() && !m.return_data.empty())
        std::memcpy(m.memory.data() + out_offset.words[0], m.return_data.data(),
                    std::min<std::size_t>(m.return_data.size(), out_size.words[0]));
    result = outcome.status == Status::success ? 1 : 0;
    return Halt::running;
}
template Halt call<CallKind::call>(Uint256*, std::int64_t&, Machine&);
template Halt call<CallKind::callcode>(Uint256*, std::int64_t&, Machine&);
template Halt call<CallKind::delegatecall>(Uint256*, std::int64_t&, Machine&);
template Halt call<CallKind::staticcall>(Uint256*, std::int64_t&, Machine&);

template <CallKind kind>
Halt create(Uint256* top, std::int64_t& gas, Machine& m) {
    if (m.is_static()) return Halt::static_violation;
    const auto& value = top[0];
    const auto& offset = top[-1];
    const auto& size = top[-2];
    auto& result = top[kind == CallKind::create2 ? -3 : -2];
    const auto fork = m.evm.fork();
    if (!need_memory(m, gas, offset, size)) return Halt::out_of_gas;
    std::int64_t word_price = kind == CallKind::create2 ? 6 : 0;
    if (fork >= Fork::shanghai) {
        if (size.words[0] > initcode_bytes_max) return Halt::initcode_too_large;
        word_price += 2;
    }
    if (!pay_words(gas, word_price, size)) return Halt::out_of_gas;
    m.return_data.clear();
    const auto& self = m.message.recipient;
    const auto nonce = m.host.nonce(self);
    const auto given = fork >= Fork::tangerine_whistle ? all_but_one_64th(gas) : gas;
    gas -= given;
    Message inner;
    inner.kind = kind;
    inner.depth = m.message.depth + 1;
    inner.input = memory_view(m, offset, size);
    inner.gas = static_cast<std::uint64_t>(given);
    inner.caller = self;
    inner.value = value;
    inner.recipient = kind == CallKind::create2
                          ? create2_address(self, top[-3].to_be(), inner.input)
                          : create_address(self, nonce);
    inner.code_address = inner.recipient;
    inner.gas_kept = static_cast<std::uint64_t>(gas);
    auto why = refusal(m, value);
    if (why == Halt::running && nonce == UINT64_MAX) why = Halt::nonce_overflow;
    if (why != Halt::running) {
        m.evm.refuse(inner, why);
        gas += given;
        result = 0;
        return Halt::running;
    }
    m.host.set_nonce(self, nonce + 1);
    if (m.prices.access_lists) (void)m.host.warm_account(inner.recipient);
    auto outcome = m.evm.create(inner);
    gas += static_cast<std::int64_t>(outcome.gas_left);
    if (outcome.status == Status::revert) m.return_data = std::move(outcome.output);
    result = outcome.status == Status::success ? word_of(outcome.created) : Uint256{};
    return Halt::running;
}
template Halt create<CallKind::create>(Uint256*, std::int64_t&, Machine&);
template Halt create<CallKind::create2>(Uint256*, std::int64_t&, Machine&);

}  // namespace lucid::blockchain::evm::op
