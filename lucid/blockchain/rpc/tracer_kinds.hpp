// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One maker for each tracer. Private to this folder.

#include <lucid/blockchain/rpc/tracers.hpp>

namespace lucid::blockchain::rpc {

/// `config`: the tracerConfig object.
std::unique_ptr<JsonTracer> make_call_tracer(const Json& config, TraceRoom& room);
std::unique_ptr<JsonTracer> make_prestate_tracer(const Json& config, TraceRoom& room);
std::unique_ptr<JsonTracer> make_selector_tracer(proto::Fork fork, TraceRoom& room);
/// `options`: the whole options object.
std::unique_ptr<JsonTracer> make_step_tracer(const Json& options, TraceRoom& room);

/// Adds the account or slot that an instruction is about to touch, from its stack.
void note_touched(const evm::Step& step, TouchedState& touched);
/// Address in the low 20 bytes of a word.
[[nodiscard]] proto::Address address_in(const proto::Uint256& word);
/// A number on the stack, counted from its top; zero where the stack is shorter.
[[nodiscard]] proto::Uint256 from_top(const evm::Step& step, std::size_t index);

}  // namespace lucid::blockchain::rpc
