// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The machine: messages in, result out, effects through the Host.

#include <lucid/blockchain/evm/host.hpp>
#include <lucid/blockchain/evm/outcome.hpp>
#include <lucid/blockchain/evm/precompiles.hpp>

#include <optional>

namespace lucid::blockchain::evm {

struct Prices;
class Tracer;

inline constexpr unsigned call_depth_max = 1024;
inline constexpr std::size_t code_bytes_max = 24576;          ///< EIP-170
inline constexpr std::size_t initcode_bytes_max = 2 * 24576;  ///< EIP-3860
/// Native stack that 1,024 nested calls need with room to spare: callers of Evm::call run it in a
/// thread with this much.
inline constexpr std::size_t native_stack_bytes = 64 * 1024 * 1024;

struct Message {
    CallKind kind = CallKind::call;
    Address caller{};
    Address recipient{};     ///< whose storage
    Address code_address{};  ///< whose code
    Uint256 value;
    bool is_static = false;
    unsigned depth = 0;
    std::uint64_t gas = 0;
    std::uint64_t gas_kept = 0;  ///< what the calling frame has left meanwhile; for tracers
    /// Calldata, or initcode; outlives the call.
    ByteView input;

    [[nodiscard]] bool creates() const {
        return kind == CallKind::create || kind == CallKind::create2;
    }
};

class Evm {
  public:
    /// All outlive the machine. With a tracer every call, and every step it wants, is told to it.
    Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
        Tracer* tracer = nullptr);

    /// A message call; effects are undone unless it succeeds.
    Outcome call(const Message& message);
    /// Contract creation: `message.input` is initcode, `recipient` the new address. The caller has
    /// raised the creator's nonce.
    Outcome create(const Message& message);
    /// Tells the tracer of a frame that cannot begin.
    void refuse(const Message& message, Halt why);

    [[nodiscard]] Host& host() { return host_; }
    [[nodiscard]] const BlockContext& block() const { return block_; }
    [[nodiscard]] const TransactionContext& transaction() const { return transaction_; }
    [[nodiscard]] Fork fork() const { return block_.fork; }
    [[nodiscard]] const Prices& prices() const { return prices_; }
    [[nodiscard]] Tracer* tracer() const { return tracer_; }

  private:
    Outcome run_call(const Message& message);
    Outcome run_create(const Message& message);
    void finish_creation(const Address& address, Outcome& outcome);

    Host& host_;
    const BlockContext& block_;
    const TransactionContext& transaction_;
    const Prices& prices_;
    Tracer* tracer_;
};

/// Runs code in a frame of its own; no checkpoint, no transfer.
Outcome interpret(Evm& evm, const Message& message, const Code& code);

[[nodiscard]] Address create_address(const Address& sender, std::uint64_t nonce);
[[nodiscard]] Address create2_address(const Address& sender, const Hash32& salt, ByteView initcode);
/// Target of an EIP-7702 delegation, if `code` is one.
[[nodiscard]] std::optional<Address> delegation_of(ByteView code);

}  // namespace lucid::blockchain::evm
