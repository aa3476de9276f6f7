// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/machine.hpp>
#include <lucid/blockchain/evm/tracer.hpp>

#include <algorithm>

// Instructions of one or two lines, control flow, and the tables by which they are found.

namespace lucid::blockchain::evm {
namespace {

unsigned shift_of(const Uint256& by) {
    return by.fits_u64() && by.words[0] < 256 ? static_cast<unsigned>(by.words[0]) : 256U;
}
Uint256 boolean(bool value) {
    return value ? 1 : 0;
}

/// 32 bytes at an offset, zeros behind the end.
Uint256 word_at(ByteView bytes, const Uint256& offset) {
    if (!offset.fits_u64() || offset.words[0] >= bytes.size()) return {};
    const auto rest = bytes.subspan(offset.words[0]);
    if (rest.size() >= 32) return Uint256::load_be(rest.data());
    ByteArray<32> out{};
    std::copy(rest.begin(), rest.end(), out.begin());
    return Uint256::load_be(out.data());
}

Halt exponentiate(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto bytes = (top[-1].bit_length() + 7) / 8;
    if ((gas -= m.prices.exponent_byte * bytes) < 0) return Halt::out_of_gas;
    top[-1] = power(top[0], top[-1]);
    return Halt::running;
}

Halt load_memory(Uint256* top, std::int64_t& gas, Machine& m) {
    if (!need_memory(m, gas, top[0], 32)) return Halt::out_of_gas;
    top[0] = Uint256::load_be(m.memory.data() + top[0].words[0]);
    return Halt::running;
}
Halt store_memory(Uint256* top, std::int64_t& gas, Machine& m) {
    if (!need_memory(m, gas, top[0], 32)) return Halt::out_of_gas;
    top[-1].store_be(m.memory.data() + top[0].words[0]);
    return Halt::running;
}
Halt store_memory_byte(Uint256* top, std::int64_t& gas, Machine& m) {
    if (!need_memory(m, gas, top[0], 1)) return Halt::out_of_gas;
    m.memory.data()[top[0].words[0]] = static_cast<std::uint8_t>(top[-1].words[0]);
    return Halt::running;
}

Uint256 hash_of_block(Machine& m, const Uint256& number) {
    const auto now = m.evm.block().number;
    if (!number.fits_u64() || number.words[0] >= now || now - number.words[0] > 256) return {};
    return Uint256::load_be(m.host.block_hash(number.words[0]).data());
}

template <std::uint8_t op>
LUCID_EVM_CONVENTION Next push(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(op);
    constexpr std::size_t size = op - 0x5f;
    constexpr std::size_t whole = size / 8;
    constexpr std::size_t rest = size % 8;
    const auto load = [](const std::uint8_t* at) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, 8);
        return __builtin_bswap64(word);
    };
    ++top;
    Uint256 value;
    // The padding behind the code lets the first word be read whole.
    if constexpr (rest > 0) value.words[whole] = load(pc + 1) >> (64 - 8 * rest);
    for (std::size_t i = 0; i < whole; ++i) value.words[i] = load(pc + 1 + size - 8 * (i + 1));
    *top = value;
    LUCID_EVM_NEXT(pc + 1 + size);
}

/// An item on its way from one slot to another: four words, each in a register.
struct Carried {
    std::uint64_t w0, w1, w2, w3;

    // WHY: word by word; what was stored so a moment ago cannot be forwarded to a wider load. The
    // compiler may not know that these words are neighbours in memory, or it makes two loads of
    // four.
    explicit Carried(const Uint256& from)
        : w0(from.words[0]), w1(from.words[1]), w2(from.words[2]), w3(from.words[3]) {
        __asm__("" : "+r"(w0), "+r"(w1), "+r"(w2), "+r"(w3));
    }
    void store(Uint256& to) const {
        to.words[0] = w0;
        to.words[1] = w1;
        to.words[2] = w2;
        to.words[3] = w3;
    }
};

template <std::uint8_t op>
void duplicate(Uint256* top) {
    Carried(top[-(op - 0x80)]).store(top[1]);
}
template <std::uint8_t op>
void swap(Uint256* top) {
    auto& other = top[-(op - 0x8f)];
    const Carried a(top[0]);
    const Carried b(other);
    b.store(top[0]);
    a.store(other);
}

LUCID_EVM_CONVENTION Next jump(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(0x56);
    const auto& to = *top--;
    if (!to.fits_u64() || !m->code.is_jump_destination(to.words[0])) [[unlikely]]
        LUCID_EVM_HALT(Halt::bad_jump);
    LUCID_EVM_NEXT(m->code.begin() + to.words[0]);
}

