// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The state as it is read and what running transactions changes in it: the seam between `World`
/// and whatever keeps the state (memory in tests, LMDB in `blockchain/chain`).

#include <lucid/blockchain/proto/header.hpp>

#include <map>
#include <optional>

namespace lucid::blockchain::state {

using proto::Address;
using proto::Uint256;

/// keccak256 of nothing: the code hash of accounts without code.
[[nodiscard]] const Hash32& empty_code_hash();

/// An account without code and storage themselves.
struct AccountHead {
    std::uint64_t nonce = 0;
    Uint256 balance;
    Hash32 code_hash = empty_code_hash();
    bool has_storage = false;

    friend bool operator==(const AccountHead&, const AccountHead&) = default;
};

/// State of one moment. Reading cannot fail for the EVM: a reader over a disk answers with nothing
/// when the disk fails, remembers that, and its owner throws the run away.
class StateReader {
  public:
    virtual ~StateReader() = default;
    /// Nothing: there is no such account.
    virtual std::optional<AccountHead> account(const Address& address) = 0;
    /// Zero where nothing is stored.
    virtual Uint256 storage(const Address& address, const Uint256& slot) = 0;
    virtual Bytes code(const Hash32& code_hash) = 0;
};

/// What happened to one account.
struct AccountChange {
    std::optional<AccountHead> after;      ///< nothing: gone
    std::optional<Bytes> code;             ///< new code, where it changed
    bool storage_cleared = false;          ///< all slots from before are void
    std::map<Uint256, Uint256> storage{};  ///< slots written since, zeros included
};
using StateChanges = std::map<Address, AccountChange>;

}  // namespace lucid::blockchain::state
