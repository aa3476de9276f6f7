// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/frame.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

// CALL, CALLCODE, DELEGATECALL, STATICCALL, CREATE, CREATE2.

namespace lucid::blockchain::evm {
namespace {

constexpr std::uint64_t gas_value_transfer = 9000;
constexpr std::uint64_t gas_new_account = 25000;
constexpr std::uint64_t gas_stipend = 2300;

/// EIP-150: a call may take all but one 64th.
std::uint64_t all_but_one_64th(std::int64_t gas) {
    const auto available = static_cast<std::uint64_t>(gas);
    return available - available / 64;
}

}  // namespace

bool Frame::call(std::uint8_t op) {
    const auto gas_wanted = pop();
    const auto target = address_of(pop());
    const bool with_value = op == 0xf1 || op == 0xf2;
    const Uint256 value = with_value ? pop() : Uint256{};
    const auto in_offset = pop();
    const auto in_size = pop();
    const auto out_offset = pop();
    const auto out_size = pop();
    if (op == 0xf1 && message.is_static && !value.is_zero()) return false;

    std::uint64_t price = host.warm_account(target) ? 100 : 2600;
    if (!value.is_zero()) {
        price += gas_value_transfer;
        if (op == 0xf1 && host.is_empty(target)) price += gas_new_account;
    }
    if (!grow(in_offset, in_size) || !grow(out_offset, out_size) || !charge(price)) return false;
    // EIP-7702: following a delegation costs another account access.
    if (const auto delegate = delegation_of(host.code(target)))
        if (!charge(host.warm_account(*delegate) ? 100 : 2600)) return false;

    const auto most = all_but_one_64th(gas);
    auto given = gas_wanted.fits_u64() ? std::min(gas_wanted.words[0], most) : most;
    if (!charge(given)) return false;
    if (!value.is_zero()) given += gas_stipend;

    return_data.clear();
    if (message.depth + 1 > call_depth_max ||
        (!value.is_zero() && host.balance(message.recipient) < value)) {
        gas += static_cast<std::int64_t>(given);
        push(0);
        return true;
    }
    Message inner;
    inner.depth = message.depth + 1;
    inner.gas = given;
    inner.code_address = target;
    inner.is_static = message.is_static || op == 0xfa;
    inner.input = to_bytes(slice(in_offset, in_size));
    inner.caller = message.recipient;
    inner.recipient = op == 0xf1 || op == 0xfa ? target : message.recipient;
    inner.value = value;
    if (op == 0xf4) {
        inner.caller = message.caller;
        inner.value = message.value;
        inner.transfers = false;
    }
    auto outcome = evm.call(inner);
    gas += static_cast<std::int64_t>(outcome.gas_left);
    return_data = std::move(outcome.output);
    if (!out_size.is_zero())
        std::copy_n(return_data.begin(),
                    std::min<std::size_t>(return_data.size(), out_size.words[0]),
                    memory.begin() + static_cast<std::ptrdiff_t>(out_offset.words[0]));
    push(outcome.status == Status::success ? 1 : 0);
    return true;
}

bool Frame::create(std::uint8_t op) {
    if (message.is_static) return false;
    const auto value = pop();
    const auto offset = pop();
    const auto size = pop();
    const auto salt = op == 0xf5 ? pop() : Uint256{};
    if (!size.fits_u64() || size.words[0] > initcode_bytes_max) return false;
    if (!charge_words(op == 0xf5 ? 8 : 2, size) || !grow(offset, size)) return false;
    return_data.clear();
    const auto& self = message.recipient;
    const auto nonce = host.nonce(self);
    if (message.depth + 1 > call_depth_max || host.balance(self) < value || nonce == UINT64_MAX) {
        push(0);
        return true;
    }
    Message inner;
    inner.depth = message.depth + 1;
    inner.input = to_bytes(slice(offset, size));
    inner.gas = all_but_one_64th(gas);
    inner.caller = self;
    inner.value = value;
    inner.recipient =
        op == 0xf5 ? create2_address(self, salt.to_be(), inner.input) : create_address(self, nonce);
    inner.code_address = inner.recipient;
    if (!charge(inner.gas)) return false;
    host.set_nonce(self, nonce + 1);
    (void)host.warm_account(inner.recipient);
    auto outcome = evm.create(inner);
    gas += static_cast<std::int64_t>(outcome.gas_left);
    if (outcome.status == Status::revert) return_data = std::move(outcome.output);
    push(outcome.status == Status::success ? Uint256::from_be(outcome.created) : Uint256{});
    return true;
}

}  // namespace lucid::blockchain::evm
