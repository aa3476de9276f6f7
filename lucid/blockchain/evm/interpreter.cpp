// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/frame.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

// Opcodes and their prices: Yellow Paper Appendix H, with the EIPs to Prague.

namespace lucid::blockchain::evm {
namespace {

constexpr std::uint64_t gas_base = 2;
constexpr std::uint64_t gas_very_low = 3;
constexpr std::uint64_t gas_low = 5;
constexpr std::uint64_t gas_mid = 8;
constexpr std::uint64_t gas_high = 10;

/// Numbers that an opcode takes from and puts on the stack, and its constant price; taken = 255:
/// undefined.
struct Rule {
    std::uint8_t taken = 255;
    std::uint8_t put = 0;
    std::uint16_t gas = 0;
};

constexpr std::array<Rule, 256> make_rules() {
    std::array<Rule, 256> r{};
    const auto set = [&](unsigned op, unsigned taken, unsigned put, std::uint64_t gas) {
        r[op] = {static_cast<std::uint8_t>(taken), static_cast<std::uint8_t>(put),
                 static_cast<std::uint16_t>(gas)};
    };
    set(0x00, 0, 0, 0);
    for (const unsigned op : {0x01U, 0x03U}) set(op, 2, 1, gas_very_low);
    for (const unsigned op : {0x02U, 0x04U, 0x05U, 0x06U, 0x07U, 0x0bU}) set(op, 2, 1, gas_low);
    for (const unsigned op : {0x08U, 0x09U}) set(op, 3, 1, gas_mid);
    set(0x0a, 2, 1, gas_high);
    for (unsigned op = 0x10; op <= 0x14; ++op) set(op, 2, 1, gas_very_low);
    set(0x15, 1, 1, gas_very_low);
    for (unsigned op = 0x16; op <= 0x18; ++op) set(op, 2, 1, gas_very_low);
    set(0x19, 1, 1, gas_very_low);
    for (unsigned op = 0x1a; op <= 0x1d; ++op) set(op, 2, 1, gas_very_low);
    set(0x20, 2, 1, 30);
    for (const unsigned op : {0x30U, 0x32U, 0x33U, 0x34U, 0x36U, 0x38U, 0x3aU, 0x3dU, 0x41U, 0x42U,
                              0x43U, 0x44U, 0x45U, 0x46U, 0x48U, 0x4aU, 0x58U, 0x59U, 0x5aU, 0x5fU})
        set(op, 0, 1, gas_base);
    set(0x31, 1, 1, 0);
    set(0x35, 1, 1, gas_very_low);
    set(0x37, 3, 0, gas_very_low);
    set(0x39, 3, 0, gas_very_low);
    set(0x3b, 1, 1, 0);
    set(0x3c, 4, 0, 0);
    set(0x3e, 3, 0, gas_very_low);
    set(0x3f, 1, 1, 0);
    set(0x40, 1, 1, 20);
    set(0x47, 0, 1, gas_low);
    set(0x49, 1, 1, 3);
    set(0x50, 1, 0, gas_base);
    set(0x51, 1, 1, gas_very_low);
    set(0x52, 2, 0, gas_very_low);
    set(0x53, 2, 0, gas_very_low);
    set(0x54, 1, 1, 0);
    set(0x55, 2, 0, 0);
    set(0x56, 1, 0, gas_mid);
    set(0x57, 2, 0, gas_high);
    set(0x5b, 0, 0, 1);
    set(0x5c, 1, 1, 100);
    set(0x5d, 2, 0, 100);
    set(0x5e, 3, 0, gas_very_low);
    for (unsigned op = 0x60; op <= 0x7f; ++op) set(op, 0, 1, gas_very_low);
    for (unsigned n = 1; n <= 16; ++n) {
        set(0x7f + n, n, n + 1, gas_very_low);
        set(0x8f + n, n + 1, n + 1, gas_very_low);
    }
    for (unsigned n = 0; n <= 4; ++n) set(0xa0 + n, n + 2, 0, 375 * (n + 1));
    set(0xf0, 3, 1, 32000);
    set(0xf1, 7, 1, 0);
    set(0xf2, 7, 1, 0);
    set(0xf3, 2, 0, 0);
    set(0xf4, 6, 1, 0);
    set(0xf5, 4, 1, 32000);
    set(0xfa, 6, 1, 0);
    set(0xfd, 2, 0, 0);
    set(0xff, 1, 0, 5000);
    return r;
}
constexpr auto rules = make_rules();

std::vector<bool> find_jump_destinations(const Bytes& code) {
    std::vector<bool> destinations(code.size());
    for (std::size_t i = 0; i < code.size(); ++i) {
        if (code[i] == 0x5b) destinations[i] = true;
        if (code[i] >= 0x60 && code[i] <= 0x7f) i += code[i] - 0x5fU;
    }
    return destinations;
}

}  // namespace

Frame::Frame(Evm& evm_in, const Message& message_in, const Bytes& code_in)
    : evm(evm_in),
      host(evm_in.host()),
      message(message_in),
      code(code_in),
      gas(static_cast<std::int64_t>(message_in.gas)),
      destinations_(find_jump_destinations(code_in)) {
    stack.reserve(64);
}

Uint256 Frame::pop() {
    const auto value = stack.back();
    stack.pop_back();
    return value;
}

bool Frame::charge(std::uint64_t amount) {
    if (amount > static_cast<std::uint64_t>(gas)) return false;
    gas -= static_cast<std::int64_t>(amount);
    return true;
}

bool Frame::grow(const Uint256& offset, const Uint256& size) {
    if (size.is_zero()) return true;
    // Beyond 4 GiB no block can pay for the memory.
    if (!offset.fits_u64() || !size.fits_u64() || offset.words[0] > UINT32_MAX ||
        size.words[0] > UINT32_MAX)
        return false;
    const auto end = offset.words[0] + size.words[0];
    if (end <= memory.size()) return true;
    const auto price = [](std::uint64_t words) { return words * 3 + words * words / 512; };
    const auto old_words = memory.size() / 32;
    const auto new_words = (end + 31) / 32;
    if (!charge(price(new_words) - price(old_words))) return false;
    memory.resize(new_words * 32);
    return true;
}

ByteView Frame::slice(const Uint256& offset, const Uint256& size) const {
    if (size.is_zero()) return {};
    return ByteView(memory).subspan(offset.words[0], size.words[0]);
}

bool Frame::copy(ByteView source, const Uint256& to, const Uint256& from, const Uint256& size) {
    if (!charge_words(3, size) || !grow(to, size)) return false;
    if (size.is_zero()) return true;
    auto* out = memory.data() + to.words[0];
    const auto count = size.words[0];
    std::size_t available = 0;
    if (from.fits_u64() && from.words[0] < source.size())
        available = std::min<std::size_t>(count, source.size() - from.words[0]);
    if (available > 0)
        std::copy_n(source.begin() + static_cast<std::ptrdiff_t>(from.words[0]), available, out);
    std::fill_n(out + available, count - available, std::uint8_t{0});
    return true;
}

bool Frame::charge_words(std::uint64_t price, const Uint256& size) {
    if (!size.fits_u64() || size.words[0] > UINT32_MAX) return false;
    return charge(price * ((size.words[0] + 31) / 32));
}

Uint256 Frame::word(ByteView bytes, const Uint256& offset) {
    ByteArray<32> out{};
    if (offset.fits_u64() && offset.words[0] < bytes.size()) {
        const auto count = std::min<std::size_t>(32, bytes.size() - offset.words[0]);
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset.words[0]), count,
                    out.begin());
    }
    return Uint256::from_be(out);
}

