// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/state_nodes.hpp>
#include <lucid/blockchain/store/state_update.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::store {
namespace {

using proto::rlp::Decoder;
using proto::rlp::Encoder;
using storage::kv::Batch;
using storage::kv::Snapshot;

Bytes before_key(ByteView row, std::uint64_t block) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(Table::before)).bytes(row).u64_be(block);
    return w.take();
}

class Preparation {
  public:
    Preparation(const Snapshot& snapshot, StateUpdate& update)
        : snapshot_(snapshot), update_(update) {}

    /// Sets a row of an account or slot; remembers what it was. False: it stays as it is.
    Result<bool> set(const Bytes& key, std::optional<Bytes> value) {
        LUCID_TRY(auto old, find(snapshot_, key));
        if (old == value) {
            // Cleared and then set to the same again.
            update_.rows.erase(key);
            update_.before.erase(key);
            return false;
        }
        update_.before[key] = old ? std::move(*old) : Bytes{};
        update_.rows[key] = std::move(value);
        return true;
    }

    /// Slots and storage trie; gives the root.
    Result<Hash32> storage(const Address& address, const state::AccountChange& change,
                           Hash32 root) {
        StoredNodes nodes(snapshot_, key_of(Table::slot_node, address));
        if (change.storage_cleared) {
            LUCID_CHECK(clear(address));
            root = proto::empty_trie_root();
        }
        if (change.storage.empty()) return root;
        state::NodeTrie trie(nodes, root);
        for (const auto& [slot, value] : change.storage) {
            LUCID_TRY(const auto changed,
                      set(slot_key(address, slot),
                          value.is_zero() ? std::nullopt : std::optional(value.to_be_minimal())));
            if (!changed && !change.storage_cleared) continue;
            const auto leaf =
                value.is_zero() ? Bytes{} : proto::rlp::encode_bytes(value.to_be_minimal());
            LUCID_CHECK(trie.put(crypto::keccak256(slot.to_be()), leaf));
        }
        const auto after = trie.root();
        for (auto& [path, node] : trie.changes()) update_.nodes[nodes.key(path)] = std::move(node);
        return after;
    }

  private:
    Result<void> clear(const Address& address) {
        std::vector<Bytes> slots;
        LUCID_CHECK(snapshot_.scan(key_of(Table::slot, address), [&](ByteView key, ByteView) {
            slots.push_back(to_bytes(key));
            return true;
        }));
        for (const auto& key : slots) LUCID_CHECK(set(key, std::nullopt));
        return snapshot_.scan(key_of(Table::slot_node, address), [&](ByteView key, ByteView) {
            update_.nodes[to_bytes(key)] = std::nullopt;
            return true;
        });
    }

    const Snapshot& snapshot_;
    StateUpdate& update_;
};

}  // namespace

Result<StateUpdate> prepare_update(const Snapshot& snapshot, const state::StateChanges& changes,
                                   const Hash32& root_before) {
    StateUpdate update;
    Preparation preparation(snapshot, update);
    StoredNodes nodes(snapshot, key_of(Table::account_node, ByteView{}));
    state::NodeTrie trie(nodes, root_before);
    for (const auto& [address, change] : changes) {
        const auto key = key_of(Table::account, address);
        LUCID_TRY(const auto old, find(snapshot, key));
        StoredAccount account;
        if (old) {
            LUCID_TRY(account, StoredAccount::decode(*old));
        }
        LUCID_TRY(account.storage_root, preparation.storage(address, change, account.storage_root));
        if (change.after) {
            account.nonce = change.after->nonce;
            account.balance = change.after->balance;
            account.code_hash = change.after->code_hash;
        }
        if (change.code && !change.code->empty())
            update.rows[key_of(Table::code, account.code_hash)] = *change.code;
        const auto value = change.after ? account.encode() : Bytes{};
        LUCID_TRY(const auto changed,
                  preparation.set(key, change.after ? std::optional(value) : std::nullopt));
        if (changed) LUCID_CHECK(trie.put(crypto::keccak256(address), value));
    }
    update.root = trie.root();
    for (auto& [path, node] : trie.changes()) update.nodes[nodes.key(path)] = std::move(node);
    return update;
}

Result<void> write_update(Batch& batch, const StateUpdate& update, std::uint64_t block,
                          bool keep_history) {
    for (const auto* part : {&update.rows, &update.nodes})
        for (const auto& [key, value] : *part)
            LUCID_CHECK(value ? batch.put(key, *value) : batch.erase(key));
    if (!keep_history) return {};
    Encoder changed;
    for (const auto& [key, value] : update.before) {
        LUCID_CHECK(batch.put(before_key(key, block), value));
        changed.bytes(key);
    }
    return batch.put(key_of(Table::changed, block), changed.list());
}

Result<void> drop_history(Batch& batch, std::uint64_t block) {
    const auto list = batch.get(key_of(Table::changed, block));
    if (!list) {
        if (list.error().code == make_error_code(Errc::not_found)) return {};
        return fail(list.error());
    }
    LUCID_TRY(auto keys, Decoder::list(*list, "changed rows"));
    while (!keys.empty()) {
        LUCID_TRY(const auto key, keys.bytes("changed row"));
        LUCID_CHECK(batch.erase(before_key(key, block)));
    }
    return batch.erase(key_of(Table::changed, block));
}

}  // namespace lucid::blockchain::store
