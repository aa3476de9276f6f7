// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/state_nodes.hpp>
#include <lucid/blockchain/store/stored_state.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <set>

// Nodes are kept for the head alone. An earlier state's proof comes from the head's trie with what
// changed since set back in memory; its root must then be that of the earlier header.

namespace lucid::blockchain::store {
namespace {

using proto::rlp::Decoder;

/// Rows that blocks after the state's height changed: accounts, and slots of one address.
struct ChangedRows {
    std::set<Address> accounts;
    std::set<Uint256> slots;
};

Result<ChangedRows> changed_since(const StoredState& state, const Address& address) {
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
            if (key.size() == 21) {
                Address changed;
                std::copy(key.begin() + 1, key.end(), changed.begin());
                out.accounts.insert(changed);
            } else if (key.size() == 53 &&
                       std::equal(address.begin(), address.end(), key.begin() + 1)) {
                out.slots.insert(Uint256::from_be(key.subspan(21)));
            }
        }
    }
    return out;
}

Result<void> prove_slots(const StoredState& state, const ChangedRows& changed,
                         const Address& address, std::span<const Uint256> slots,
                         StateProof& proof) {
    LUCID_TRY(const auto now, find(state.snapshot(), key_of(Table::account, address)));
    StoredAccount head;
    if (now) {
        LUCID_TRY(head, StoredAccount::decode(*now));
    }
    StoredNodes nodes(state.snapshot(), key_of(Table::slot_node, address));
    state::NodeTrie trie(nodes, head.storage_root);
    for (const auto& slot : changed.slots) {
        LUCID_TRY(const auto value, state.row(slot_key(address, slot)));
        LUCID_CHECK(trie.put(crypto::keccak256(slot.to_be()),
                             value ? proto::rlp::encode_bytes(*value) : Bytes{}));
    }
    if (trie.root() != proof.account.storage_root)
        return fail(Errc::hash_mismatch, "storage root of an earlier state");
    for (const auto& slot : slots) {
        LUCID_TRY(const auto value, state.row(slot_key(address, slot)));
        LUCID_TRY(auto nodes_to, trie.prove(crypto::keccak256(slot.to_be())));
        proof.slots.push_back(
            {slot, value ? Uint256::from_be(*value) : Uint256{}, std::move(nodes_to)});
    }
    return {};
}

}  // namespace

Result<StateProof> prove(const StoredState& state, const Hash32& state_root,
                         const Hash32& head_state_root, const Address& address,
                         std::span<const Uint256> slots) {
    LUCID_TRY(const auto changed, changed_since(state, address));
    StoredNodes nodes(state.snapshot(), key_of(Table::account_node, ByteView{}));
    state::NodeTrie trie(nodes, head_state_root);
    for (const auto& account : changed.accounts) {
        LUCID_TRY(const auto row, state.row(key_of(Table::account, account)));
        LUCID_CHECK(trie.put(crypto::keccak256(account), row ? *row : Bytes{}));
    }
    if (trie.root() != state_root) return fail(Errc::hash_mismatch, "root of an earlier state");
    StateProof proof;
    LUCID_TRY(const auto account, state.stored_account(address));
    if (account) proof.account = *account;
    LUCID_TRY(proof.account_proof, trie.prove(crypto::keccak256(address)));
    LUCID_CHECK(prove_slots(state, changed, address, slots, proof));
    return proof;
}

}  // namespace lucid::blockchain::store
