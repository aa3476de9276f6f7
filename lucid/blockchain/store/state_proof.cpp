// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/state_nodes.hpp>
#include <lucid/blockchain/store/stored_state.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>
#include <set>

// Nodes are kept for the head alone. An earlier state's proof comes from the head's trie with what
// changed since set back in memory; its root must then be that of the earlier header.

namespace lucid::blockchain::store {
namespace {

using proto::rlp::Decoder;

constexpr std::size_t account_key_bytes = 1 + 20;
constexpr std::size_t slot_key_bytes = account_key_bytes + 32;

/// Rows that blocks after the state's height changed: accounts, and slots of those that are asked
/// about.
struct ChangedRows {
    std::set<Address> accounts;
    std::map<Address, std::set<Uint256>> slots;
};

Result<ChangedRows> changed_since(const StoredState& state, const std::set<Address>& asked) {
    ChangedRows out;
    std::size_t count = 0;
    for (auto block = state.height() + 1; block <= state.head(); ++block) {
        LUCID_TRY(const auto list, find(state.snapshot(), key_of(Table::changed, block)));
        if (!list) continue;
        LUCID_TRY(auto keys, Decoder::list(*list, "changed rows"));
        while (!keys.empty()) {
            LUCID_TRY(const auto key, keys.bytes("changed row"));
            if (++count > undone_rows_max)
                return fail(Errc::limit_exceeded, "rows changed since that block", count);
            if (key.size() != account_key_bytes && key.size() != slot_key_bytes) continue;
            Address changed;
            std::copy_n(key.begin() + 1, changed.size(), changed.begin());
            if (key.size() == account_key_bytes)
                out.accounts.insert(changed);
            else if (asked.contains(changed))
                out.slots[changed].insert(Uint256::from_be(key.subspan(account_key_bytes)));
        }
    }
    return out;
}

/// The trie of accounts as it was.
Result<void> undo_accounts(const StoredState& state, const ChangedRows& changed,
                           const Hash32& state_root, state::NodeTrie& trie) {
    for (const auto& account : changed.accounts) {
        LUCID_TRY(const auto row, state.row(key_of(Table::account, account)));
        LUCID_CHECK(trie.put(crypto::keccak256(account), row ? *row : Bytes{}));
    }
    if (trie.root() != state_root) return fail(Errc::hash_mismatch, "root of an earlier state");
    return {};
}

Result<Hash32> storage_root_now(const StoredState& state, const Address& address) {
    LUCID_TRY(const auto now, find(state.snapshot(), key_of(Table::account, address)));
    if (!now) return proto::empty_trie_root();
    LUCID_TRY(const auto account, StoredAccount::decode(*now));
    return account.storage_root;
}

/// The trie of one account's storage as it was, with root `root`.
Result<void> undo_slots(const StoredState& state, const ChangedRows& changed,
                        const Address& address, const Hash32& root, state::NodeTrie& trie) {
    if (const auto slots = changed.slots.find(address); slots != changed.slots.end())
        for (const auto& slot : slots->second) {
            LUCID_TRY(const auto value, state.row(slot_key(address, slot)));
            LUCID_CHECK(trie.put(crypto::keccak256(slot.to_be()),
                                 value ? proto::rlp::encode_bytes(*value) : Bytes{}));
        }
    if (trie.root() != root) return fail(Errc::hash_mismatch, "storage root of an earlier state");
    return {};
}

Result<void> prove_slots(const StoredState& state, const ChangedRows& changed,
                         const Address& address, std::span<const Uint256> slots,
                         StateProof& proof) {
    LUCID_TRY(const auto now, storage_root_now(state, address));
    StoredNodes nodes(state.snapshot(), key_of(Table::slot_node, address));
    state::NodeTrie trie(nodes, now);
    LUCID_CHECK(undo_slots(state, changed, address, proof.account.storage_root, trie));
    for (const auto& slot : slots) {
        LUCID_TRY(const auto value, state.row(slot_key(address, slot)));
        LUCID_TRY(auto nodes_to, trie.prove(crypto::keccak256(slot.to_be())));
        proof.slots.push_back(
            {slot, value ? Uint256::from_be(*value) : Uint256{}, std::move(nodes_to)});
    }
    return {};
}

/// Root of an account's storage, which was `before`, after its changes.
Result<Hash32> storage_root_after(const StoredState& state, const ChangedRows& changed,
                                  const Address& address, const Hash32& before,
                                  const state::AccountChange& change) {
    if (change.storage.empty() && !change.storage_cleared) return before;
    auto now = proto::empty_trie_root();
    if (!change.storage_cleared) {
        LUCID_TRY(now, storage_root_now(state, address));
    }
    StoredNodes nodes(state.snapshot(), key_of(Table::slot_node, address));
    state::NodeTrie trie(nodes, now);
    if (!change.storage_cleared) LUCID_CHECK(undo_slots(state, changed, address, before, trie));
    for (const auto& [slot, value] : change.storage)
        LUCID_CHECK(
            trie.put(crypto::keccak256(slot.to_be()),
                     value.is_zero() ? Bytes{} : proto::rlp::encode_bytes(value.to_be_minimal())));
    return trie.root();
}

}  // namespace

Result<StateProof> prove(const StoredState& state, const Hash32& state_root,
                         const Hash32& head_state_root, const Address& address,
                         std::span<const Uint256> slots) {
    LUCID_TRY(const auto changed, changed_since(state, {address}));
    StoredNodes nodes(state.snapshot(), key_of(Table::account_node, ByteView{}));
    state::NodeTrie trie(nodes, head_state_root);
    LUCID_CHECK(undo_accounts(state, changed, state_root, trie));
    StateProof proof;
    LUCID_TRY(const auto account, state.stored_account(address));
    if (account) proof.account = *account;
    LUCID_TRY(proof.account_proof, trie.prove(crypto::keccak256(address)));
    LUCID_CHECK(prove_slots(state, changed, address, slots, proof));
    return proof;
}

Result<Hash32> root_after(const StoredState& state, const Hash32& state_root,
                          const Hash32& head_state_root, const state::StateChanges& changes) {
    std::set<Address> asked;
    for (const auto& [address, change] : changes)
        if (!change.storage.empty()) asked.insert(address);
    LUCID_TRY(const auto changed, changed_since(state, asked));
    StoredNodes nodes(state.snapshot(), key_of(Table::account_node, ByteView{}));
    state::NodeTrie trie(nodes, head_state_root);
    LUCID_CHECK(undo_accounts(state, changed, state_root, trie));
    for (const auto& [address, change] : changes) {
        Bytes value;
        if (change.after) {
            LUCID_TRY(const auto stored, state.stored_account(address));
            auto account = stored.value_or(StoredAccount{});
            LUCID_TRY(account.storage_root,
                      storage_root_after(state, changed, address, account.storage_root, change));
            account.nonce = change.after->nonce;
            account.balance = change.after->balance;
            account.code_hash = change.after->code_hash;
            value = account.encode();
        }
        LUCID_CHECK(trie.put(crypto::keccak256(address), value));
    }
    return trie.root();
}

}  // namespace lucid::blockchain::store
