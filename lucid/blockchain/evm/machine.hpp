// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One running frame, and how its instructions follow each other. Private to this folder.
///
/// Every instruction is a small function of the same five arguments, which live in registers, and
/// ends by calling the next one in tail position (clang). Where the compiler cannot promise that
/// (g++ 12), it returns those arguments to a loop; the bodies are the same.

#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/blockchain/evm/prices.hpp>

// Sanitizers cannot instrument the calling convention (clang 19): they check the loop.
#if defined(__clang__) && !defined(LUCID_EVM_PORTABLE)
#if __has_cpp_attribute(clang::musttail) && __has_attribute(preserve_none) && \
    !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
#define LUCID_EVM_TAIL_CALLS 1
#endif
#endif
#ifndef LUCID_EVM_TAIL_CALLS
#define LUCID_EVM_TAIL_CALLS 0
#endif

namespace lucid::blockchain::evm {

struct DispatchTable;

struct Machine {
    Evm& evm;
    Host& host;
    const Message& message;
    const Code& code;
    const Prices& prices;
    /// Slot under the first item: height = top - floor.
    Uint256* floor;
    Memory& memory;
    const DispatchTable* plain;  ///< without tracing
    Bytes return_data{};
    Bytes output{};
    Halt halt = Halt::running;
    std::int64_t gas_left = 0;

