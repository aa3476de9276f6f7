// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/blockchain/state/world.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::state {
namespace {

using Kind = Undo::Kind;

/// Differs from run to run where the system randomises addresses; nothing that leaves a World
/// depends on it.
HashSeed seed_from(const void* place) {
    return {mix(reinterpret_cast<std::uintptr_t>(place), 0xd6e8feb86659fd93)};
}

}  // namespace

World::World(StateReader& base)
    : base_(&base),
      seed_(seed_from(this)),
      entries_(0, AddressHash{seed_}),
      transient_(0, SlotKeyHash{seed_}),
      no_code_(std::make_shared<const evm::Code>()) {}

World::World(const Accounts& accounts)
    : seed_(seed_from(this)),
      entries_(0, AddressHash{seed_}),
      transient_(0, SlotKeyHash{seed_}),
      no_code_(std::make_shared<const evm::Code>()) {
    for (const auto& [address, account] : accounts) {
        auto& e = entry(address);
        e.exists = true;
        e.nonce = account.nonce;
        e.balance = account.balance;
        if (!account.code.empty()) {
            e.code = std::make_shared<const evm::Code>(account.code);
            e.code_hash = crypto::keccak256(account.code);
        }
        for (const auto& [key, value] : account.storage) e.slots[key].current = value;
    }
}

Entry& World::entry(const Address& address) {
    if (last_entry_ != nullptr && last_entry_->address == address) return *last_entry_;
    const auto [found, made] = entries_.try_emplace(address, address, seed_);
    auto& e = found->second;
    last_entry_ = &e;
    if (!made) return e;
    e.code_hash = empty_code_hash();
    e.code = no_code_;
    if (base_ == nullptr) return e;
    const auto head = base_->account(address);
    if (!head) return e;
    e.exists = true;
    e.nonce = head->nonce;
    e.balance = head->balance;
    e.code_hash = head->code_hash;
    if (head->code_hash != empty_code_hash()) e.code = nullptr;
    e.base_has_storage = head->has_storage;
    return e;
}

Slot& World::slot(Entry& e, const Uint256& key) {
    const auto [found, made] = e.slots.try_emplace(key);
    auto& s = found->second;
    if (made && e.base_has_storage) s.current = base_->storage(e.address, key);
    if (s.original_epoch != epoch_) {
        s.original_epoch = epoch_;
        s.original = s.current;
    }
    return s;
}

Uint256 World::balance(const Address& address) {
    return entry(address).balance;
}

std::shared_ptr<const evm::Code> World::code(const Address& address) {
    auto& e = entry(address);
    if (e.code) return e.code;
    auto& shared = codes_[e.code_hash];
    if (!shared) shared = std::make_shared<const evm::Code>(base_->code(e.code_hash));
    e.code = shared;
    return e.code;
}

Hash32 World::code_hash(const Address& address) {
    return entry(address).code_hash;
}

bool World::exists(const Address& address) {
    return entry(address).exists;
}

bool World::is_empty(const Address& address) {
    return entry(address).is_empty();
}

std::uint64_t World::nonce(const Address& address) {
    return entry(address).nonce;
}

bool World::has_storage(const Address& address) {
    const auto& e = entry(address);
    if (e.base_has_storage) return true;
    for (const auto& [key, s] : e.slots)
        if (!s.current.is_zero()) return true;
    return false;
}

Uint256 World::storage(const Address& address, const Uint256& key) {
    return slot(entry(address), key).current;
}

evm::SlotAccess World::access_slot(const Address& address, const Uint256& key) {
    auto& e = entry(address);
    auto& s = slot(e, key);
    const bool was_warm = s.warm_epoch == epoch_;
    if (!was_warm) {
        s.warm_epoch = epoch_;
        Undo step(Kind::warm_slot, &e);
        step.slot = &s;
        journal_.push_back(std::move(step));
    }
    return {s.current, s.original, was_warm};
}

void World::set_storage(const Address& address, const Uint256& key, const Uint256& value) {
    auto& e = touch(address);
    auto& s = slot(e, key);
    Undo step(Kind::slot, &e);
    step.slot = &s;
    step.value = s.current;
    journal_.push_back(std::move(step));
    s.current = value;
    s.written = true;
}

Uint256& World::transient(const Address& address, const Uint256& key) {
    return transient_[{address, key}];
}

Uint256 World::transient_storage(const Address& address, const Uint256& key) {
    const auto found = transient_.find({address, key});
    return found == transient_.end() ? Uint256{} : found->second;
}

void World::set_transient_storage(const Address& address, const Uint256& key,
                                  const Uint256& value) {
    auto& place = transient(address, key);
    Undo step(Kind::transient);
    step.transient = &place;
    step.value = place;
    journal_.push_back(std::move(step));
    place = value;
}

bool World::warm_account(const Address& address) {
    auto& e = entry(address);
    // Precompiled contracts are warm from the start (EIP-2929).
    if (e.warm_epoch == epoch_ || evm::is_precompile(address, fork_)) return true;
    e.warm_epoch = epoch_;
    journal_.emplace_back(Kind::warm_account, &e);
    return false;
}

Hash32 World::block_hash(std::uint64_t number) {
    return block_hashes ? block_hashes(number) : Hash32{};
}

Accounts World::accounts() {
    Accounts out;
    for (auto& [address, e] : entries_) {
        if (!e.exists) continue;
        auto& account = out[address];
        account.nonce = e.nonce;
        account.balance = e.balance;
        account.code = to_bytes(code(address)->bytes());
        for (const auto& [key, s] : e.slots)
            if (!s.current.is_zero()) account.storage[key] = s.current;
    }
    return out;
}

StateChanges World::take_changes() {
    StateChanges out;
    for (auto& [address, e] : entries_) {
        if (!e.changed) continue;
        auto& change = out[address];
        change.storage_cleared = e.storage_cleared;
        if (e.exists) {
            change.after = AccountHead{e.nonce, e.balance, e.code_hash, has_storage(address)};
            if (e.code_changed) change.code = to_bytes(code(address)->bytes());
        }
        for (auto& [key, s] : e.slots) {
            if (s.written && e.exists) change.storage[key] = s.current;
            s.written = false;
        }
        e.changed = e.code_changed = e.storage_cleared = false;
    }
    return out;
}

}  // namespace lucid::blockchain::state
