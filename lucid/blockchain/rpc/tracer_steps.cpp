// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/tracer_kinds.hpp>

#include <map>

// geth's struct log: one entry for each instruction.

namespace lucid::blockchain::rpc {
namespace {

using proto::Uint256;

constexpr std::size_t entry_bytes = 70;     ///< of an entry's JSON without stack, memory, storage
constexpr std::size_t word_bytes = 70;      ///< of a word's
constexpr std::uint64_t deposit_gas = 200;  ///< of a byte of code
constexpr std::uint8_t sload = 0x54;
constexpr std::uint8_t sstore = 0x55;

std::string name_of(std::uint8_t op) {
    const auto* name = evm::name_of_instruction(op);
    return name != nullptr ? name : "opcode 0x" + to_hex(ByteView(&op, 1)) + " not defined";
}

class StepTracer final : public JsonTracer {
  public:
    StepTracer(const Json& options, TraceRoom& room)
        : stack_(!options.value("disableStack", false)),
          storage_(!options.value("disableStorage", false)),
          memory_(options.value("enableMemory", false)),
          return_data_(options.value("enableReturnData", false)),
          limit_(options.value("limit", std::size_t{0})),
          room_(room) {}

    void on_enter(const evm::Message& message) override {
        // What the call cost is what its frame has not kept.
        settle(message.gas_kept, message.depth);
    }
    void on_exit(const evm::Message& message, const evm::Outcome& outcome) override {
        if (outcome.status == evm::Status::failure && open_ && open_depth_ == message.depth + 1) {
            entries_.back()["error"] = evm::text_of(outcome.halt);
            open_ = false;
        }
        const bool deployed = message.creates() && outcome.status == evm::Status::success;
        // The code's deposit is not its last instruction's.
        settle(outcome.gas_left + (deployed ? deposit_gas * outcome.output.size() : 0),
               message.depth + 1);
        if (message.depth == 0 && room_.take(2 * outcome.output.size()))
            output_ = hex_data(outcome.output);
    }
    void on_step(const evm::Step& step) override {
        settle(step.gas, step.depth + 1);
        if (load_ && load_depth_ == step.depth && !step.stack.empty())
            remember(step.message.recipient, *load_, step.stack.back(), load_entry_);
        load_.reset();
        if ((limit_ != 0 && entries_.size() >= limit_) || !room_.take(entry_bytes)) return;
        if (entries_.size() >= trace_steps_max) {
            (void)room_.take(SIZE_MAX);
            return;
        }
        Json entry = {{"pc", step.pc},
                      {"op", name_of(step.op)},
                      {"gas", step.gas},
                      {"gasCost", 0},
                      {"depth", step.depth + 1}};
        add_views(step, entry);
        entries_.push_back(std::move(entry));
        open_ = true;
        open_gas_ = step.gas;
        open_depth_ = step.depth + 1;
        if (storage_) note_storage(step);
    }
    Json result(const TracedTransaction&, const state::Applied& applied, state::World*,
                state::World&) override {
        return {{"gas", applied.gas_used},
                {"failed", applied.status != evm::Status::success},
                {"returnValue", output_},
                {"structLogs", std::move(entries_)}};
    }

  private:
    void add_views(const evm::Step& step, Json& entry) {
        if (stack_ && room_.take(step.stack.size() * word_bytes)) {
            auto& values = entry["stack"] = Json::array();
            for (const auto& word : step.stack) values.push_back(word.to_hex_quantity());
        }
        if (memory_ && !step.memory.empty() && room_.take(step.memory.size() / 32 * word_bytes)) {
            auto& words = entry["memory"] = Json::array();
            for (std::size_t at = 0; at + 32 <= step.memory.size(); at += 32)
                words.push_back(hex_data(step.memory.subspan(at, 32)));
        }
        if (return_data_ && !step.return_data.empty() && room_.take(2 * step.return_data.size()))
            entry["returnData"] = hex_data(step.return_data);
    }
    /// The last entry's cost, once what is left after it is known.
    void settle(std::uint64_t gas_left, unsigned depth) {
        if (!open_ || depth != open_depth_) return;
        entries_.back()["gasCost"] = open_gas_ > gas_left ? open_gas_ - gas_left : 0;
        open_ = false;
    }
    void note_storage(const evm::Step& step) {
        if (step.op == sload && !step.stack.empty()) {
            // The value stands on the stack afterwards.
            load_ = from_top(step, 0);
            load_depth_ = step.depth;
            load_entry_ = entries_.size() - 1;
        } else if (step.op == sstore && step.stack.size() >= 2) {
            remember(step.message.recipient, from_top(step, 0), from_top(step, 1),
                     entries_.size() - 1);
        }
    }
    void remember(const proto::Address& account, const Uint256& slot, const Uint256& value,
                  std::size_t entry) {
        auto& known = slots_[account];
        known[hex_data(slot.to_be())] = hex_data(value.to_be());
        if (room_.take(known.size() * 2 * word_bytes)) entries_[entry]["storage"] = known;
    }

    bool stack_;
    bool storage_;
    bool memory_;
    bool return_data_;
    std::size_t limit_;
    TraceRoom& room_;
    Json::array_t entries_;
    std::string output_ = "0x";
    bool open_ = false;  ///< the last entry's cost is not known yet
    std::uint64_t open_gas_ = 0;
    unsigned open_depth_ = 0;
    std::optional<Uint256> load_;
    unsigned load_depth_ = 0;
    std::size_t load_entry_ = 0;
    std::map<proto::Address, std::map<std::string, std::string>> slots_;
};

}  // namespace

std::unique_ptr<JsonTracer> make_step_tracer(const Json& options, TraceRoom& room) {
    return std::make_unique<StepTracer>(options, room);
}

}  // namespace lucid::blockchain::rpc
