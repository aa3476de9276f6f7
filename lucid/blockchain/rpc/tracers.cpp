// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/blockchain/rpc/tracer_kinds.hpp>

#include <algorithm>

// Which tracer it is; what an instruction touches; the tracer of selectors.

namespace lucid::blockchain::rpc {
namespace {

constexpr std::size_t selector_bytes = 4;
constexpr std::size_t selector_entry_bytes = 40;  ///< in JSON

/// geth's 4byteTracer: "selector-size of the arguments" → how often.
class SelectorTracer final : public JsonTracer {
  public:
    SelectorTracer(proto::Fork fork, TraceRoom& room) : fork_(fork), room_(room) {}
    void on_enter(const evm::Message& message) override {
        if (message.creates() || message.input.size() < selector_bytes ||
            evm::is_precompile(message.code_address, fork_))
            return;
        const auto key = hex_data(message.input.subspan(0, selector_bytes)) + "-" +
                         std::to_string(message.input.size() - selector_bytes);
        const auto found = counts_.find(key);
        if (found != counts_.end())
            ++found->second;
        else if (room_.take(selector_entry_bytes))
            counts_[key] = 1;
    }
    Json result(const TracedTransaction&, const state::Applied&, state::World*,
                state::World&) override {
        return counts_.empty() ? Json::object() : Json(counts_);
    }

  private:
    proto::Fork fork_;
    TraceRoom& room_;
    std::map<std::string, std::uint64_t> counts_;
};

}  // namespace

void TraceRoom::check() const {
    if (full_)
        throw RpcError{rpc_limit_exceeded,
                       "the trace is too long: ask for callTracer or leave out stack and memory"};
}

proto::Address address_in(const proto::Uint256& word) {
    const auto bytes = word.to_be();
    proto::Address address;
    std::copy(bytes.begin() + 12, bytes.end(), address.begin());
    return address;
}

proto::Uint256 from_top(const evm::Step& step, std::size_t index) {
    return index < step.stack.size() ? step.stack[step.stack.size() - 1 - index] : proto::Uint256{};
}

void note_touched(const evm::Step& step, TouchedState& touched) {
    const auto has = [&](std::size_t count) { return step.stack.size() >= count; };
    switch (step.op) {
        case 0x54:  // SLOAD
        case 0x55:  // SSTORE
            if (has(1)) touched[step.message.recipient].insert(from_top(step, 0));
            return;
        case 0x31:  // BALANCE
        case 0x3b:  // EXTCODESIZE
        case 0x3c:  // EXTCODECOPY
        case 0x3f:  // EXTCODEHASH
        case 0xff:  // SELFDESTRUCT
            if (has(1)) touched[address_in(from_top(step, 0))];
            return;
        case 0xf1:  // CALL
        case 0xf2:  // CALLCODE
        case 0xf4:  // DELEGATECALL
        case 0xfa:  // STATICCALL
            if (has(2)) touched[address_in(from_top(step, 1))];
            return;
        default:
            return;
    }
}

void AccessTracer::on_step(const evm::Step& step) {
    note_touched(step, touched_);
}

std::unique_ptr<JsonTracer> make_selector_tracer(proto::Fork fork, TraceRoom& room) {
    return std::make_unique<SelectorTracer>(fork, room);
}

std::unique_ptr<JsonTracer> make_tracer(const Json& options, proto::Fork fork, TraceRoom& room) {
    if (!options.is_null() && !options.is_object()) bad_param("options", "object expected");
    const auto object = options.is_object() ? options : Json::object();
    auto config = object.value("tracerConfig", Json());
    if (!config.is_object()) config = Json::object();
    const auto tracer = object.value("tracer", Json());
    if (tracer.is_null() || tracer == "") return make_step_tracer(object, room);
    if (tracer == "callTracer") return make_call_tracer(config, room);
    if (tracer == "prestateTracer") return make_prestate_tracer(config, room);
    if (tracer == "4byteTracer") return make_selector_tracer(fork, room);
    throw RpcError{rpc_server_error,
                   "tracer not found: there are callTracer, prestateTracer, 4byteTracer and the "
                   "log of steps (no tracer)"};
}

}  // namespace lucid::blockchain::rpc
