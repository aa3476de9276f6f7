// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "contract_stage.hpp"

#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/result/assert.hpp>

namespace lucid::blockchain::chain::test {
namespace {

Bytes calldata(std::string_view signature, const std::vector<Hash32>& arguments) {
    const auto selector = crypto::keccak256(as_bytes(signature));
    Bytes data(selector.begin(), selector.begin() + 4);
    for (const auto& argument : arguments) append(data, argument);
    return data;
}

}  // namespace

Hash32 text_word(std::string_view text) {
    Hash32 out{};
    std::copy(text.begin(), text.end(), out.begin());
    return out;
}
Hash32 name_word(std::uint64_t number) {
    return crypto::sha256(word(number));
}
Address person(std::uint8_t number) {
    Address address{};
    address.fill(number);
    return address;
}

ContractStage::ContractStage() {
    Genesis genesis;
    genesis.time_s = 1'700'000'000;
    genesis.node = first_node;
    genesis.evidence_key.fill(1);
    genesis.validator_key.fill(2);
    const auto block = make_genesis(genesis);
    LUCID_ASSERT(block.has_value());
    state::Accounts accounts;
    for (const auto& [address, change] : block->state)
        accounts[address] = {change.after->nonce, change.after->balance,
                             change.code.value_or(Bytes{}), change.storage};
    world_ = std::make_unique<state::World>(accounts);
    block_.chain_id = genesis.chain_id;
    block_.number = 1;
    block_.timestamp = genesis.time_s + 120;
    block_.gas_limit = block_gas_limit;
}

state::Applied ContractStage::run(const Address& from, const std::optional<Address>& to,
                                  Bytes data) {
    proto::Transaction t;
    t.chain_id = block_.chain_id;
    t.nonce = world_->nonce(from);
    t.gas_limit = 16'000'000;
    t.to = to;
    t.data = std::move(data);
    return state::apply_transaction(*world_, block_, t, from, 0);
}

bool ContractStage::call(const Address& from, const Address& to, std::string_view signature,
                         const std::vector<Hash32>& arguments, ByteView tail) {
    auto data = calldata(signature, arguments);
    append(data, tail);
    return run(from, to, std::move(data)).receipt.success;
}

std::optional<std::vector<Hash32>> ContractStage::ask(const Address& to, std::string_view signature,
                                                      const std::vector<Hash32>& arguments) {
    const auto applied = state::simulate_call(*world_, block_, {}, to, {},
                                              calldata(signature, arguments), 10'000'000);
    if (applied.status != evm::Status::success) return std::nullopt;
    std::vector<Hash32> words(applied.output.size() / 32);
    for (std::size_t i = 0; i < words.size(); ++i)
        std::copy_n(applied.output.begin() + static_cast<std::ptrdiff_t>(32 * i), 32,
                    words[i].begin());
    return words;
}

Address ContractStage::create(const Address& from, Bytes code) {
    const auto applied = run(from, std::nullopt, std::move(code));
    LUCID_ASSERT(applied.receipt.success && applied.created.has_value());
    return *applied.created;
}

void ContractStage::set_storage(const Address& address, const Uint256& slot, const Uint256& value) {
    world_->begin_transaction();
    (void)world_->access_slot(address, slot);
    world_->set_storage(address, slot, value);
    world_->end_transaction();
}

void ContractStage::admit(const Address& node, std::uint64_t key) {
    const auto nodes = address_of(GenesisContract::nodes);
    LUCID_ASSERT(call(node, nodes, "announce(bytes32,bytes32,bytes32)",
                      {name_word(key), name_word(key + 1), {}}));
    LUCID_ASSERT(
        call(address_of(GenesisContract::timelock), nodes, "admit(address)", {word(node)}));
}

void ContractStage::sleep(std::uint64_t seconds) {
    block_.timestamp += seconds;
    ++block_.number;
}

}  // namespace lucid::blockchain::chain::test
