// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call_request.hpp>
#include <lucid/blockchain/rpc/tracer_kinds.hpp>

// geth's callTracer: the tree of calls with gas, values, logs and outcomes.

namespace lucid::blockchain::rpc {
namespace {

using evm::CallKind;
using evm::Message;
using evm::Outcome;
using proto::Uint256;

constexpr std::size_t frame_bytes = 300;  ///< of a frame's JSON without input and output
constexpr std::size_t log_bytes = 200;

const char* type_of(CallKind kind) {
    switch (kind) {
        case CallKind::call:
            return "CALL";
        case CallKind::callcode:
            return "CALLCODE";
        case CallKind::delegatecall:
            return "DELEGATECALL";
        case CallKind::staticcall:
            return "STATICCALL";
        case CallKind::create:
            return "CREATE";
        case CallKind::create2:
            return "CREATE2";
    }
    return "CALL";
}

Json frame_json(const Message& m) {
    const bool borrows = m.kind == CallKind::delegatecall || m.kind == CallKind::callcode;
    Json frame = {{"type", type_of(m.kind)},
                  {"from", hex_data(borrows ? m.recipient : m.caller)},
                  {"to", hex_data(borrows ? m.code_address : m.recipient)},
                  {"gas", hex_quantity(m.gas)},
                  {"input", hex_data(m.input)}};
    if (m.kind != CallKind::staticcall) frame["value"] = m.value.to_hex_quantity();
    return frame;
}

void finish_frame(Json& frame, const Message& m, const Outcome& outcome) {
    frame["gasUsed"] = hex_quantity(m.gas - outcome.gas_left);
    if (outcome.status == evm::Status::success) {
        if (!outcome.output.empty()) frame["output"] = hex_data(outcome.output);
        return;
    }
    frame["error"] = evm::text_of(outcome.halt);
    if (m.creates()) frame.erase("to");
    if (outcome.status != evm::Status::revert || outcome.output.empty()) return;
    frame["output"] = hex_data(outcome.output);
    const auto reason = revert_reason(outcome.output);
    if (reason.size() > 2) frame["revertReason"] = reason.substr(2);
}

/// Logs of what failed never were.
void clear_logs(Json& frame) {
    frame.erase("logs");
    if (frame.contains("calls"))
        for (auto& call : frame["calls"]) clear_logs(call);
}

class CallTracer final : public JsonTracer {
  public:
    CallTracer(const Json& config, TraceRoom& room)
        : only_top_(config.value("onlyTopCall", false)),
          with_logs_(config.value("withLog", false)),
          room_(room) {}

    void on_enter(const Message& message) override {
        ++depth_;
        if (only_top_ && depth_ > 1) return;
        // Frames that do not fit are kept short, so that the tree stays one.
        const bool fits = room_.take(frame_bytes + 2 * message.input.size());
        frames_.push_back(fits ? frame_json(message) : Json::object());
    }
    void on_exit(const Message& message, const Outcome& outcome) override {
        --depth_;
        if (only_top_ && depth_ > 0) return;
        if (room_.take(2 * outcome.output.size()))
            finish_frame(frames_.back(), message, outcome);
        else
            frames_.back() = Json::object();
        if (outcome.status != evm::Status::success && with_logs_) clear_logs(frames_.back());
        if (frames_.size() == 1) return;
        auto done = std::move(frames_.back());
        frames_.pop_back();
        if (!done.empty()) frames_.back()["calls"].push_back(std::move(done));
    }
    [[nodiscard]] bool sees_steps() const override { return false; }
    void on_step(const evm::Step&) override {}
    void on_log(const proto::Log& log) override {
        if (!with_logs_ || (only_top_ && depth_ > 1)) return;
        if (!room_.take(log_bytes + 2 * log.data.size())) return;
        Json topics = Json::array();
        for (const auto& topic : log.topics) topics.push_back(hex_data(topic));
        auto& frame = frames_.back();
        const auto position = frame.contains("calls") ? frame["calls"].size() : 0;
        frame["logs"].push_back({{"address", hex_data(log.address)},
                                 {"topics", std::move(topics)},
                                 {"data", hex_data(log.data)},
                                 {"position", hex_quantity(position)}});
    }
    void on_self_destruct(const proto::Address& from, const proto::Address& to,
                          const Uint256& amount) override {
        if (frames_.empty() || only_top_ || !room_.take(frame_bytes)) return;
        frames_.back()["calls"].push_back({{"type", "SELFDESTRUCT"},
                                           {"from", hex_data(from)},
                                           {"to", hex_data(to)},
                                           {"value", amount.to_hex_quantity()},
                                           {"gas", "0x0"},
                                           {"gasUsed", "0x0"},
                                           {"input", "0x"}});
    }
    Json result(const TracedTransaction& traced, const state::Applied& applied, state::World*,
                state::World&) override {
        auto top = frames_.empty() ? Json::object() : std::move(frames_.front());
        // The whole transaction's, not the first frame's.
        top["gas"] = hex_quantity(traced.transaction.gas_limit);
        top["gasUsed"] = hex_quantity(applied.gas_used);
        return top;
    }

  private:
    bool only_top_;
    bool with_logs_;
    TraceRoom& room_;
    std::size_t depth_ = 0;
    std::vector<Json> frames_;
};

}  // namespace

std::unique_ptr<JsonTracer> make_call_tracer(const Json& config, TraceRoom& room) {
    return std::make_unique<CallTracer>(config, room);
}

}  // namespace lucid::blockchain::rpc
