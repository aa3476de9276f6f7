// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/world.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::state {

const Hash32& empty_code_hash() {
    static const Hash32 hash = crypto::keccak256({});
    return hash;
}

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

StateChanges World::take_changes() {
    StateChanges out;
    for (const auto& address : changed_) {
        auto& change = out[address];
        change.storage_cleared = cleared_.contains(address);
        const auto found = accounts_.find(address);
        if (found == accounts_.end()) continue;
        const auto& account = found->second;
        AccountHead head;
        head.nonce = account.nonce;
        head.balance = account.balance;
        if (!account.code.empty()) head.code_hash = crypto::keccak256(account.code);
        head.has_storage = has_storage(address);
        change.after = head;
        if (changed_code_.contains(address)) change.code = account.code;
    }
    for (const auto& [address, key] : changed_slots_)
        if (const auto change = out.find(address); change != out.end() && change->second.after)
            change->second.storage[key] = storage(address, key);
    changed_.clear();
    changed_slots_.clear();
    changed_code_.clear();
    return out;
}

Account* World::find(const Address& address) {
    if (const auto found = accounts_.find(address); found != accounts_.end()) return &found->second;
    if (base_ == nullptr || !loaded_.insert(address).second) return nullptr;
    const auto head = base_->account(address);
    if (!head) return nullptr;
    auto& account = accounts_[address];
    account.nonce = head->nonce;
    account.balance = head->balance;
    if (head->code_hash != empty_code_hash()) account.code = base_->code(head->code_hash);
    if (head->has_storage) with_storage_.insert(address);
    return &account;
}

void World::erase(const Address& address) {
    accounts_.erase(address);
    changed_.insert(address);
    if (base_ != nullptr) cleared_.insert(address);
}

void World::begin_transaction() {
    journal_.clear();
    touched_.clear();
    warm_accounts_.clear();
    warm_slots_.clear();
    original_.clear();
    transient_.clear();
    created_.clear();
    destroyed_.clear();
    logs_.clear();
    refund_ = 0;
}

void World::end_transaction() {
    for (const auto& address : destroyed_) erase(address);
    for (const auto& address : touched_) {
        const auto found = accounts_.find(address);
        if (found != accounts_.end() && found->second.is_empty()) erase(address);
    }
    journal_.clear();
}

/// The account for writing, made if absent; its making is undone like everything else.
Account& World::touch(const Address& address) {
    touched_.insert(address);
    changed_.insert(address);
    (void)find(address);
    const auto [found, made] = accounts_.try_emplace(address);
    if (made) undo([this, address] { accounts_.erase(address); });
    return found->second;
}

void World::set_balance(const Address& address, const Uint256& balance) {
    auto& account = touch(address);
    undo([this, address, old = account.balance] { accounts_[address].balance = old; });
    account.balance = balance;
}

Uint256 World::balance(const Address& address) {
    const auto* account = find(address);
    return account == nullptr ? Uint256{} : account->balance;
}

const Bytes& World::code(const Address& address) {
    static const Bytes none;
    const auto* account = find(address);
    return account == nullptr ? none : account->code;
}

Hash32 World::code_hash(const Address& address) {
    return crypto::keccak256(code(address));
}

bool World::is_empty(const Address& address) {
    const auto* account = find(address);
    return account == nullptr || account->is_empty();
}

std::uint64_t World::nonce(const Address& address) {
    const auto* account = find(address);
    return account == nullptr ? 0 : account->nonce;
}

void World::set_nonce(const Address& address, std::uint64_t nonce) {
    auto& account = touch(address);
    undo([this, address, old = account.nonce] { accounts_[address].nonce = old; });
    account.nonce = nonce;
}

bool World::has_storage(const Address& address) {
    const auto* account = find(address);
    if (account == nullptr) return false;
    return !account->storage.empty() ||
           (with_storage_.contains(address) && !cleared_.contains(address));
}

Uint256 World::storage(const Address& address, const Uint256& key) {
    auto* account = find(address);
    if (account == nullptr) return {};
    if (const auto slot = account->storage.find(key); slot != account->storage.end())
        return slot->second;
    if (!with_storage_.contains(address) || cleared_.contains(address) ||
        !loaded_slots_.insert({address, key}).second)
        return {};
    const auto value = base_->storage(address, key);
    if (!value.is_zero()) account->storage[key] = value;
    return value;
}

Uint256 World::original_storage(const Address& address, const Uint256& key) {
    const auto found = original_.find({address, key});
    return found == original_.end() ? storage(address, key) : found->second;
}

void World::set_storage(const Address& address, const Uint256& key, const Uint256& value) {
    const auto old = storage(address, key);
    original_.try_emplace({address, key}, old);
    changed_slots_.insert({address, key});
    auto& account = touch(address);
    undo([this, address, key, old] {
        auto& slots = accounts_[address].storage;
        if (old.is_zero())
            slots.erase(key);
        else
            slots[key] = old;
    });
    if (value.is_zero())
        account.storage.erase(key);
    else
        account.storage[key] = value;
}

Uint256 World::transient_storage(const Address& address, const Uint256& key) {
    const auto found = transient_.find({address, key});
    return found == transient_.end() ? Uint256{} : found->second;
}

void World::set_transient_storage(const Address& address, const Uint256& key,
                                  const Uint256& value) {
    auto& slot = transient_[{address, key}];
    undo([this, address, key, old = slot] { transient_[{address, key}] = old; });
    slot = value;
}

bool World::warm_account(const Address& address) {
    if (!warm_accounts_.insert(address).second) return true;
    undo([this, address] { warm_accounts_.erase(address); });
    return false;
}

bool World::warm_slot(const Address& address, const Uint256& key) {
    if (!warm_slots_.insert({address, key}).second) return true;
    undo([this, address, key] { warm_slots_.erase({address, key}); });
    return false;
}

void World::transfer(const Address& from, const Address& to, const Uint256& value) {
    set_balance(from, balance(from) - value);
    set_balance(to, balance(to) + value);
}

void World::create_account(const Address& address) {
    touch(address);
    if (created_.insert(address).second) undo([this, address] { created_.erase(address); });
}

void World::set_code(const Address& address, Bytes code) {
    auto& account = touch(address);
    undo([this, address, old = account.code] { accounts_[address].code = old; });
    account.code = std::move(code);
    changed_code_.insert(address);
}

void World::self_destruct(const Address& address, const Address& beneficiary) {
    const auto amount = balance(address);
    const bool ends = created_.contains(address);
    if (address != beneficiary)
        transfer(address, beneficiary, amount);
    else if (ends)
        set_balance(address, 0);
    if (ends && destroyed_.insert(address).second)
        undo([this, address] { destroyed_.erase(address); });
}

void World::emit_log(proto::Log log) {
    logs_.push_back(std::move(log));
    undo([this] { logs_.pop_back(); });
}

void World::add_refund(std::int64_t gas) {
    refund_ += gas;
    undo([this, gas] { refund_ -= gas; });
}

Hash32 World::block_hash(std::uint64_t number) {
    return block_hashes ? block_hashes(number) : Hash32{};
}

void World::revert_to(std::size_t checkpoint) {
    while (journal_.size() > checkpoint) {
        journal_.back()();
        journal_.pop_back();
    }
}

}  // namespace lucid::blockchain::state
