// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Prices that forks changed, and the instruction set of each (Yellow Paper, Appendix G and H;
/// EIP-150, 160, 1283, 1884, 2200, 2929, 3529).

#include <lucid/blockchain/proto/fork.hpp>

#include <array>

namespace lucid::blockchain::evm {

using proto::Fork;

inline constexpr std::int64_t gas_warm_access = 100;
inline constexpr std::int64_t gas_cold_account = 2600;
inline constexpr std::int64_t gas_cold_slot = 2100;

/// How SSTORE is priced.
enum class StorePricing : std::uint8_t {
    simple,       ///< Frontier – Byzantium, Petersburg
    net_metered,  ///< Constantinople (EIP-1283)
    guarded       ///< Istanbul on (EIP-2200)
};

struct Prices {
    Fork fork = Fork::prague;
    bool access_lists = true;  ///< EIP-2929: cold and warm; the next four are then not used
    std::int64_t sload = 0;
    std::int64_t balance = 0;
    std::int64_t external_code = 0;
    std::int64_t external_code_hash = 0;
    std::int64_t call = 0;
    std::int64_t self_destruct = 5000;
    std::int64_t exponent_byte = 50;
    StorePricing store = StorePricing::guarded;
    std::int64_t store_read = 100;    ///< SLOAD part of SSTORE
    std::int64_t store_reset = 2900;  ///< non-zero to something else
    std::int64_t store_clear_refund = 4800;
    std::int64_t self_destruct_refund = 0;
};

[[nodiscard]] const Prices& prices_of(Fork fork);

/// What is constant about an instruction.
struct Instruction {
    const char* name = nullptr;
    std::uint8_t taken = 0;  ///< items it needs
    std::int8_t change = 0;  ///< of the stack's height
    std::int16_t gas = 0;    ///< constant part, where all forks agree
    Fork since = Fork::frontier;
};

namespace detail {
consteval std::array<Instruction, 256> make_instructions() {
    std::array<Instruction, 256> t{};
    const auto set = [&](unsigned op, const char* name, int taken, int put, int gas,
                         Fork since = Fork::frontier) {
        t[op] = {name, static_cast<std::uint8_t>(taken), static_cast<std::int8_t>(put - taken),
                 static_cast<std::int16_t>(gas), since};
    };
    set(0x00, "STOP", 0, 0, 0);
    set(0x01, "ADD", 2, 1, 3);
    set(0x02, "MUL", 2, 1, 5);
    set(0x03, "SUB", 2, 1, 3);
    set(0x04, "DIV", 2, 1, 5);
    set(0x05, "SDIV", 2, 1, 5);
    set(0x06, "MOD", 2, 1, 5);
    set(0x07, "SMOD", 2, 1, 5);
    set(0x08, "ADDMOD", 3, 1, 8);
    set(0x09, "MULMOD", 3, 1, 8);
    set(0x0a, "EXP", 2, 1, 10);
    set(0x0b, "SIGNEXTEND", 2, 1, 5);
    set(0x10, "LT", 2, 1, 3);
    set(0x11, "GT", 2, 1, 3);
    set(0x12, "SLT", 2, 1, 3);
    set(0x13, "SGT", 2, 1, 3);
    set(0x14, "EQ", 2, 1, 3);
    set(0x15, "ISZERO", 1, 1, 3);
    set(0x16, "AND", 2, 1, 3);
    set(0x17, "OR", 2, 1, 3);
    set(0x18, "XOR", 2, 1, 3);
    set(0x19, "NOT", 1, 1, 3);
    set(0x1a, "BYTE", 2, 1, 3);
    set(0x1b, "SHL", 2, 1, 3, Fork::constantinople);
    set(0x1c, "SHR", 2, 1, 3, Fork::constantinople);
    set(0x1d, "SAR", 2, 1, 3, Fork::constantinople);
    set(0x1e, "CLZ", 1, 1, 5, Fork::osaka);
    set(0x20, "KECCAK256", 2, 1, 30);
    set(0x30, "ADDRESS", 0, 1, 2);
    set(0x31, "BALANCE", 1, 1, 0);
    set(0x32, "ORIGIN", 0, 1, 2);
    set(0x33, "CALLER", 0, 1, 2);
    set(0x34, "CALLVALUE", 0, 1, 2);
    set(0x35, "CALLDATALOAD", 1, 1, 3);
    set(0x36, "CALLDATASIZE", 0, 1, 2);
    set(0x37, "CALLDATACOPY", 3, 0, 3);
    set(0x38, "CODESIZE", 0, 1, 2);
    set(0x39, "CODECOPY", 3, 0, 3);
    set(0x3a, "GASPRICE", 0, 1, 2);
    set(0x3b, "EXTCODESIZE", 1, 1, 0);
    set(0x3c, "EXTCODECOPY", 4, 0, 0);
    set(0x3d, "RETURNDATASIZE", 0, 1, 2, Fork::byzantium);
    set(0x3e, "RETURNDATACOPY", 3, 0, 3, Fork::byzantium);
    set(0x3f, "EXTCODEHASH", 1, 1, 0, Fork::constantinople);
    set(0x40, "BLOCKHASH", 1, 1, 20);
    set(0x41, "COINBASE", 0, 1, 2);
    set(0x42, "TIMESTAMP", 0, 1, 2);
    set(0x43, "NUMBER", 0, 1, 2);
    set(0x44, "DIFFICULTY", 0, 1, 2);
    set(0x45, "GASLIMIT", 0, 1, 2);
    set(0x46, "CHAINID", 0, 1, 2, Fork::istanbul);
    set(0x47, "SELFBALANCE", 0, 1, 5, Fork::istanbul);
    set(0x48, "BASEFEE", 0, 1, 2, Fork::london);
    set(0x49, "BLOBHASH", 1, 1, 3, Fork::cancun);
    set(0x4a, "BLOBBASEFEE", 0, 1, 2, Fork::cancun);
    set(0x50, "POP", 1, 0, 2);
    set(0x51, "MLOAD", 1, 1, 3);
    set(0x52, "MSTORE", 2, 0, 3);
    set(0x53, "MSTORE8", 2, 0, 3);
    set(0x54, "SLOAD", 1, 1, 0);
    set(0x55, "SSTORE", 2, 0, 0);
    set(0x56, "JUMP", 1, 0, 8);
    set(0x57, "JUMPI", 2, 0, 10);
    set(0x58, "PC", 0, 1, 2);
    set(0x59, "MSIZE", 0, 1, 2);
    set(0x5a, "GAS", 0, 1, 2);
    set(0x5b, "JUMPDEST", 0, 0, 1);
    set(0x5c, "TLOAD", 1, 1, 100, Fork::cancun);
    set(0x5d, "TSTORE", 2, 0, 100, Fork::cancun);
    set(0x5e, "MCOPY", 3, 0, 3, Fork::cancun);
    set(0x5f, "PUSH0", 0, 1, 2, Fork::shanghai);
    constexpr std::array push = {
        "PUSH1",  "PUSH2",  "PUSH3",  "PUSH4",  "PUSH5",  "PUSH6",  "PUSH7",  "PUSH8",
        "PUSH9",  "PUSH10", "PUSH11", "PUSH12", "PUSH13", "PUSH14", "PUSH15", "PUSH16",
        "PUSH17", "PUSH18", "PUSH19", "PUSH20", "PUSH21", "PUSH22", "PUSH23", "PUSH24",
        "PUSH25", "PUSH26", "PUSH27", "PUSH28", "PUSH29", "PUSH30", "PUSH31", "PUSH32"};
    for (unsigned n = 0; n < 32; ++n) set(0x60 + n, push[n], 0, 1, 3);
    constexpr std::array dup = {"DUP1",  "DUP2",  "DUP3",  "DUP4",  "DUP5",  "DUP6",
                                "DUP7",  "DUP8",  "DUP9",  "DUP10", "DUP11", "DUP12",
                                "DUP13", "DUP14", "DUP15", "DUP16"};
    constexpr std::array swap = {"SWAP1",  "SWAP2",  "SWAP3",  "SWAP4",  "SWAP5",  "SWAP6",
                                 "SWAP7",  "SWAP8",  "SWAP9",  "SWAP10", "SWAP11", "SWAP12",
                                 "SWAP13", "SWAP14", "SWAP15", "SWAP16"};
    for (int n = 0; n < 16; ++n) {
        set(static_cast<unsigned>(0x80 + n), dup[static_cast<unsigned>(n)], n + 1, n + 2, 3);
        set(static_cast<unsigned>(0x90 + n), swap[static_cast<unsigned>(n)], n + 2, n + 2, 3);
    }
    constexpr std::array log = {"LOG0", "LOG1", "LOG2", "LOG3", "LOG4"};
    for (int n = 0; n < 5; ++n)
        set(static_cast<unsigned>(0xa0 + n), log[static_cast<unsigned>(n)], n + 2, 0,
            375 * (n + 1));
    set(0xf0, "CREATE", 3, 1, 32000);
    set(0xf1, "CALL", 7, 1, 0);
    set(0xf2, "CALLCODE", 7, 1, 0);
    set(0xf3, "RETURN", 2, 0, 0);
    set(0xf4, "DELEGATECALL", 6, 1, 0, Fork::homestead);
    set(0xf5, "CREATE2", 4, 1, 32000, Fork::constantinople);
    set(0xfa, "STATICCALL", 6, 1, 0, Fork::byzantium);
    set(0xfd, "REVERT", 2, 0, 0, Fork::byzantium);
    set(0xfe, "INVALID", 0, 0, 0);
    set(0xff, "SELFDESTRUCT", 1, 0, 0);
    return t;
}
}  // namespace detail

inline constexpr auto instructions = detail::make_instructions();

}  // namespace lucid::blockchain::evm