LUCID_EVM_CONVENTION Next jump_if(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(0x57);
    top -= 2;
    if (top[1].is_zero()) {
        LUCID_EVM_NEXT(pc + 1);
    }
    const auto& to = top[2];
    if (!to.fits_u64() || !m->code.is_jump_destination(to.words[0])) [[unlikely]]
        LUCID_EVM_HALT(Halt::bad_jump);
    LUCID_EVM_NEXT(m->code.begin() + to.words[0]);
}

LUCID_EVM_CONVENTION Next jump_destination(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(0x5b);
    LUCID_EVM_NEXT(pc + 1);
}
LUCID_EVM_CONVENTION Next program_counter(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(0x58);
    *++top = static_cast<std::uint64_t>(pc - m->code.begin());
    LUCID_EVM_NEXT(pc + 1);
}
LUCID_EVM_CONVENTION Next gas_left(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_PROLOGUE(0x5a);
    *++top = static_cast<std::uint64_t>(gas);
    LUCID_EVM_NEXT(pc + 1);
}

LUCID_EVM_CONVENTION Next stop(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_HALT(Halt::success);
}
LUCID_EVM_CONVENTION Next undefined(LUCID_EVM_PARAMETERS) {
    LUCID_EVM_HALT(*pc == 0xfe ? Halt::invalid_instruction : Halt::undefined_instruction);
}
template <Halt how>
Halt leave(Uint256* top, std::int64_t& gas, Machine& m) {
    if (!need_memory(m, gas, top[0], top[-1])) return Halt::out_of_gas;
    m.output = to_bytes(memory_view(m, top[0], top[-1]));
    return how;
}

LUCID_EVM_CONVENTION Next trace_step(LUCID_EVM_PARAMETERS) {
    const auto height = static_cast<std::size_t>(top - m->floor);
    m->evm.tracer()->on_step(
        Step{static_cast<std::size_t>(pc - m->code.begin()), *pc, static_cast<std::uint64_t>(gas),
             m->message.depth, std::span<const Uint256>(m->floor + 1, height),
             ByteView(m->memory.data(), m->memory.size()), m->return_data, m->message});
#if LUCID_EVM_TAIL_CALLS
    [[clang::musttail]] return m->plain->handlers[*pc](pc, top, gas, m, table);
#else
    return m->plain->handlers[*pc](pc, top, gas, m, table);
#endif
}

using Table = std::array<Handler, 256>;

template <std::size_t... i>
void add_numbered(Table& t, std::index_sequence<i...>) {
    ((t[0x60 + 2 * i] = push<0x60 + 2 * i>), ...);
    ((t[0x61 + 2 * i] = push<0x61 + 2 * i>), ...);
    ((t[0x80 + i] = simple<0x80 + i, duplicate<0x80 + i>>), ...);
    ((t[0x90 + i] = simple<0x90 + i, swap<0x90 + i>>), ...);
}

void add_arithmetic(Table& t) {
    t[0x01] = simple<0x01, [](Uint256* s) { s[-1] = s[0] + s[-1]; }>;
    t[0x02] = simple<0x02, [](Uint256* s) { s[-1] = s[0] * s[-1]; }>;
    t[0x03] = simple<0x03, [](Uint256* s) { s[-1] = s[0] - s[-1]; }>;
    t[0x04] = simple<0x04, [](Uint256* s) { s[-1] = divide(s[0], s[-1]).quotient; }>;
    t[0x05] = simple<0x05, [](Uint256* s) { s[-1] = signed_divide(s[0], s[-1]); }>;
    t[0x06] = simple<0x06, [](Uint256* s) { s[-1] = divide(s[0], s[-1]).remainder; }>;
    t[0x07] = simple<0x07, [](Uint256* s) { s[-1] = signed_modulo(s[0], s[-1]); }>;
    t[0x08] = simple<0x08, [](Uint256* s) { s[-2] = add_modulo(s[0], s[-1], s[-2]); }>;
    t[0x09] = simple<0x09, [](Uint256* s) { s[-2] = multiply_modulo(s[0], s[-1], s[-2]); }>;
    t[0x0a] = full<0x0a, exponentiate>;
    t[0x0b] = simple<0x0b, [](Uint256* s) { sign_extend(s[0], s[-1]); }>;
    t[0x10] = simple<0x10, [](Uint256* s) { s[-1] = boolean(s[0] < s[-1]); }>;
    t[0x11] = simple<0x11, [](Uint256* s) { s[-1] = boolean(s[-1] < s[0]); }>;
    t[0x12] = simple<0x12, [](Uint256* s) { s[-1] = boolean(signed_less(s[0], s[-1])); }>;
    t[0x13] = simple<0x13, [](Uint256* s) { s[-1] = boolean(signed_less(s[-1], s[0])); }>;
    t[0x14] = simple<0x14, [](Uint256* s) { s[-1] = boolean(s[0] == s[-1]); }>;
    t[0x15] = simple<0x15, [](Uint256* s) { s[0] = boolean(s[0].is_zero()); }>;
    t[0x16] = simple<0x16, [](Uint256* s) { s[-1] = s[0] & s[-1]; }>;
    t[0x17] = simple<0x17, [](Uint256* s) { s[-1] = s[0] | s[-1]; }>;
    t[0x18] = simple<0x18, [](Uint256* s) { s[-1] = s[0] ^ s[-1]; }>;
    t[0x19] = simple<0x19, [](Uint256* s) { s[0] = ~s[0]; }>;
    t[0x1a] = simple<0x1a, [](Uint256* s) {
        const bool inside = s[0].fits_u64() && s[0].words[0] < 32;
        const auto from_end = 31 - (s[0].words[0] & 31);
        s[-1] = inside ? (s[-1].words[from_end / 8] >> (8 * (from_end % 8))) & 0xff : 0;
    }>;
    t[0x1b] = simple<0x1b, [](Uint256* s) { s[-1] = s[-1] << shift_of(s[0]); }>;
    t[0x1c] = simple<0x1c, [](Uint256* s) { s[-1] = (s[-1] >> shift_of(s[0])); }>;
    t[0x1d] =
        simple<0x1d, [](Uint256* s) { s[-1] = arithmetic_shift_right(s[-1], shift_of(s[0])); }>;
    t[0x1e] = simple<0x1e, [](Uint256* s) { s[0] = count_leading_zeros(s[0]); }>;
}