    [[nodiscard]] bool is_static() const { return message.is_static; }
};

// pc: the instruction; top: the uppermost item; gas: what is left, before it is paid for.
#define LUCID_EVM_PARAMETERS                                                \
    [[maybe_unused]] const std::uint8_t *pc, [[maybe_unused]] Uint256 *top, \
        [[maybe_unused]] std::int64_t gas, [[maybe_unused]] Machine *m,     \
        [[maybe_unused]] const DispatchTable *table

#if LUCID_EVM_TAIL_CALLS
using Next = void;
#define LUCID_EVM_CONVENTION __attribute__((preserve_none))
#define LUCID_EVM_HALT(why) \
    do {                    \
        m->halt = (why);    \
        m->gas_left = gas;  \
        return;             \
    } while (false)
#define LUCID_EVM_NEXT(next_pc) \
    pc = (next_pc);             \
    [[clang::musttail]] return table->handlers[*pc](pc, top, gas, m, table)
#else
struct Next {
    const std::uint8_t* pc;
    Uint256* top;
    std::int64_t gas;
};
#define LUCID_EVM_CONVENTION
#define LUCID_EVM_HALT(why)        \
    do {                           \
        m->halt = (why);           \
        m->gas_left = gas;         \
        return Next{pc, top, gas}; \
    } while (false)
#define LUCID_EVM_NEXT(next_pc) \
    return Next {               \
        (next_pc), top, gas     \
    }
#endif

using Handler = Next(LUCID_EVM_CONVENTION*)(const std::uint8_t*, Uint256*, std::int64_t, Machine*,
                                            const DispatchTable*);

struct DispatchTable {
    std::array<Handler, 256> handlers;
};

/// Instructions of a fork.
[[nodiscard]] const DispatchTable& dispatch_table(Fork fork);

/// What is checked before every instruction: stack, then constant gas.
template <std::uint8_t op>
[[gnu::always_inline]] inline Halt check(const Uint256* top, std::int64_t& gas, const Machine* m) {
    constexpr auto instruction = instructions[op];
    static_assert(instruction.name != nullptr);
    if constexpr (instruction.taken > 0)
        if (top - m->floor < instruction.taken) [[unlikely]]
            return Halt::stack_underflow;
    if constexpr (instruction.change > 0)
        if (top - m->floor > static_cast<std::ptrdiff_t>(stack_max) - instruction.change)
            [[unlikely]]
            return Halt::stack_overflow;
    if constexpr (instruction.gas > 0)
        if ((gas -= instruction.gas) < 0) [[unlikely]]
            return Halt::out_of_gas;
    return Halt::running;
}

#define LUCID_EVM_PROLOGUE(op)                                                              \
    if (const auto refused = check<op>(top, gas, m); refused != Halt::running) [[unlikely]] \
    LUCID_EVM_HALT(refused)

/// An instruction that only looks at its operands and the frame.
template <std::uint8_t op, auto body>
LUCID_EVM_CONVENTION Next simple(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(op);
    if constexpr (requires { body(top); })
        body(top);
    else
        body(top, *m);
    top += instructions[op].change;
    LUCID_EVM_NEXT(pc + 1);
}

/// An instruction that can fail, has a price of its own or reaches outside.
template <std::uint8_t op, auto body>
LUCID_EVM_CONVENTION Next full(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(op);
    if (const auto halt = body(top, gas, *m); halt != Halt::running) [[unlikely]]
        LUCID_EVM_HALT(halt);
    top += instructions[op].change;
    LUCID_EVM_NEXT(pc + 1);
}

/// Low 20 bytes of a word.
[[nodiscard]] inline Address address_of(const Uint256& word) {
    std::array<std::uint8_t, 32> bytes;
    word.store_be(bytes.data());
    Address address;
    std::memcpy(address.data(), bytes.data() + 12, 20);
    return address;
}
[[nodiscard]] inline Uint256 word_of(const Address& address) {
    std::array<std::uint8_t, 32> bytes{};
    std::memcpy(bytes.data() + 12, address.data(), 20);
    return Uint256::load_be(bytes.data());
}

// Memory. Beyond 4 GiB no block can pay for it.
inline constexpr std::uint64_t memory_offset_max = UINT32_MAX;

/// Pays for and grows memory to `end` bytes; false: out of gas.
bool grow_memory(Machine& m, std::int64_t& gas, std::uint64_t end);

/// Makes room for `size` bytes at `offset`; false: out of gas.
[[nodiscard]] inline bool need_memory(Machine& m, std::int64_t& gas, const Uint256& offset,
                                      std::uint64_t size) {
    if (!offset.fits_u64() || offset.words[0] > memory_offset_max) [[unlikely]]
        return false;
    const auto end = offset.words[0] + size;
    if (end > m.memory.size()) [[unlikely]]
        return grow_memory(m, gas, end);
    return true;
}
/// The same for a size that the code gave; nothing is needed for nothing, wherever it lies.
[[nodiscard]] inline bool need_memory(Machine& m, std::int64_t& gas, const Uint256& offset,
                                      const Uint256& size) {
    if (size.is_zero()) return true;
    if (!size.fits_u64() || size.words[0] > memory_offset_max) return false;
    return need_memory(m, gas, offset, size.words[0]);
}
/// A range that need_memory() has made room for.
[[nodiscard]] inline ByteView memory_view(Machine& m, const Uint256& offset, const Uint256& size) {
    if (size.is_zero()) return {};
    return {m.memory.data() + offset.words[0], size.words[0]};
}
/// `price` for each word of 32 bytes; false: out of gas. `size` was accepted by need_memory().
[[nodiscard]] inline bool pay_words(std::int64_t& gas, std::int64_t price, const Uint256& size) {
    gas -= price * static_cast<std::int64_t>((size.words[0] + 31) / 32);
    return gas >= 0;
}

// Instructions with out-of-line bodies, by file.
namespace op {
// memory_instructions.cpp
Halt keccak(Uint256* top, std::int64_t& gas, Machine& m);
Halt copy_calldata(Uint256* top, std::int64_t& gas, Machine& m);
Halt copy_code(Uint256* top, std::int64_t& gas, Machine& m);
Halt copy_external_code(Uint256* top, std::int64_t& gas, Machine& m);
Halt copy_return_data(Uint256* top, std::int64_t& gas, Machine& m);
Halt copy_memory(Uint256* top, std::int64_t& gas, Machine& m);
// world_instructions.cpp
Halt balance(Uint256* top, std::int64_t& gas, Machine& m);
Halt external_code_size(Uint256* top, std::int64_t& gas, Machine& m);
Halt external_code_hash(Uint256* top, std::int64_t& gas, Machine& m);
Halt load_storage(Uint256* top, std::int64_t& gas, Machine& m);
Halt store_storage(Uint256* top, std::int64_t& gas, Machine& m);
Halt load_transient(Uint256* top, std::int64_t& gas, Machine& m);
Halt store_transient(Uint256* top, std::int64_t& gas, Machine& m);
template <unsigned topics>
Halt log(Uint256* top, std::int64_t& gas, Machine& m);
Halt self_destruct(Uint256* top, std::int64_t& gas, Machine& m);
/// Charges for touching an account whose flat price was `flat` before EIP-2929.
bool pay_account(std::int64_t& gas, Machine& m, const Address& address, std::int64_t flat);
// call_instructions.cpp
template <CallKind kind>
Halt call(Uint256* top, std::int64_t& gas, Machine& m);
template <CallKind kind>
Halt create(Uint256* top, std::int64_t& gas, Machine& m);
}  // namespace op

}  // namespace lucid::blockchain::evm
