// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the interpreter needs from the world. Semantics are those of the Prague fork.

#include <lucid/blockchain/proto/receipt.hpp>

namespace lucid::blockchain::evm {

using proto::Address;
using proto::Uint256;

/// Constant during a transaction.
struct BlockContext {
    std::uint64_t chain_id = 0;
    std::uint64_t number = 0;
    std::uint64_t timestamp = 0;
    std::uint64_t gas_limit = 0;
    Address coinbase{};
    Hash32 prev_randao{};
    Uint256 base_fee;
    Uint256 blob_base_fee = 1;
};

struct TransactionContext {
    Address origin{};
    Uint256 gas_price;
};

class Host {
  public:
    virtual ~Host() = default;

    virtual Uint256 balance(const Address& address) = 0;
    /// The account's own code; a delegation (EIP-7702) is 0xef0100 ‖ address.
    virtual const Bytes& code(const Address& address) = 0;
    virtual Hash32 code_hash(const Address& address) = 0;
    virtual bool is_empty(const Address& address) = 0;
    virtual std::uint64_t nonce(const Address& address) = 0;
    virtual void set_nonce(const Address& address, std::uint64_t nonce) = 0;
    virtual bool has_storage(const Address& address) = 0;
    virtual Uint256 storage(const Address& address, const Uint256& key) = 0;
    /// Value at the start of the transaction (EIP-2200).
    virtual Uint256 original_storage(const Address& address, const Uint256& key) = 0;
    virtual void set_storage(const Address& address, const Uint256& key, const Uint256& value) = 0;
    virtual Uint256 transient_storage(const Address& address, const Uint256& key) = 0;
    virtual void set_transient_storage(const Address& address, const Uint256& key,
                                       const Uint256& value) = 0;
    /// True if it was warm already; warm afterwards (EIP-2929).
    virtual bool warm_account(const Address& address) = 0;
    virtual bool warm_slot(const Address& address, const Uint256& key) = 0;
    /// The caller has checked the balance.
    virtual void transfer(const Address& from, const Address& to, const Uint256& value) = 0;
    virtual void create_account(const Address& address) = 0;
    virtual void set_code(const Address& address, Bytes code) = 0;
    /// EIP-6780: balance moves; the account ends only if it was made in this transaction.
    virtual void self_destruct(const Address& address, const Address& beneficiary) = 0;
    virtual void emit_log(proto::Log log) = 0;
    virtual void add_refund(std::int64_t gas) = 0;
    /// Hash of one of the last 256 blocks, else zero.
    virtual Hash32 block_hash(std::uint64_t number) = 0;

    /// Undo log.
    virtual std::size_t checkpoint() = 0;
    virtual void revert_to(std::size_t checkpoint) = 0;
};

}  // namespace lucid::blockchain::evm
