// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The state while transactions run: accounts as they are touched, a journal of undo steps, and
/// what lives for one transaction. What was not touched stays behind a StateReader.

#include <lucid/blockchain/evm/host.hpp>
#include <lucid/blockchain/state/reader.hpp>
#include <lucid/blockchain/state/trie.hpp>

#include <functional>
#include <map>
#include <set>

namespace lucid::blockchain::state {

struct Account {
    std::uint64_t nonce = 0;
    Uint256 balance;
    Bytes code;
    std::map<Uint256, Uint256> storage;  ///< no zero values

    [[nodiscard]] bool is_empty() const { return nonce == 0 && balance.is_zero() && code.empty(); }
    friend bool operator==(const Account&, const Account&) = default;
};

using Accounts = std::map<Address, Account>;

/// Root of the secure state trie.
[[nodiscard]] Hash32 state_root(const Accounts& accounts);

class World final : public evm::Host {
  public:
    /// The whole state, in memory.
    explicit World(Accounts accounts) : accounts_(std::move(accounts)) {}
    /// `base` outlives the world and does not change under it.
    explicit World(StateReader& base) : base_(&base) {}
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// What was loaded or made; the whole state where there is no base.
    [[nodiscard]] const Accounts& accounts() const { return accounts_; }
    /// Accounts that changed since the last take_changes().
    [[nodiscard]] StateChanges take_changes();
    [[nodiscard]] bool exists(const Address& address) { return find(address) != nullptr; }

    void begin_transaction();
    /// Removes what self-destructed, empty accounts that were touched (EIP-161); forgets the
    /// journal.
    void end_transaction();
    [[nodiscard]] std::vector<proto::Log> take_logs() { return std::move(logs_); }
    [[nodiscard]] std::int64_t refund() const { return refund_; }
    void set_balance(const Address& address, const Uint256& balance);
    std::function<Hash32(std::uint64_t)> block_hashes;

    Uint256 balance(const Address& address) override;
    const Bytes& code(const Address& address) override;
    Hash32 code_hash(const Address& address) override;
    bool is_empty(const Address& address) override;
    std::uint64_t nonce(const Address& address) override;
    void set_nonce(const Address& address, std::uint64_t nonce) override;
    bool has_storage(const Address& address) override;
    Uint256 storage(const Address& address, const Uint256& key) override;
    Uint256 original_storage(const Address& address, const Uint256& key) override;
    void set_storage(const Address& address, const Uint256& key, const Uint256& value) override;
    Uint256 transient_storage(const Address& address, const Uint256& key) override;
    void set_transient_storage(const Address& address, const Uint256& key,
                               const Uint256& value) override;
    bool warm_account(const Address& address) override;
    bool warm_slot(const Address& address, const Uint256& key) override;
    void transfer(const Address& from, const Address& to, const Uint256& value) override;
    void create_account(const Address& address) override;
    void set_code(const Address& address, Bytes code) override;
    void self_destruct(const Address& address, const Address& beneficiary) override;
    void emit_log(proto::Log log) override;
    void add_refund(std::int64_t gas) override;
    Hash32 block_hash(std::uint64_t number) override;
    std::size_t checkpoint() override { return journal_.size(); }
    void revert_to(std::size_t checkpoint) override;

  private:
    using Slot = std::pair<Address, Uint256>;
    /// Loads on first touch; nullptr: there is no such account.
    Account* find(const Address& address);
    Account& touch(const Address& address);
    void erase(const Address& address);
    void undo(std::function<void()> step) { journal_.push_back(std::move(step)); }

    StateReader* base_ = nullptr;
    Accounts accounts_;
    std::set<Address> loaded_;        ///< known from the base, there or not
    std::set<Slot> loaded_slots_;     ///< their values stand in accounts_
    std::set<Address> with_storage_;  ///< the base has slots of these
    std::set<Address> cleared_;       ///< the base's slots of these are void
    std::vector<std::function<void()>> journal_;
    std::set<Address> changed_;
    std::set<Slot> changed_slots_;
    std::set<Address> changed_code_;
    std::set<Address> touched_;
    std::set<Address> warm_accounts_;
    std::set<Slot> warm_slots_;
    std::map<Slot, Uint256> original_;
    std::map<Slot, Uint256> transient_;
    std::set<Address> created_;
    std::set<Address> destroyed_;
    std::vector<proto::Log> logs_;
    std::int64_t refund_ = 0;
};

}  // namespace lucid::blockchain::state
