// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/blockchain/proto/header.hpp>

namespace lucid::blockchain::evm {

enum class CallKind : std::uint8_t { call, callcode, delegatecall, staticcall, create, create2 };

enum class Status : std::uint8_t { success, revert, failure };

/// Why a frame ended; everything behind `revert` is a failure that takes all gas.
enum class Halt : std::uint8_t {
    running,
    success,
    revert,
    out_of_gas,
    stack_underflow,
    stack_overflow,
    undefined_instruction,
    invalid_instruction,  ///< 0xfe
    bad_jump,
    static_violation,
    return_data_out_of_bounds,
    precompile_failed,
    address_collision,
    code_too_large,
    initcode_too_large,
    bad_code,  ///< starts with 0xef (EIP-3541)
    code_deposit_out_of_gas,
    nonce_overflow,
    call_too_deep,
    balance_too_small
};

/// As geth words it in traces and errors.
[[nodiscard]] const char* text_of(Halt halt);

struct Outcome {
    Status status = Status::failure;
    Halt halt = Halt::out_of_gas;
    std::uint64_t gas_left = 0;
    Bytes output;
    proto::Address created{};

    static Outcome failed(Halt why) { return {Status::failure, why, 0, {}, {}}; }
    /// It did not begin.
    static Outcome refused(Halt why, std::uint64_t gas) {
        return {Status::failure, why, gas, {}, {}};
    }
    static Outcome succeeded(std::uint64_t gas_left, Bytes output = {}) {
        return {Status::success, Halt::success, gas_left, std::move(output), {}};
    }
};

}  // namespace lucid::blockchain::evm