void add_environment(Table& t) {
    t[0x30] = simple<0x30, [](Uint256* s, Machine& m) { s[1] = word_of(m.message.recipient); }>;
    t[0x31] = full<0x31, op::balance>;
    t[0x32] =
        simple<0x32, [](Uint256* s, Machine& m) { s[1] = word_of(m.evm.transaction().origin); }>;
    t[0x33] = simple<0x33, [](Uint256* s, Machine& m) { s[1] = word_of(m.message.caller); }>;
    t[0x34] = simple<0x34, [](Uint256* s, Machine& m) { s[1] = m.message.value; }>;
    t[0x35] = simple<0x35, [](Uint256* s, Machine& m) { s[0] = word_at(m.message.input, s[0]); }>;
    t[0x36] = simple<0x36, [](Uint256* s, Machine& m) { s[1] = m.message.input.size(); }>;
    t[0x37] = full<0x37, op::copy_calldata>;
    t[0x38] = simple<0x38, [](Uint256* s, Machine& m) { s[1] = m.code.size(); }>;
    t[0x39] = full<0x39, op::copy_code>;
    t[0x3a] = simple<0x3a, [](Uint256* s, Machine& m) { s[1] = m.evm.transaction().gas_price; }>;
    t[0x3b] = full<0x3b, op::external_code_size>;
    t[0x3c] = full<0x3c, op::copy_external_code>;
    t[0x3d] = simple<0x3d, [](Uint256* s, Machine& m) { s[1] = m.return_data.size(); }>;
    t[0x3e] = full<0x3e, op::copy_return_data>;
    t[0x3f] = full<0x3f, op::external_code_hash>;
    t[0x40] = simple<0x40, [](Uint256* s, Machine& m) { s[0] = hash_of_block(m, s[0]); }>;
    t[0x41] = simple<0x41, [](Uint256* s, Machine& m) { s[1] = word_of(m.evm.block().coinbase); }>;
    t[0x42] = simple<0x42, [](Uint256* s, Machine& m) { s[1] = m.evm.block().timestamp; }>;
    t[0x43] = simple<0x43, [](Uint256* s, Machine& m) { s[1] = m.evm.block().number; }>;
    t[0x44] = simple<0x44, [](Uint256* s, Machine& m) {
        const auto& block = m.evm.block();
        s[1] = block.fork >= Fork::paris ? Uint256::load_be(block.prev_randao.data())
                                         : block.difficulty;
    }>;
    t[0x45] = simple<0x45, [](Uint256* s, Machine& m) { s[1] = m.evm.block().gas_limit; }>;
    t[0x46] = simple<0x46, [](Uint256* s, Machine& m) { s[1] = m.evm.block().chain_id; }>;
    t[0x47] =
        simple<0x47, [](Uint256* s, Machine& m) { s[1] = m.host.balance(m.message.recipient); }>;
    t[0x48] = simple<0x48, [](Uint256* s, Machine& m) { s[1] = m.evm.block().base_fee; }>;
    t[0x49] = simple<0x49, [](Uint256* s, Machine& m) {
        const auto& hashes = m.evm.transaction().blob_hashes;
        s[0] = s[0].fits_u64() && s[0].words[0] < hashes.size()
                   ? Uint256::load_be(hashes[s[0].words[0]].data())
                   : Uint256{};
    }>;
    t[0x4a] = simple<0x4a, [](Uint256* s, Machine& m) { s[1] = m.evm.block().blob_base_fee; }>;
}

