// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/prices.hpp>
#include <lucid/blockchain/evm/tracer.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::evm {
namespace {

constexpr std::uint64_t gas_code_deposit_byte = 200;
constexpr std::array<std::uint8_t, 3> delegation_prefix = {0xef, 0x01, 0x00};

Address last_20(const Hash32& hash) {
    Address address;
    std::copy(hash.begin() + 12, hash.end(), address.begin());
    return address;
}

/// The precompiled contract that answers at an address, or null.
const Address* precompile_at(const BlockContext& block, const Address& address) {
    if (block.precompiles == nullptr)
        return is_precompile(address, block.fork) ? &address : nullptr;
    const auto found = block.precompiles->find(address);
    return found == block.precompiles->end() ? nullptr : &found->second;
}

}  // namespace

std::optional<Address> delegation_of(ByteView code) {
    if (code.size() != 23 ||
        !std::equal(delegation_prefix.begin(), delegation_prefix.end(), code.begin()))
        return std::nullopt;
    Address address;
    std::copy(code.begin() + 3, code.end(), address.begin());
    return address;
}

Address create_address(const Address& sender, std::uint64_t nonce) {
    proto::rlp::Encoder e;
    e.bytes(sender).integer(nonce);
    return last_20(crypto::keccak256(e.list()));
}

Address create2_address(const Address& sender, const Hash32& salt, ByteView initcode) {
    Bytes input = {0xff};
    append(input, sender);
    append(input, salt);
    append(input, crypto::keccak256(initcode));
    return last_20(crypto::keccak256(input));
}

Evm::Evm(Host& host, const BlockContext& block, const TransactionContext& transaction,
         Tracer* tracer)
    : host_(host),
      block_(block),
      transaction_(transaction),
      prices_(prices_of(block.fork)),
      tracer_(tracer) {}

Outcome Evm::call(const Message& message) {
    if (tracer_ == nullptr) return run_call(message);
    tracer_->on_enter(message);
    auto outcome = run_call(message);
    tracer_->on_exit(message, outcome);
    return outcome;
}

Outcome Evm::create(const Message& message) {
    if (tracer_ == nullptr) return run_create(message);
    tracer_->on_enter(message);
    auto outcome = run_create(message);
    if (outcome.status != Status::success) {
        tracer_->on_exit(message, outcome);
        return outcome;
    }
    auto told = outcome;
    told.output = to_bytes(host_.code(message.recipient)->bytes());
    tracer_->on_exit(message, told);
    return outcome;
}

void Evm::refuse(const Message& message, Halt why) {
    if (tracer_ == nullptr) return;
    tracer_->on_enter(message);
    tracer_->on_exit(message, Outcome::refused(why, message.gas));
}

Outcome Evm::run_call(const Message& message) {
    const auto checkpoint = host_.checkpoint();
    if (message.kind == CallKind::call || message.kind == CallKind::staticcall)
        host_.transfer(message.caller, message.recipient, message.value);
    Outcome outcome;
    if (const auto* precompile = precompile_at(block_, message.code_address)) {
        outcome = run_precompile(*precompile, fork(), message.input, message.gas);
    } else {
        // Held here: the run may change the account's code under us.
        auto code = host_.code(message.code_address);
        if (fork() >= Fork::prague)
            if (const auto target = delegation_of(code->bytes()))
                code = is_precompile(*target, fork()) ? std::make_shared<const Code>()
                                                      : host_.code(*target);
        outcome =
            code->empty() ? Outcome::succeeded(message.gas) : interpret(*this, message, *code);
    }
    if (outcome.status != Status::success) host_.revert_to(checkpoint);
    return outcome;
}

Outcome Evm::run_create(const Message& message) {
    const auto& address = message.recipient;
    // EIP-684, EIP-7610: an address with nonce, code or storage is taken.
    if (host_.nonce(address) != 0 || !host_.code(address)->empty() || host_.has_storage(address))
        return Outcome::failed(Halt::address_collision);
    const auto checkpoint = host_.checkpoint();
    host_.create_account(address);
    if (fork() >= Fork::spurious_dragon) host_.set_nonce(address, 1);
    host_.transfer(message.caller, address, message.value);
    const Code code(message.input);
    Message frame = message;
    frame.input = {};
    auto outcome = code.empty() ? Outcome::succeeded(message.gas) : interpret(*this, frame, code);
    if (outcome.status == Status::success) finish_creation(address, outcome);
    if (outcome.status != Status::success) host_.revert_to(checkpoint);
    return outcome;
}

void Evm::finish_creation(const Address& address, Outcome& outcome) {
    auto code = std::move(outcome.output);
    outcome.output.clear();
    if (fork() >= Fork::spurious_dragon && code.size() > code_bytes_max) {
        outcome = Outcome::failed(Halt::code_too_large);
        return;
    }
    if (fork() >= Fork::london && !code.empty() && code[0] == 0xef) {
        outcome = Outcome::failed(Halt::bad_code);
        return;
    }
    const auto deposit = code.size() * gas_code_deposit_byte;
    outcome.created = address;
    if (outcome.gas_left < deposit) {
        // Before EIP-2 a contract whose code cannot be paid for stays, without it.
        if (fork() >= Fork::homestead) outcome = Outcome::failed(Halt::code_deposit_out_of_gas);
        return;
    }
    outcome.gas_left -= deposit;
    host_.set_code(address, std::move(code));
}

}  // namespace lucid::blockchain::evm
