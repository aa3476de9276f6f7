// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Transactions that wait for a block: one queue per sender, ordered by nonce.

#include <lucid/blockchain/state/transition.hpp>

#include <map>

namespace lucid::blockchain::chain {

struct PooledTransaction {
    proto::Transaction transaction;
    proto::Address sender{};
    Hash32 hash{};
};

class Pool {
  public:
    static constexpr std::size_t transactions_max = 10'000;
    static constexpr std::size_t per_sender_max = 1'000;

    /// Checks what can be checked now. Texts are geth's: "nonce too low", "already known",
    /// "replacement transaction underpriced", "insufficient funds for gas * price + value", …
    Result<Hash32> add(proto::Transaction transaction, state::World& world,
                       const evm::BlockContext& block);
    /// Executable ones in order: senders by address, nonces without gaps.
    [[nodiscard]] std::vector<PooledTransaction> ready(state::World& world) const;
    [[nodiscard]] const PooledTransaction* find(const Hash32& hash) const;
    /// The first nonce of a sender that is not pending.
    [[nodiscard]] std::uint64_t next_nonce(const proto::Address& sender,
                                           std::uint64_t state_nonce) const;
    void remove(const PooledTransaction& transaction);
    [[nodiscard]] std::size_t size() const { return count_; }

  private:
    std::map<proto::Address, std::map<std::uint64_t, PooledTransaction>> queues_;
    std::size_t count_ = 0;
};

}  // namespace lucid::blockchain::chain
