// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Watches a run: struct logs, call trees. An Evm without tracer pays nothing for this: steps are
/// told by another dispatch table, calls and logs by one test each.

#include <lucid/blockchain/evm/evm.hpp>

namespace lucid::blockchain::evm {

/// Views are valid during the call only.
struct Step {
    std::size_t pc = 0;
    std::uint8_t op = 0;
    std::uint64_t gas = 0;  ///< before the instruction is paid for
    unsigned depth = 0;
    std::span<const Uint256> stack;  ///< bottom first
    ByteView memory;
    ByteView return_data;
    const Message& message;
};

class Tracer {
  public:
    virtual ~Tracer() = default;
    /// Whether on_step is of interest; asked when a frame begins.
    [[nodiscard]] virtual bool sees_steps() const { return true; }
    /// A call or creation begins, or is refused: then on_exit follows at once, with all of its gas.
    virtual void on_enter(const Message& message) = 0;
    /// The output of a creation that succeeded is the contract's code.
    virtual void on_exit(const Message& message, const Outcome& outcome) = 0;
    virtual void on_step(const Step& step) = 0;
    /// The frame that runs has emitted it; if that frame fails, it never was.
    virtual void on_log(const proto::Log&) {}
    /// SELFDESTRUCT moved `amount`.
    virtual void on_self_destruct(const Address& from, const Address& to,
                                  const Uint256& amount) = 0;
};

/// Name of an instruction as Ethereum's tools write it; "opcode 0x…" is the caller's business:
/// nullptr for numbers without one.
[[nodiscard]] const char* name_of_instruction(std::uint8_t op);

}  // namespace lucid::blockchain::evm
