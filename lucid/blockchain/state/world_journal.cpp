// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/world.hpp>
#include <lucid/common/crypto/hash.hpp>

// Changes that can be taken back, and what begins and ends with a transaction.

namespace lucid::blockchain::state {
namespace {

using Kind = Undo::Kind;

/// EIP-161 was undone for this account alone when a call of it ran out of gas (block 2,675,119):
/// all clients agree that its touch stays.
bool is_ripemd(const Address& address) {
    Address ripemd{};
    ripemd[19] = 3;
    return address == ripemd;
}

}  // namespace

void World::begin_transaction(evm::Fork fork) {
    fork_ = fork;
    ++epoch_;
    journal_.clear();
    touched_.clear();
    destroyed_.clear();
    transient_.clear();
    logs_.clear();
    refund_ = 0;
}

void World::end_transaction() {
    for (auto* e : destroyed_)
        if (e->destroyed_epoch == epoch_) erase(*e);
    if (fork_ >= evm::Fork::spurious_dragon)
        for (auto* e : touched_)
            if (e->touched_epoch == epoch_ && e->exists && e->is_empty()) erase(*e);
    journal_.clear();
    touched_.clear();
    destroyed_.clear();
}

void World::erase(Entry& e) {
    e.exists = false;
    e.nonce = 0;
    e.balance = {};
    e.code_hash = empty_code_hash();
    e.code = no_code_;
    e.slots.clear();
    e.base_has_storage = false;
    e.storage_cleared = true;
    e.changed = true;
}

Entry& World::touch(const Address& address) {
    auto& e = entry(address);
    e.changed = true;
    if (e.touched_epoch != epoch_) {
        e.touched_epoch = epoch_;
        touched_.push_back(&e);
        journal_.emplace_back(Kind::touch, &e);
    }
    if (!e.exists) {
        e.exists = true;
        journal_.emplace_back(Kind::existence, &e);
    }
    return e;
}

void World::change_balance(Entry& e, const Uint256& balance) {
    Undo step(Kind::balance, &e);
    step.value = e.balance;
    journal_.push_back(std::move(step));
    e.balance = balance;
}

void World::set_balance(const Address& address, const Uint256& balance) {
    change_balance(touch(address), balance);
}

void World::set_nonce(const Address& address, std::uint64_t nonce) {
    auto& e = touch(address);
    Undo step(Kind::nonce, &e);
    step.value = e.nonce;
    journal_.push_back(std::move(step));
    e.nonce = nonce;
}

void World::set_code(const Address& address, Bytes code) {
    auto& e = touch(address);
    Undo step(Kind::code, &e);
    step.value = Uint256::load_be(e.code_hash.data());
    step.code = e.code;
    journal_.push_back(std::move(step));
    e.code_hash = code.empty() ? empty_code_hash() : crypto::keccak256(code);
    e.code = code.empty() ? no_code_ : std::make_shared<const evm::Code>(code);
    e.code_changed = true;
}

void World::transfer(const Address& from, const Address& to, const Uint256& value) {
    if (value.is_zero()) {
        (void)touch(to);
        return;
    }
    auto& source = touch(from);
    change_balance(source, source.balance - value);
    auto& target = touch(to);
    change_balance(target, target.balance + value);
}

void World::create_account(const Address& address) {
    auto& e = touch(address);
    if (e.created_epoch == epoch_) return;
    e.created_epoch = epoch_;
    journal_.emplace_back(Kind::creation, &e);
}

bool World::self_destruct(const Address& address, const Address& beneficiary) {
    const auto amount = balance(address);
    auto& e = entry(address);
    const bool ends = fork_ < evm::Fork::cancun || e.created_epoch == epoch_;
    if (address != beneficiary)
        transfer(address, beneficiary, amount);
    else if (ends)
        set_balance(address, 0);
    if (!ends || e.destroyed_epoch == epoch_) return false;
    e.destroyed_epoch = epoch_;
    destroyed_.push_back(&e);
    journal_.emplace_back(Kind::destruction, &e);
    return true;
}

void World::emit_log(proto::Log log) {
    logs_.push_back(std::move(log));
    journal_.emplace_back(Kind::log);
}

void World::add_refund(std::int64_t gas) {
    refund_ += gas;
    Undo step(Kind::refund);
    step.number = gas;
    journal_.push_back(std::move(step));
}

void World::undo(const Undo& step) {
    auto* e = step.entry;  // null where the step is about no account
    switch (step.kind) {
        case Kind::existence:
            e->exists = false;
            break;
        case Kind::balance:
            e->balance = step.value;
            break;
        case Kind::nonce:
            e->nonce = step.value.words[0];
            break;
        case Kind::code:
            e->code_hash = step.value.to_be();
            e->code = step.code;
            break;
        case Kind::slot:
            step.slot->current = step.value;
            break;
        case Kind::transient:
            *step.transient = step.value;
            break;
        case Kind::warm_account:
            e->warm_epoch = 0;
            break;
        case Kind::warm_slot:
            step.slot->warm_epoch = 0;
            break;
        case Kind::touch:
            if (!is_ripemd(e->address)) e->touched_epoch = 0;
            break;
        case Kind::creation:
            e->created_epoch = 0;
            break;
        case Kind::destruction:
            e->destroyed_epoch = 0;
            break;
        case Kind::log:
            logs_.pop_back();
            break;
        case Kind::refund:
            refund_ -= step.number;
            break;
    }
}

void World::revert_to(std::size_t checkpoint) {
    while (journal_.size() > checkpoint) {
        undo(journal_.back());
        journal_.pop_back();
    }
}

}  // namespace lucid::blockchain::state