void add_rest(Table& t) {
    t[0x00] = stop;
    t[0x20] = full<0x20, op::keccak>;
    t[0x50] = simple<0x50, [](Uint256*) {}>;
    t[0x51] = full<0x51, load_memory>;
    t[0x52] = full<0x52, store_memory>;
    t[0x53] = full<0x53, store_memory_byte>;
    t[0x54] = full<0x54, op::load_storage>;
    t[0x55] = full<0x55, op::store_storage>;
    t[0x56] = jump;
    t[0x57] = jump_if;
    t[0x58] = program_counter;
    t[0x59] = simple<0x59, [](Uint256* s, Machine& m) { s[1] = m.memory.size(); }>;
    t[0x5a] = gas_left;
    t[0x5b] = jump_destination;
    t[0x5c] = full<0x5c, op::load_transient>;
    t[0x5d] = full<0x5d, op::store_transient>;
    t[0x5e] = full<0x5e, op::copy_memory>;
    t[0x5f] = simple<0x5f, [](Uint256* s) { s[1] = 0; }>;
    t[0xa0] = full<0xa0, op::log<0>>;
    t[0xa1] = full<0xa1, op::log<1>>;
    t[0xa2] = full<0xa2, op::log<2>>;
    t[0xa3] = full<0xa3, op::log<3>>;
    t[0xa4] = full<0xa4, op::log<4>>;
    t[0xf0] = full<0xf0, op::create<CallKind::create>>;
    t[0xf1] = full<0xf1, op::call<CallKind::call>>;
    t[0xf2] = full<0xf2, op::call<CallKind::callcode>>;
    t[0xf3] = full<0xf3, leave<Halt::success>>;
    t[0xf4] = full<0xf4, op::call<CallKind::delegatecall>>;
    t[0xf5] = full<0xf5, op::create<CallKind::create2>>;
    t[0xfa] = full<0xfa, op::call<CallKind::staticcall>>;
    t[0xfd] = full<0xfd, leave<Halt::revert>>;
    t[0xff] = full<0xff, op::self_destruct>;
}

std::array<DispatchTable, proto::fork_names.size()> make_tables() {
    Table all;
    all.fill(undefined);
    add_numbered(all, std::make_index_sequence<16>{});
    add_arithmetic(all);
    add_environment(all);
    add_rest(all);
    std::array<DispatchTable, proto::fork_names.size()> out{};
    for (std::size_t fork = 0; fork < out.size(); ++fork) {
        auto& handlers = out[fork].handlers;
        handlers = all;
        for (std::size_t op = 0; op < 256; ++op)
            if (instructions[op].since > static_cast<Fork>(fork)) handlers[op] = undefined;
    }
    return out;
}

const DispatchTable& tracing_table() {
    static const DispatchTable table = [] {
        DispatchTable t{};
        t.handlers.fill(trace_step);
        return t;
    }();
    return table;
}

}  // namespace

const DispatchTable& dispatch_table(Fork fork) {
    static const auto tables = make_tables();
    return tables[static_cast<std::size_t>(fork)];
}

bool grow_memory(Machine& m, std::int64_t& gas, std::uint64_t end) {
    const auto price = [](std::uint64_t words) {
        return static_cast<std::int64_t>(words * 3 + words * words / 512);
    };
    const auto words = (end + 31) / 32;
    gas -= price(words) - price(m.memory.size() / 32);
    if (gas < 0) return false;
    m.memory.grow(words * 32);
    return true;
}

Outcome interpret(Evm& evm, const Message& message, const Code& code) {
    auto& space = evm.host().workspace().at(message.depth);
    const auto& plain = dispatch_table(evm.fork());
    Machine machine{evm,          evm.host(),   message,
                    code,         evm.prices(), space.stack->slots.data(),
                    space.memory, &plain};
    const bool tells_steps = evm.tracer() != nullptr && evm.tracer()->sees_steps();
    const auto* table = tells_steps ? &tracing_table() : &plain;
    const auto gas = static_cast<std::int64_t>(message.gas);
#if LUCID_EVM_TAIL_CALLS
    table->handlers[*code.begin()](code.begin(), machine.floor, gas, &machine, table);
#else
    Next next{code.begin(), machine.floor, gas};
    while (machine.halt == Halt::running)
        next = table->handlers[*next.pc](next.pc, next.top, next.gas, &machine, table);
#endif
    if (machine.halt > Halt::revert) return Outcome::failed(machine.halt);
    Outcome outcome;
    outcome.status = machine.halt == Halt::success ? Status::success : Status::revert;
    outcome.halt = machine.halt;
    outcome.gas_left = static_cast<std::uint64_t>(machine.gas_left);
    outcome.output = std::move(machine.output);
    return outcome;
}

}  // namespace lucid::blockchain::evm