bool Frame::jump(const Uint256& to) {
    if (!to.fits_u64() || to.words[0] >= code.size() || !destinations_[to.words[0]]) return false;
    pc = to.words[0];
    return true;
}

bool Frame::arithmetic(std::uint8_t op) {
    const auto a = pop();
    if (op == 0x15) {
        push(a.is_zero() ? 1 : 0);
        return true;
    }
    if (op == 0x19) {
        push(~a);
        return true;
    }
    const auto b = pop();
    const auto shift = [](const Uint256& by) {
        return by.fits_u64() && by.words[0] < 256 ? static_cast<unsigned>(by.words[0]) : 256U;
    };
    switch (op) {
        case 0x01:
            push(a + b);
            break;
        case 0x02:
            push(a * b);
            break;
        case 0x03:
            push(a - b);
            break;
        case 0x04:
            push(divide(a, b).quotient);
            break;
        case 0x05:
            push(signed_divide(a, b));
            break;
        case 0x06:
            push(divide(a, b).remainder);
            break;
        case 0x07:
            push(signed_modulo(a, b));
            break;
        case 0x08:
            push(add_modulo(a, b, pop()));
            break;
        case 0x09:
            push(multiply_modulo(a, b, pop()));
            break;
        case 0x0a:
            if (!charge(50ULL * ((b.bit_length() + 7) / 8))) return false;
            push(power(a, b));
            break;
        case 0x0b:
            push(sign_extend(a, b));
            break;
        case 0x10:
            push(a < b ? 1 : 0);
            break;
        case 0x11:
            push(a > b ? 1 : 0);
            break;
        case 0x12:
            push(signed_less(a, b) ? 1 : 0);
            break;
        case 0x13:
            push(signed_less(b, a) ? 1 : 0);
            break;
        case 0x14:
            push(a == b ? 1 : 0);
            break;
        case 0x16:
            push(a & b);
            break;
        case 0x17:
            push(a | b);
            break;
        case 0x18:
            push(a ^ b);
            break;
        case 0x1a:
            push(a < Uint256(32)
                     ? (b >> static_cast<unsigned>(248 - 8 * a.words[0])) & Uint256(0xff)
                     : Uint256{});
            break;
        case 0x1b:
            push(b << shift(a));
            break;
        case 0x1c:
            push(b >> shift(a));
            break;
        case 0x1d:
            push(arithmetic_shift_right(b, shift(a)));
            break;
        default:
            return false;
    }
    return true;
}

