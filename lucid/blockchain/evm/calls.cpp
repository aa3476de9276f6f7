// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/evm.hpp>
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

Outcome Evm::call(const Message& message) {
    const auto checkpoint = host_.checkpoint();
    if (message.transfers && !message.value.is_zero())
        host_.transfer(message.caller, message.recipient, message.value);
    Outcome outcome;
    if (is_precompile(message.code_address)) {
        outcome = run_precompile(message.code_address, message.input, message.gas);
    } else {
        // Copied: a call may change the account's code under us (EIP-7702 aside, SELFDESTRUCT and
        // CREATE).
        Bytes code = host_.code(message.code_address);
        if (const auto target = delegation_of(code)) {
            code = is_precompile(*target) ? Bytes{} : host_.code(*target);
        }
        if (code.empty())
            outcome = {Status::success, message.gas, {}, {}};
        else
            outcome = interpret(*this, message, code);
    }
    if (outcome.status != Status::success) host_.revert_to(checkpoint);
    return outcome;
}

Outcome Evm::create(const Message& message) {
    const auto& address = message.recipient;
    // EIP-684, EIP-7610: an address with nonce, code or storage is taken.
    if (host_.nonce(address) != 0 || !host_.code(address).empty() || host_.has_storage(address))
        return {Status::failure, 0, {}, {}};
    const auto checkpoint = host_.checkpoint();
    host_.create_account(address);
    host_.set_nonce(address, 1);
    if (!message.value.is_zero()) host_.transfer(message.caller, address, message.value);
    Message frame = message;
    const Bytes code = std::move(frame.input);
    frame.input.clear();
    auto outcome = code.empty() ? Outcome{Status::success, message.gas, {}, {}}
                                : interpret(*this, frame, code);
    if (outcome.status == Status::success) {
        const auto deposit = outcome.output.size() * gas_code_deposit_byte;
        const bool reserved = !outcome.output.empty() && outcome.output[0] == 0xef;  // EIP-3541
        if (outcome.output.size() > code_bytes_max || reserved || outcome.gas_left < deposit) {
            outcome = {Status::failure, 0, {}, {}};
        } else {
            outcome.gas_left -= deposit;
            host_.set_code(address, std::move(outcome.output));
            outcome.output.clear();
            outcome.created = address;
        }
    }
    if (outcome.status != Status::success) host_.revert_to(checkpoint);
    return outcome;
}

}  // namespace lucid::blockchain::evm
