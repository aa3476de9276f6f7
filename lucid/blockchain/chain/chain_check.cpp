// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>

// What a store must be before anything is answered or signed from it.

namespace lucid::blockchain::chain {
namespace {

using store::Table;

/// Flat rows of accounts and slots against the roots that they must have.
Result<void> check_state(const storage::kv::Snapshot& snapshot, const Hash32& root,
                         std::size_t rows_max) {
    std::map<proto::Address, store::StoredAccount> accounts;
    std::size_t rows = 0;
    std::optional<Error> broken;
    LUCID_CHECK(
        snapshot.scan(store::key_of(Table::account, ByteView{}), [&](ByteView k, ByteView v) {
            if (++rows > rows_max) return false;
            auto account = store::StoredAccount::decode(v);
            if (!account || k.size() != 21) {
                broken = account ? make_error(Errc::bad_length, "account key") : account.error();
                return false;
            }
            proto::Address address;
            std::copy(k.begin() + 1, k.end(), address.begin());
            accounts[address] = *account;
            return true;
        }));
    if (broken) return fail(*broken);
    if (rows > rows_max) return {};
    state::TrieItems items;
    for (const auto& [address, account] : accounts) {
        items[to_bytes(crypto::keccak256(address))] = account.encode();
        state::TrieItems slots;
        LUCID_CHECK(snapshot.scan(store::key_of(Table::slot, address), [&](ByteView k, ByteView v) {
            slots[to_bytes(crypto::keccak256(k.subspan(21)))] = proto::rlp::encode_bytes(v);
            return ++rows <= rows_max;
        }));
        if (rows > rows_max) return {};
        if (state::trie_root(slots) != account.storage_root)
            return fail(Errc::hash_mismatch, "stored slots are not their account's");
    }
    if (state::trie_root(items) != root)
        return fail(Errc::hash_mismatch, "stored state is not the head block's");
    return {};
}

Result<void> check_log(const store::AnchorLog& log, std::uint64_t entries_max) {
    const auto first = log.size() > entries_max ? log.size() - entries_max : 0;
    for (auto index = first; index < log.size(); ++index) {
        LUCID_TRY(const auto entry, log.entry(index));
        LUCID_TRY(const auto kept, log.subtree(0, index));
        if (crypto::merkle_leaf(entry.data) != entry.leaf || kept != entry.leaf)
            return fail(Errc::hash_mismatch, "stored anchor log entry is not its leaf's", index);
    }
    return {};
}

}  // namespace

Result<void> Chain::load() {
    LUCID_TRY(const auto stored_genesis, store_.block(0));
    if (stored_genesis.header.hash() != genesis_hash_)
        return fail(Errc::hash_mismatch, "the store holds another chain than genesis.json");
    LUCID_TRY(const auto head, store_.head());
    LUCID_TRY(head_, store_.block(head.value_or(0)));
    head_hash_ = head_.header.hash();
    LUCID_TRY(const auto payload, proto::ConsensusPayload::decode(head_.payload));
    if (head_.header.extra_data != to_bytes(payload.hash()))
        return fail(Errc::hash_mismatch, "stored consensus payload is not the head block's");
    log_size_ = payload.log_size;
    LUCID_TRY(nodes_, store_.nodes());
    if (nodes_.empty() || nodes_[0] != genesis_.node)
        return fail(Errc::hash_mismatch, "stored nodes do not begin with genesis.json's");
    LUCID_TRY(withdrawals_made_, store_.withdrawals_made());
    LUCID_TRY(const auto snapshot, store_.snapshot());
    const store::AnchorLog log(snapshot, log_size_);
    LUCID_TRY(const auto log_root, log.root());
    if (payload.log_root != log_root)
        return fail(Errc::hash_mismatch, "stored anchor log is not the head block's");
    if (head_.header.number > 0) {
        const proto::ValidatorSet validators{{{genesis_.validator_key, 1, genesis_.node}}};
        LUCID_TRY(const auto certificate, proto::Certificate::decode(head_.certificate));
        LUCID_CHECK(certificate.verify(validators, genesis_.chain_id));
        if (certificate.block_hash != head_hash_)
            return fail(Errc::hash_mismatch, "stored certificate is not the head block's");
    }
    return check_stored(blocks_checked_at_start, rows_checked_at_start);
}

Result<void> Chain::check_block(std::uint64_t number, const Hash32& parent) const {
    LUCID_TRY(const auto block, store_.block(number));
    if (block.header.number != number || block.header.parent_hash != parent)
        return fail(Errc::hash_mismatch, "a stored block does not follow its parent", number);
    if (block.transactions.size() != block.receipts.size() ||
        state::ordered_trie_root(block.transactions) != block.header.transactions_root ||
        state::ordered_trie_root(block.receipts) != block.header.receipts_root ||
        state::withdrawals_root(block.withdrawals) != block.header.withdrawals_root)
        return fail(Errc::hash_mismatch, "a stored block is not its header's", number);
    return {};
}

Result<void> Chain::check_stored(std::uint64_t blocks_max, std::size_t rows_max) const {
    const std::lock_guard lock(mutex_);
    LUCID_TRY(const auto snapshot, store_.snapshot());
    LUCID_CHECK(check_state(snapshot, head_.header.state_root, rows_max));
    LUCID_CHECK(check_log(store::AnchorLog(snapshot, log_size_), rows_max));
    const auto head = head_.header.number;
    const auto first = head > blocks_max ? head - blocks_max : 0;
    LUCID_TRY(const auto before, store_.block(first));
    auto parent = before.header.hash();
    for (auto number = first + 1; number <= head; ++number) {
        LUCID_CHECK(check_block(number, parent));
        LUCID_TRY(const auto block, store_.block(number));
        parent = block.header.hash();
    }
    if (parent != head_hash_)
        return fail(Errc::hash_mismatch, "stored head is not the last block", head);
    return {};
}

}  // namespace lucid::blockchain::chain
