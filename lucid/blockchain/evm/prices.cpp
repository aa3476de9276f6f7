// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/prices.hpp>
#include <lucid/blockchain/evm/tracer.hpp>

namespace lucid::blockchain::evm {
namespace {

constexpr Prices make_prices(Fork fork) {
    Prices p;
    p.fork = fork;
    p.access_lists = fork >= Fork::berlin;
    p.exponent_byte = fork >= Fork::spurious_dragon ? 50 : 10;
    p.self_destruct = fork >= Fork::tangerine_whistle ? 5000 : 0;
    p.self_destruct_refund = fork >= Fork::london ? 0 : 24000;
    if (fork >= Fork::istanbul) {
        p.sload = 800;
        p.balance = 700;
        p.external_code_hash = 700;
    } else if (fork >= Fork::tangerine_whistle) {
        p.sload = 200;
        p.balance = 400;
        p.external_code_hash = 400;
    } else {
        p.sload = 50;
        p.balance = 20;
    }
    p.external_code = fork >= Fork::tangerine_whistle ? 700 : 20;
    p.call = fork >= Fork::tangerine_whistle ? 700 : 40;
    p.store = fork >= Fork::istanbul         ? StorePricing::guarded
              : fork == Fork::constantinople ? StorePricing::net_metered
                                             : StorePricing::simple;
    p.store_read = fork >= Fork::berlin ? gas_warm_access : p.sload;
    p.store_reset = fork >= Fork::berlin ? 5000 - gas_cold_slot : 5000;
    p.store_clear_refund = fork >= Fork::london ? 4800 : 15000;
    return p;
}

constexpr auto all_prices = [] {
    std::array<Prices, proto::fork_names.size()> out{};
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = make_prices(static_cast<Fork>(i));
    return out;
}();

}  // namespace

const Prices& prices_of(Fork fork) {
    return all_prices[static_cast<std::size_t>(fork)];
}

const char* name_of_instruction(std::uint8_t op) {
    return instructions[op].name;
}

const char* text_of(Halt halt) {
    switch (halt) {
        case Halt::running:
        case Halt::success:
            return "";
        case Halt::revert:
            return "execution reverted";
        case Halt::out_of_gas:
            return "out of gas";
        case Halt::stack_underflow:
            return "stack underflow";
        case Halt::stack_overflow:
            return "stack limit reached 1024 (1023)";
        case Halt::undefined_instruction:
        case Halt::invalid_instruction:
            return "invalid opcode";
        case Halt::bad_jump:
            return "invalid jump destination";
        case Halt::static_violation:
            return "write protection";
        case Halt::return_data_out_of_bounds:
            return "return data out of bounds";
        case Halt::precompile_failed:
            return "precompile failed";
        case Halt::address_collision:
            return "contract address collision";
        case Halt::code_too_large:
            return "max code size exceeded";
        case Halt::initcode_too_large:
            return "max initcode size exceeded";
        case Halt::bad_code:
            return "invalid code: must not begin with 0xef";
        case Halt::code_deposit_out_of_gas:
            return "contract creation code storage out of gas";
        case Halt::nonce_overflow:
            return "nonce uint64 overflow";
        case Halt::call_too_deep:
            return "max call depth exceeded";
        case Halt::balance_too_small:
            return "insufficient balance for transfer";
    }
    return "";
}

}  // namespace lucid::blockchain::evm
