// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/accounts.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::state {
namespace {

Bytes key_of(ByteView raw) {
    const auto hash = crypto::keccak256(raw);
    return {hash.begin(), hash.end()};
}

Hash32 storage_root(const Account& account) {
    TrieItems items;
    for (const auto& [key, value] : account.storage) {
        proto::rlp::Encoder e;
        e.integer(value);
        items[key_of(key.to_be())] = e.items();
    }
    return trie_root(items);
}

}  // namespace

const Hash32& empty_code_hash() {
    static const Hash32 hash = crypto::keccak256({});
    return hash;
}

Hash32 state_root(const Accounts& accounts) {
    TrieItems items;
    for (const auto& [address, account] : accounts) {
        proto::rlp::Encoder e;
        e.integer(account.nonce).integer(account.balance).bytes(storage_root(account));
        e.bytes(account.code.empty() ? empty_code_hash() : crypto::keccak256(account.code));
        items[key_of(address)] = e.list();
    }
    return trie_root(items);
}

}  // namespace lucid::blockchain::state
