// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Transactions that wait for a block: one queue per sender, ordered by nonce; what has arrived
/// lately, for those who watch.

#include <lucid/blockchain/state/transition.hpp>

#include <deque>
#include <map>

namespace lucid::blockchain::chain {

struct PooledTransaction {
    proto::Transaction transaction;
    proto::Address sender{};
    Hash32 hash{};
    std::uint64_t arrival = 0;
};

class Pool {
  public:
    static constexpr std::size_t transactions_max = 10'000;
    static constexpr std::size_t per_sender_max = 1'000;
    /// Behind a gap in one sender's nonces.
    static constexpr std::size_t queued_per_sender_max = 64;
    /// Arrivals that are remembered.
    static constexpr std::size_t arrivals_max = 10'000;
    /// Calldata of all that wait.
    static constexpr std::size_t bytes_max = 64 * 1024 * 1024;

    /// Transactions of `own` are taken beyond these limits: the node's anchors always get in.
    explicit Pool(const proto::Address& own) : own_(own) {}

    /// `sender`: who signed it. Checks what can be checked now. Texts are geth's: "nonce too low",
    /// "already known", "replacement transaction underpriced", "insufficient funds for gas * price
    /// + value", …
    Result<Hash32> add(proto::Transaction transaction, const proto::Address& sender,
                       state::World& world, const evm::BlockContext& block);
    /// Executable ones in order: the node's own, then whose next one pays the highest tip, then
    /// who came first; nonces without gaps.
    [[nodiscard]] std::vector<PooledTransaction> ready(state::World& world) const;
    [[nodiscard]] const PooledTransaction* find(const Hash32& hash) const;
    /// The first nonce of a sender that is not pending.
    [[nodiscard]] std::uint64_t next_nonce(const proto::Address& sender,
                                           std::uint64_t state_nonce) const;
    /// Forgets a sender's transactions below its nonce in the state: they are in a block.
    void drop_used(state::World& world);
    /// Forgets a transaction that became impossible, and those of its sender that waited behind it.
    void drop_from(const proto::Address& sender, std::uint64_t nonce);
    [[nodiscard]] std::size_t size() const { return by_hash_.size(); }

    using Queue = std::map<std::uint64_t, PooledTransaction>;
    [[nodiscard]] const std::map<proto::Address, Queue>& queues() const { return queues_; }
    /// Hashes from arrival `first` on, as far as they are remembered; arrivals_end() is the next.
    [[nodiscard]] std::vector<Hash32> arrivals_since(std::uint64_t first) const;
    [[nodiscard]] std::uint64_t arrivals_end() const { return first_arrival_ + arrivals_.size(); }

  private:
    /// `before`: what it would replace.
    Result<void> check_room(const Queue& queue, const PooledTransaction& entry,
                            const PooledTransaction* before, std::uint64_t state_nonce) const;
    /// Takes it in, instead of `before` where there is one.
    void place(Queue& queue, PooledTransaction entry, const PooledTransaction* before);
    void erase(Queue& queue, Queue::iterator first, Queue::iterator last);

    proto::Address own_;
    std::map<proto::Address, Queue> queues_;
    std::map<Hash32, std::pair<proto::Address, std::uint64_t>> by_hash_;  ///< sender, nonce
    std::deque<Hash32> arrivals_;
    std::uint64_t first_arrival_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace lucid::blockchain::chain
