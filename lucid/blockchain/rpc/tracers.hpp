// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// geth's tracers (callTracer, prestateTracer, 4byteTracer and the log of single steps) as JSON.
/// Private to this folder.

#include <lucid/blockchain/rpc/values.hpp>
#include <lucid/blockchain/state/transition.hpp>

#include <map>
#include <memory>
#include <set>

namespace lucid::blockchain::rpc {

/// The transaction that is traced.
struct TracedTransaction {
    const proto::Transaction& transaction;
    proto::Address sender{};
    proto::Address coinbase{};
};

/// What traces of one request may still hold, in bytes of JSON. Code may make a trace thousands of
/// times longer than the transaction that runs it.
class TraceRoom {
  public:
    explicit TraceRoom(std::size_t bytes) : left_(bytes) {}
    /// False from the first time on that there is not enough.
    bool take(std::size_t bytes) {
        left_ = bytes > left_ ? 0 : left_ - bytes;
        full_ = full_ || left_ == 0;
        return !full_;
    }
    /// Throws RpcError once something did not fit.
    void check() const;

  private:
    std::size_t left_;
    bool full_ = false;
};

/// Records while the EVM runs; nothing is thrown through its frames.
class JsonTracer : public evm::Tracer {
  public:
    void on_enter(const evm::Message&) override {}
    void on_exit(const evm::Message&, const evm::Outcome&) override {}
    void on_step(const evm::Step&) override {}
    void on_self_destruct(const proto::Address&, const proto::Address&,
                          const proto::Uint256&) override {}
    /// Needs a world in which the transaction has not run.
    [[nodiscard]] virtual bool wants_before() const { return false; }
    /// `before`: nullptr unless wanted. `after`: with the transaction applied.
    [[nodiscard]] virtual Json result(const TracedTransaction& traced,
                                      const state::Applied& applied, state::World* before,
                                      state::World& after) = 0;
};

/// `options`: geth's object with tracer and tracerConfig; throws RpcError for a tracer that is not
/// known. `room` outlives the tracer.
[[nodiscard]] std::unique_ptr<JsonTracer> make_tracer(const Json& options, proto::Fork fork,
                                                      TraceRoom& room);

/// Accounts and slots that a run touches.
using TouchedState = std::map<proto::Address, std::set<proto::Uint256>>;

/// For eth_createAccessList: geth's rules of what counts.
class AccessTracer final : public evm::Tracer {
  public:
    void on_enter(const evm::Message&) override {}
    void on_exit(const evm::Message&, const evm::Outcome&) override {}
    void on_step(const evm::Step& step) override;
    void on_self_destruct(const proto::Address&, const proto::Address&,
                          const proto::Uint256&) override {}
    [[nodiscard]] const TouchedState& touched() const { return touched_; }

  private:
    TouchedState touched_;
};

/// A log and its place among all that its block emitted; those of frames that failed later have
/// places, too, as geth's simulation counts.
struct PlacedLog {
    proto::Log log;
    std::uint64_t index = 0;
};

/// Logs of one transaction, for eth_simulateV1.
class LogTracer final : public evm::Tracer {
  public:
    /// `next_index`: the block's, outlives the tracer; `with_transfers`: ether that moves counts as
    /// a log.
    LogTracer(std::uint64_t& next_index, bool with_transfers)
        : next_index_(next_index), with_transfers_(with_transfers) {}
    [[nodiscard]] bool sees_steps() const override { return false; }
    void on_enter(const evm::Message& message) override;
    void on_exit(const evm::Message& message, const evm::Outcome& outcome) override;
    void on_step(const evm::Step&) override {}
    void on_log(const proto::Log& log) override { note(log); }
    void on_self_destruct(const proto::Address& from, const proto::Address& to,
                          const proto::Uint256& amount) override {
        note_transfer(from, to, amount);
    }
    /// Those that stay, in order.
    [[nodiscard]] std::vector<PlacedLog> take() { return std::move(logs_); }

  private:
    void note(proto::Log log);
    void note_transfer(const proto::Address& from, const proto::Address& to,
                       const proto::Uint256& amount);

    std::uint64_t& next_index_;
    const bool with_transfers_;
    std::vector<PlacedLog> logs_;
    std::vector<std::size_t> frames_;  ///< how many there were when each began
};

}  // namespace lucid::blockchain::rpc