bool Frame::environment(std::uint8_t op) {
    const auto of = [](const Address& a) { return Uint256::from_be(a); };
    switch (op) {
        case 0x30:
            push(of(message.recipient));
            break;
        case 0x32:
            push(of(evm.transaction().origin));
            break;
        case 0x33:
            push(of(message.caller));
            break;
        case 0x34:
            push(message.value);
            break;
        case 0x35:
            push(word(message.input, pop()));
            break;
        case 0x36:
            push(message.input.size());
            break;
        case 0x38:
            push(code.size());
            break;
        case 0x3a:
            push(evm.transaction().gas_price);
            break;
        case 0x3d:
            push(return_data.size());
            break;
        case 0x40: {
            const auto n = pop();
            push(n.fits_u64() ? Uint256::from_be(host.block_hash(n.words[0])) : Uint256{});
            break;
        }
        case 0x41:
            push(of(evm.block().coinbase));
            break;
        case 0x42:
            push(evm.block().timestamp);
            break;
        case 0x43:
            push(evm.block().number);
            break;
        case 0x44:
            push(Uint256::from_be(evm.block().prev_randao));
            break;
        case 0x45:
            push(evm.block().gas_limit);
            break;
        case 0x46:
            push(evm.block().chain_id);
            break;
        case 0x47:
            push(host.balance(message.recipient));
            break;
        case 0x48:
            push(evm.block().base_fee);
            break;
        case 0x49:
            pop();
            push(0);
            break;  // no blobs on this chain
        case 0x4a:
            push(evm.block().blob_base_fee);
            break;
        case 0x58:
            push(pc - 1);
            break;
        case 0x59:
            push(memory.size());
            break;
        case 0x5a:
            push(static_cast<std::uint64_t>(gas));
            break;
        default:
            return false;
    }
    return true;
}

