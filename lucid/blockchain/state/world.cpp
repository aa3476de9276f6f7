// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/world.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::state {
namespace {

const Hash32& empty_code_hash() {
    static const Hash32 hash = crypto::keccak256({});
    return hash;
}

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

std::map<Address, std::optional<Account>> World::take_changed() {
    std::map<Address, std::optional<Account>> out;
    for (const auto& address : changed_) {
        const auto found = accounts_.find(address);
        out[address] = found == accounts_.end() ? std::nullopt : std::optional(found->second);
    }
    changed_.clear();
    return out;
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
    for (const auto& address : destroyed_) {
        accounts_.erase(address);
        changed_.insert(address);
    }
    for (const auto& address : touched_) {
        const auto found = accounts_.find(address);
        if (found == accounts_.end() || !found->second.is_empty()) continue;
        accounts_.erase(found);
        changed_.insert(address);
    }
    journal_.clear();
}

/// The account for writing, made if absent; its making is undone like everything else.
Account& World::touch(const Address& address) {
    touched_.insert(address);
    changed_.insert(address);
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
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? Uint256{} : found->second.balance;
}

const Bytes& World::code(const Address& address) {
    static const Bytes none;
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? none : found->second.code;
}

Hash32 World::code_hash(const Address& address) {
    return crypto::keccak256(code(address));
}

bool World::is_empty(const Address& address) {
    const auto found = accounts_.find(address);
    return found == accounts_.end() || found->second.is_empty();
}

std::uint64_t World::nonce(const Address& address) {
    const auto found = accounts_.find(address);
    return found == accounts_.end() ? 0 : found->second.nonce;
}

void World::set_nonce(const Address& address, std::uint64_t nonce) {
    auto& account = touch(address);
    undo([this, address, old = account.nonce] { accounts_[address].nonce = old; });
    account.nonce = nonce;
}

bool World::has_storage(const Address& address) {
    const auto found = accounts_.find(address);
    return found != accounts_.end() && !found->second.storage.empty();
}

Uint256 World::storage(const Address& address, const Uint256& key) {
    const auto found = accounts_.find(address);
    if (found == accounts_.end()) return {};
    const auto slot = found->second.storage.find(key);
    return slot == found->second.storage.end() ? Uint256{} : slot->second;
}

Uint256 World::original_storage(const Address& address, const Uint256& key) {
    const auto found = original_.find({address, key});
    return found == original_.end() ? storage(address, key) : found->second;
}

void World::set_storage(const Address& address, const Uint256& key, const Uint256& value) {
    const auto old = storage(address, key);
    original_.try_emplace({address, key}, old);
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
