// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A whole state as values: genesis, tests, conformance data.

#include <lucid/blockchain/state/reader.hpp>
#include <lucid/blockchain/state/trie.hpp>

namespace lucid::blockchain::state {

struct Account {
    std::uint64_t nonce = 0;
    Uint256 balance;
    Bytes code;
    std::map<Uint256, Uint256> storage;  ///< no zero values

    [[nodiscard]] bool is_empty() const { return nonce == 0 && balance.is_zero() && code.empty(); }
    friend bool operator==(const Account&, const Account&) = default;
};

using Accounts = std::map<Address, Account>;

/// Root of the secure state trie.
[[nodiscard]] Hash32 state_root(const Accounts& accounts);

}  // namespace lucid::blockchain::state