bool Frame::account(std::uint8_t op) {
    const auto address = address_of(pop());
    if (!charge(host.warm_account(address) ? 100 : 2600)) return false;
    switch (op) {
        case 0x31:
            push(host.balance(address));
            return true;
        case 0x3b:
            push(host.code(address).size());
            return true;
        case 0x3f:
            push(host.is_empty(address) ? Uint256{} : Uint256::from_be(host.code_hash(address)));
            return true;
        case 0x3c: {
            const auto to = pop();
            const auto from = pop();
            const auto size = pop();
            const Bytes source = host.code(address);
            return copy(source, to, from, size);
        }
        default:
            return false;
    }
}

bool Frame::memory_op(std::uint8_t op) {
    const auto a = pop();
    switch (op) {
        case 0x20: {
            const auto size = pop();
            if (!charge_words(6, size) || !grow(a, size)) return false;
            push(Uint256::from_be(crypto::keccak256(slice(a, size))));
            return true;
        }
        case 0x37:
        case 0x39:
        case 0x3e: {
            const auto from = pop();
            const auto size = pop();
            if (op == 0x3e) {
                const auto end = checked_add(from, size);
                if (!end || *end > Uint256(return_data.size())) return false;
                const Bytes source = return_data;
                return copy(source, a, from, size);
            }
            return copy(op == 0x37 ? ByteView(message.input) : ByteView(code), a, from, size);
        }
        case 0x51:
            if (!grow(a, 32)) return false;
            push(Uint256::from_be(slice(a, 32)));
            return true;
        case 0x52: {
            const auto value = pop().to_be();
            if (!grow(a, 32)) return false;
            std::copy(value.begin(), value.end(),
                      memory.begin() + static_cast<std::ptrdiff_t>(a.words[0]));
            return true;
        }
        case 0x53: {
            const auto value = pop();
            if (!grow(a, 1)) return false;
            memory[a.words[0]] = static_cast<std::uint8_t>(value.words[0]);
            return true;
        }
        case 0x5e: {
            const auto from = pop();
            const auto size = pop();
            if (!charge_words(3, size) || !grow(std::max(a, from), size)) return false;
            if (!size.is_zero())
                std::copy_n(Bytes(slice(from, size).begin(), slice(from, size).end()).begin(),
                            size.words[0],
                            memory.begin() + static_cast<std::ptrdiff_t>(a.words[0]));
            return true;
        }
        default:
            return false;
    }
}

bool Frame::storage_op(std::uint8_t op) {
    const auto key = pop();
    const auto& self = message.recipient;
    switch (op) {
        case 0x54:
            if (!charge(host.warm_slot(self, key) ? 100 : 2100)) return false;
            push(host.storage(self, key));
            return true;
        case 0x5c:
            push(host.transient_storage(self, key));
            return true;
        case 0x5d:
            if (message.is_static) return false;
            host.set_transient_storage(self, key, pop());
            return true;
        case 0x55:
            return store(key, pop());
        default:
            return false;
    }
}

/// EIP-2200 with the prices of EIP-2929 and the refunds of EIP-3529.
bool Frame::store(const Uint256& key, const Uint256& value) {
    if (message.is_static || gas <= 2300) return false;
    const auto& self = message.recipient;
    std::uint64_t price = host.warm_slot(self, key) ? 0 : 2100;
    const auto current = host.storage(self, key);
    const auto original = host.original_storage(self, key);
    if (current == value || original != current)
        price += 100;
    else
        price += original.is_zero() ? 20000 : 2900;
    if (!charge(price)) return false;
    if (current == value) return true;
    constexpr std::int64_t clear_refund = 4800;
    if (original == current) {
        if (!original.is_zero() && value.is_zero()) host.add_refund(clear_refund);
    } else {
        if (!original.is_zero()) {
            if (current.is_zero()) host.add_refund(-clear_refund);
            if (value.is_zero()) host.add_refund(clear_refund);
        }
        if (value == original) host.add_refund(original.is_zero() ? 19900 : 2800);
    }
    host.set_storage(self, key, value);
    return true;
}

