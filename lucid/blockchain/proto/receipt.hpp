// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/blockchain/proto/transaction.hpp>

namespace lucid::blockchain::proto {

struct Log {
    Address address{};
    std::vector<Hash32> topics;
    Bytes data;
};

void add_to_bloom(Bloom& bloom, const Log& log);
[[nodiscard]] Bloom bloom_of(std::span<const Log> logs);
[[nodiscard]] bool bloom_may_contain(const Bloom& bloom, ByteView item);

struct Receipt {
    TransactionType type = TransactionType::legacy;
    bool success = false;
    std::optional<Hash32> state_root{};  ///< instead of success, before Byzantium
    std::uint64_t cumulative_gas_used = 0;
    std::vector<Log> logs;

    /// EIP-2718 bytes, bloom included (Yellow Paper 4.3.1).
    [[nodiscard]] Bytes encode() const;
    static Result<Receipt> decode(ByteView bytes);
};

}  // namespace lucid::blockchain::proto
