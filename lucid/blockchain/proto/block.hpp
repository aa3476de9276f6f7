// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A whole Ethereum block as peers and test files carry it: RLP [header, transactions, ommers,
/// withdrawals?].

#include <lucid/blockchain/proto/header.hpp>

#include <optional>
#include <vector>

namespace lucid::blockchain::proto {

/// EIP-4895.
struct Withdrawal {
    std::uint64_t index = 0;
    std::uint64_t validator_index = 0;
    Address address{};
    std::uint64_t amount_gwei = 0;

    [[nodiscard]] Bytes encode() const;
    friend bool operator==(const Withdrawal&, const Withdrawal&) = default;
};

inline constexpr std::size_t block_bytes_max = std::size_t{64} * 1024 * 1024;

struct Block {
    Header header;
    std::vector<Bytes> transactions;  ///< EIP-2718 bytes of each, not looked into
    std::vector<Header> ommers;
    std::optional<std::vector<Withdrawal>> withdrawals;  ///< from Shanghai on

    [[nodiscard]] Bytes encode() const;
    static Result<Block> decode(ByteView encoded);
};

}  // namespace lucid::blockchain::proto
