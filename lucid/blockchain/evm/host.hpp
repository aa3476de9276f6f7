// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the interpreter needs from the world around it. `state::World` is the one implementation;
/// tests of the interpreter alone may bring another.

#include <lucid/blockchain/evm/code.hpp>
#include <lucid/blockchain/evm/workspace.hpp>
#include <lucid/blockchain/proto/fork.hpp>
#include <lucid/blockchain/proto/receipt.hpp>

#include <map>
#include <memory>
#include <span>

namespace lucid::blockchain::evm {

using proto::Address;
using proto::Fork;
using proto::Uint256;

/// Precompiled contracts by where they stand: address → the one of the fork that answers there.
using Precompiles = std::map<Address, Address>;

/// Constant during a block.
struct BlockContext {
    Fork fork = Fork::prague;
    std::uint64_t chain_id = 0;
    std::uint64_t number = 0;
    std::uint64_t timestamp = 0;
    std::uint64_t gas_limit = 0;
    Address coinbase{};
    Hash32 prev_randao{};  ///< from Paris on
    Uint256 difficulty;    ///< before Paris
    Uint256 base_fee;
    Uint256 blob_base_fee = 1;
    /// What a block and a transaction may hold (EIP-4844, 7594); zero: blob transactions are
    /// refused.
    std::uint64_t blob_gas_max = 0;
    std::uint64_t blobs_per_transaction_max = 0;
    /// Moved or replaced ones, for simulations; null: they stand where the fork has them.
    const Precompiles* precompiles = nullptr;
};

/// Constant during a transaction.
struct TransactionContext {
    Address origin{};
    Uint256 gas_price;
    std::span<const Hash32> blob_hashes;
};

struct SlotAccess {
    Uint256 current;
    Uint256 original;  ///< at the start of the transaction (EIP-2200)
    bool was_warm = false;
};

class Host {
  public:
    virtual ~Host() = default;

    virtual Uint256 balance(const Address& address) = 0;
    /// The account's own code, never null; a delegation (EIP-7702) is 0xef0100 ‖ address.
    virtual std::shared_ptr<const Code> code(const Address& address) = 0;
    /// Of an account that is there.
    virtual Hash32 code_hash(const Address& address) = 0;
    virtual bool exists(const Address& address) = 0;
    /// Not there, or without nonce, balance and code (EIP-161).
    virtual bool is_empty(const Address& address) = 0;
    virtual std::uint64_t nonce(const Address& address) = 0;
    virtual void set_nonce(const Address& address, std::uint64_t nonce) = 0;
    virtual bool has_storage(const Address& address) = 0;
    /// Values of a slot, which is warm afterwards (EIP-2929).
    virtual SlotAccess access_slot(const Address& address, const Uint256& key) = 0;
    /// The slot was accessed before.
    virtual void set_storage(const Address& address, const Uint256& key, const Uint256& value) = 0;
    virtual Uint256 transient_storage(const Address& address, const Uint256& key) = 0;
    virtual void set_transient_storage(const Address& address, const Uint256& key,
                                       const Uint256& value) = 0;
    /// True if it was warm already; warm afterwards (EIP-2929).
    virtual bool warm_account(const Address& address) = 0;
    /// The caller has checked the balance. Both accounts are touched, also by nothing (EIP-161).
    virtual void transfer(const Address& from, const Address& to, const Uint256& value) = 0;
    virtual void create_account(const Address& address) = 0;
    virtual void set_code(const Address& address, Bytes code) = 0;
    /// The balance moves; the account ends with the transaction (from Cancun on only if it was made
    /// in it, EIP-6780). True the first time.
    virtual bool self_destruct(const Address& address, const Address& beneficiary) = 0;
    virtual void emit_log(proto::Log log) = 0;
    virtual void add_refund(std::int64_t gas) = 0;
    /// Hash of one of the last 256 blocks, else zero.
    virtual Hash32 block_hash(std::uint64_t number) = 0;

    /// Undo log.
    virtual std::size_t checkpoint() = 0;
    virtual void revert_to(std::size_t checkpoint) = 0;

    /// What machines on this host work in, one at a time: kept from transaction to transaction.
    [[nodiscard]] Workspace& workspace() { return shared_ != nullptr ? *shared_ : own_; }
    /// To work in one that outlives this host, and in which no other works meanwhile: what was
    /// allocated for one host serves the next.
    void work_in(Workspace& workspace) { shared_ = &workspace; }

  private:
    Workspace own_;
    Workspace* shared_ = nullptr;
};

}  // namespace lucid::blockchain::evm
