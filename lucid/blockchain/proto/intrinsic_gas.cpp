// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/proto/transaction.hpp>

namespace lucid::blockchain::proto {

IntrinsicGas intrinsic_gas(const Transaction& t, Fork fork) {
    std::uint64_t zeros = 0;
    for (const auto byte : t.data) zeros += byte == 0 ? 1 : 0;
    const std::uint64_t non_zeros = t.data.size() - zeros;
    IntrinsicGas gas;
    gas.execution = 21000 + zeros * 4 + non_zeros * (fork >= Fork::istanbul ? 16 : 68);
    if (!t.to && fork >= Fork::homestead) gas.execution += 32000;
    if (!t.to && fork >= Fork::shanghai) gas.execution += (t.data.size() + 31) / 32 * 2;
    for (const auto& entry : t.access_list)
        gas.execution += 2400 + entry.storage_keys.size() * 1900;
    gas.execution += t.authorizations.size() * 25000;
    if (fork >= Fork::prague) gas.floor = 21000 + (zeros + non_zeros * 4) * 10;
    return gas;
}

}  // namespace lucid::blockchain::proto
