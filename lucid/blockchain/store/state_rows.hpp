// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Rows of the state in the key-value store. Tables share one key space; the first byte names the
/// table; numbers are big-endian, so order is numeric.

#include <lucid/blockchain/state/reader.hpp>
#include <lucid/storage/kv/store.hpp>

namespace lucid::blockchain::store {

using proto::Address;
using proto::Uint256;

/// Every table of a chain's store, those of blocks included.
enum class Table : std::uint8_t {
    meta = 'm',
    block = 'b',
    block_hash = 'h',
    transaction = 't',
    account = 'a',       ///< address → StoredAccount
    slot = 's',          ///< address ‖ slot → value, no zeros
    code = 'c',          ///< code hash → code, never removed
    account_node = 'n',  ///< path → node of the account trie
    slot_node = 'o',     ///< address ‖ path → node of a storage trie
    before = 'x',        ///< key of an account's or slot's row ‖ block → value before that block
    changed = 'd',       ///< block → list of the keys of rows that it changed
    log = 'l',           ///< index → entry of the anchor log
    log_node = 'k',      ///< level ‖ index → hash of a full subtree of the anchor log
    session = 'e',       ///< session id → place
    checkpoint = 'p',    ///< slot → index in the anchor log
    node = 'r',          ///< place among admitted nodes → address
    cosignature = 'w',   ///< size ‖ key → witness's line on the checkpoint of that size
};

[[nodiscard]] Bytes key_of(Table table, ByteView rest);
[[nodiscard]] Bytes key_of(Table table, std::uint64_t number);
[[nodiscard]] Bytes slot_key(const Address& address, const Uint256& slot);

/// An account as the state trie holds it.
struct StoredAccount {
    std::uint64_t nonce = 0;
    Uint256 balance;
    Hash32 storage_root = proto::empty_trie_root();
    Hash32 code_hash = state::empty_code_hash();

    /// RLP: the value in the trie.
    [[nodiscard]] Bytes encode() const;
    static Result<StoredAccount> decode(ByteView rlp);
    [[nodiscard]] state::AccountHead head() const;
};

/// Nothing where the key is not there; other failures stay failures.
Result<std::optional<Bytes>> find(const storage::kv::Snapshot& snapshot, ByteView key);

}  // namespace lucid::blockchain::store
