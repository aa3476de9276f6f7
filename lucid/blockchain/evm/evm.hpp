// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The machine: messages in, result out, effects through the Host.

#include <lucid/blockchain/evm/host.hpp>

#include <memory>

namespace lucid::blockchain::evm {

inline constexpr unsigned call_depth_max = 1024;
inline constexpr std::size_t code_bytes_max = 24576;          ///< EIP-170
inline constexpr std::size_t initcode_bytes_max = 2 * 24576;  ///< EIP-3860
/// Native stack that 1,024 nested calls need with room to spare: callers of Evm::call run it in a
/// thread with this much.
inline constexpr std::size_t native_stack_bytes = 64 * 1024 * 1024;

struct Message {
    Address caller{};
    Address recipient{};     ///< whose storage
    Address code_address{};  ///< whose code
    Uint256 value;
    /// False for DELEGATECALL and CALLCODE parents: no transfer happens.
    bool transfers = true;
    bool is_static = false;
    unsigned depth = 0;
    std::uint64_t gas = 0;
    Bytes input;
};

enum class Status { success, revert, failure };

struct Outcome {
    Status status = Status::failure;
    std::uint64_t gas_left = 0;
    Bytes output;
    Address created{};
};

class Evm {
  public:
    Evm(Host& host, const BlockContext& block, const TransactionContext& transaction)
        : host_(host), block_(block), transaction_(transaction) {}

    /// A message call; effects are undone unless it succeeds.
    Outcome call(const Message& message);
    /// Contract creation: `message.input` is initcode, `recipient` the new address. The caller has
    /// raised the creator's nonce.
    Outcome create(const Message& message);

    [[nodiscard]] Host& host() { return host_; }
    [[nodiscard]] const BlockContext& block() const { return block_; }
    [[nodiscard]] const TransactionContext& transaction() const { return transaction_; }

  private:
    Host& host_;
    const BlockContext& block_;
    const TransactionContext& transaction_;
};

/// Runs code in a frame of its own; no checkpoint, no transfer.
Outcome interpret(Evm& evm, const Message& message, const Bytes& code);

[[nodiscard]] Address create_address(const Address& sender, std::uint64_t nonce);
[[nodiscard]] Address create2_address(const Address& sender, const Hash32& salt, ByteView initcode);
/// Target of an EIP-7702 delegation, if `code` is one.
[[nodiscard]] std::optional<Address> delegation_of(ByteView code);

/// Precompiled contracts at 0x01 – 0x11 (to Prague).
[[nodiscard]] bool is_precompile(const Address& address);
/// 0x06–0x08 (BN254), 0x0a (KZG) and 0x0b–0x11 (BLS12-381) are named gaps: they fail and take all
/// gas.
Outcome run_precompile(const Address& address, ByteView input, std::uint64_t gas);

}  // namespace lucid::blockchain::evm