bool Frame::log(unsigned topics) {
    if (message.is_static) return false;
    const auto offset = pop();
    const auto size = pop();
    if (!size.fits_u64() || size.words[0] > UINT32_MAX || !charge(8 * size.words[0]) ||
        !grow(offset, size))
        return false;
    proto::Log entry;
    entry.address = message.recipient;
    for (unsigned i = 0; i < topics; ++i) entry.topics.push_back(pop().to_be());
    entry.data = to_bytes(slice(offset, size));
    host.emit_log(std::move(entry));
    return true;
}

/// STOP, RETURN, REVERT, SELFDESTRUCT; gives false for failure.
bool Frame::halt(std::uint8_t op) {
    stopped = true;
    if (op == 0x00) return true;
    const auto a = pop();
    if (op == 0xff) {
        if (message.is_static) return false;
        const auto beneficiary = address_of(a);
        std::uint64_t price = host.warm_account(beneficiary) ? 0 : 2600;
        if (host.is_empty(beneficiary) && !host.balance(message.recipient).is_zero())
            price += 25000;
        if (!charge(price)) return false;
        host.self_destruct(message.recipient, beneficiary);
        return true;
    }
    const auto size = pop();
    if (!grow(a, size)) return false;
    output = to_bytes(slice(a, size));
    reverted = op == 0xfd;
    return true;
}

bool Frame::step() {
    const std::uint8_t op = pc < code.size() ? code[pc] : 0;
    ++pc;
    const auto rule = rules[op];
    if (rule.taken == 255 || stack.size() < rule.taken ||
        stack.size() - rule.taken + rule.put > stack_max || !charge(rule.gas))
        return false;
    if (op >= 0x60 && op <= 0x7f) {
        const std::size_t size = op - 0x5fU;
        ByteArray<32> value{};
        for (std::size_t i = 0; i < size && pc + i < code.size(); ++i)
            value[32 - size + i] = code[pc + i];
        push(Uint256::from_be(value));
        pc += size;
        return true;
    }
    if (op >= 0x80 && op <= 0x8f) {
        const auto value = stack[stack.size() - (op - 0x7fU)];
        push(value);
        return true;
    }
    if (op >= 0x90 && op <= 0x9f) {
        std::swap(stack.back(), stack[stack.size() - (op - 0x8eU)]);
        return true;
    }
    if (op >= 0xa0 && op <= 0xa4) return log(op - 0xa0U);
    switch (op) {
        case 0x00:
        case 0xf3:
        case 0xfd:
        case 0xff:
            return halt(op);
        case 0x20:
        case 0x37:
        case 0x39:
        case 0x3e:
        case 0x51:
        case 0x52:
        case 0x53:
        case 0x5e:
            return memory_op(op);
        case 0x31:
        case 0x3b:
        case 0x3c:
        case 0x3f:
            return account(op);
        case 0x54:
        case 0x55:
        case 0x5c:
        case 0x5d:
            return storage_op(op);
        case 0x50:
            pop();
            return true;
        case 0x56:
            return jump(pop());
        case 0x57: {
            const auto to = pop();
            return pop().is_zero() || jump(to);
        }
        case 0x5b:
            return true;
        case 0x5f:
            push(0);
            return true;
        case 0xf0:
        case 0xf5:
            return create(op);
        case 0xf1:
        case 0xf2:
        case 0xf4:
        case 0xfa:
            return call(op);
        default:
            break;
    }
    return op < 0x20 ? arithmetic(op) : environment(op);
}

Outcome interpret(Evm& evm, const Message& message, const Bytes& code) {
    Frame frame(evm, message, code);
    while (!frame.stopped)
        if (!frame.step()) return {Status::failure, 0, {}, {}};
    return {frame.reverted ? Status::revert : Status::success,
            static_cast<std::uint64_t>(frame.gas),
            std::move(frame.output),
            {}};
}

}  // namespace lucid::blockchain::evm
