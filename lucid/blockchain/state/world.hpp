// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The state while transactions run: accounts as they are touched, a journal of undo steps, and
/// what lives for one transaction. What was not touched stays behind a StateReader.

#include <lucid/blockchain/evm/host.hpp>
#include <lucid/blockchain/state/accounts.hpp>
#include <lucid/blockchain/state/world_entry.hpp>

#include <functional>

namespace lucid::blockchain::state {

class World final : public evm::Host {
  public:
    /// The whole state, in memory.
    explicit World(const Accounts& accounts);
    /// `base` outlives the world and does not change under it.
    explicit World(StateReader& base);
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    /// What was loaded or made; the whole state where there is no base.
    [[nodiscard]] Accounts accounts();
    /// Accounts that changed since the last take_changes(). Between transactions only.
    [[nodiscard]] StateChanges take_changes();

    void begin_transaction(evm::Fork fork = evm::Fork::prague);
    /// Removes what self-destructed, empty accounts that were touched (EIP-161); forgets the
    /// journal.
    void end_transaction();
    [[nodiscard]] std::vector<proto::Log> take_logs() { return std::move(logs_); }
    [[nodiscard]] const std::vector<proto::Log>& logs() const { return logs_; }
    [[nodiscard]] std::int64_t refund() const { return refund_; }
    void set_balance(const Address& address, const Uint256& balance);
    [[nodiscard]] Uint256 storage(const Address& address, const Uint256& key);
    /// The account counts as touched: it goes at the end if it is empty.
    void touch_account(const Address& address) { (void)touch(address); }
    std::function<Hash32(std::uint64_t)> block_hashes;

    Uint256 balance(const Address& address) override;
    std::shared_ptr<const evm::Code> code(const Address& address) override;
    Hash32 code_hash(const Address& address) override;
    bool exists(const Address& address) override;
    bool is_empty(const Address& address) override;
    std::uint64_t nonce(const Address& address) override;
    void set_nonce(const Address& address, std::uint64_t nonce) override;
    bool has_storage(const Address& address) override;
    evm::SlotAccess access_slot(const Address& address, const Uint256& key) override;
    void set_storage(const Address& address, const Uint256& key, const Uint256& value) override;
    Uint256 transient_storage(const Address& address, const Uint256& key) override;
    void set_transient_storage(const Address& address, const Uint256& key,
                               const Uint256& value) override;
    bool warm_account(const Address& address) override;
    void transfer(const Address& from, const Address& to, const Uint256& value) override;
    void create_account(const Address& address) override;
    void set_code(const Address& address, Bytes code) override;
    bool self_destruct(const Address& address, const Address& beneficiary) override;
    void emit_log(proto::Log log) override;
    void add_refund(std::int64_t gas) override;
    Hash32 block_hash(std::uint64_t number) override;
    std::size_t checkpoint() override { return journal_.size(); }
    void revert_to(std::size_t checkpoint) override;

  private:
    /// The account, loaded on first use; it may not be there (`exists`).
    Entry& entry(const Address& address);
    Slot& slot(Entry& entry, const Uint256& key);
    Uint256& transient(const Address& address, const Uint256& key);
    /// The account for writing, made if absent; its making is undone like everything else.
    Entry& touch(const Address& address);
    void change_balance(Entry& entry, const Uint256& balance);
    void erase(Entry& entry);
    void undo(const Undo& step);

    StateReader* base_ = nullptr;
    evm::Fork fork_ = evm::Fork::prague;
    /// Number of the running transaction: what carries another one is from before.
    std::uint64_t epoch_ = 1;
    HashSeed seed_;
    std::unordered_map<Address, Entry, AddressHash> entries_;
    std::unordered_map<SlotKey, Uint256, SlotKeyHash> transient_;
    std::unordered_map<Hash32, std::shared_ptr<const evm::Code>, Hash32Hash> codes_;
    std::shared_ptr<const evm::Code> no_code_;
    Entry* last_entry_ = nullptr;  ///< code asks for the same account again and again
    std::vector<Undo> journal_;
    std::vector<Entry*> touched_;
    std::vector<Entry*> destroyed_;
    std::vector<proto::Log> logs_;
    std::int64_t refund_ = 0;
};

}  // namespace lucid::blockchain::state
