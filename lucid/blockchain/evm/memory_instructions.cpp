// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/machine.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

// KECCAK256 and the copies into memory.

namespace lucid::blockchain::evm::op {
namespace {

/// Pays for and makes a copy of `size` bytes of `source` from `from`, zeros behind its end.
Halt copy_into_memory(std::int64_t& gas, Machine& m, ByteView source, const Uint256& to,
                      const Uint256& from, const Uint256& size) {
    if (!need_memory(m, gas, to, size) || !pay_words(gas, 3, size)) return Halt::out_of_gas;
    if (size.is_zero()) return Halt::running;
    auto* out = m.memory.data() + to.words[0];
    const std::size_t count = size.words[0];
    std::size_t available = 0;
    if (from.fits_u64() && from.words[0] < source.size())
        available = std::min(count, source.size() - from.words[0]);
    if (available > 0) std::memcpy(out, source.data() + from.words[0], available);
    std::memset(out + available, 0, count - available);
    return Halt::running;
}

}  // namespace

Halt keccak(Uint256* top, std::int64_t& gas, Machine& m) {
    if (!need_memory(m, gas, top[0], top[-1]) || !pay_words(gas, 6, top[-1]))
        return Halt::out_of_gas;
    top[-1] = Uint256::load_be(crypto::keccak256(memory_view(m, top[0], top[-1])).data());
    return Halt::running;
}

Halt copy_calldata(Uint256* top, std::int64_t& gas, Machine& m) {
    return copy_into_memory(gas, m, m.message.input, top[0], top[-1], top[-2]);
}

Halt copy_code(Uint256* top, std::int64_t& gas, Machine& m) {
    return copy_into_memory(gas, m, m.code.bytes(), top[0], top[-1], top[-2]);
}

Halt copy_external_code(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto address = address_of(top[0]);
    if (!pay_account(gas, m, address, m.prices.external_code)) return Halt::out_of_gas;
    const auto code = m.host.code(address);
    return copy_into_memory(gas, m, code->bytes(), top[-1], top[-2], top[-3]);
}

Halt copy_return_data(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto& from = top[-1];
    const auto& size = top[-2];
    // EIP-211: reading behind the end fails, unlike with all other data.
    const auto end = checked_add(from, size);
    if (!end || !end->fits_u64() || end->words[0] > m.return_data.size())
        return Halt::return_data_out_of_bounds;
    return copy_into_memory(gas, m, m.return_data, top[0], from, size);
}

Halt copy_memory(Uint256* top, std::int64_t& gas, Machine& m) {
    const auto& to = top[0];
    const auto& from = top[-1];
    const auto& size = top[-2];
    if (!need_memory(m, gas, std::max(to, from), size) || !pay_words(gas, 3, size))
        return Halt::out_of_gas;
    if (!size.is_zero())
        std::memmove(m.memory.data() + to.words[0], m.memory.data() + from.words[0], size.words[0]);
    return Halt::running;
}

}  // namespace lucid::blockchain::evm::op
