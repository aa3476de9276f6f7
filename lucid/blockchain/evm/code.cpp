// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/code.hpp>

#include <algorithm>

namespace lucid::blockchain::evm {

Code::Code(ByteView bytes)
    : size_(bytes.size()), padded_(bytes.size() + padding_bytes), destinations_(size_ / 64 + 1) {
    std::copy(bytes.begin(), bytes.end(), padded_.begin());
    constexpr std::int8_t push_1 = 0x60;
    for (std::size_t i = 0; i < size_;) {
        // PUSH1 – PUSH32 are 0x60 – 0x7f: as signed numbers, all that is not below 0x60.
        const auto op = static_cast<std::int8_t>(padded_[i]);
        if (op >= push_1) {
            i += static_cast<std::size_t>(op - push_1) + 2;
            continue;
        }
        if (op == 0x5b) destinations_[i / 64] |= std::uint64_t{1} << (i % 64);
        ++i;
    }
}

}  // namespace lucid::blockchain::evm
