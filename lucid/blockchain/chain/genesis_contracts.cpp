// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/genesis_bytecode.hpp>
#include <lucid/blockchain/chain/genesis_contracts.hpp>
#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/result/assert.hpp>

namespace lucid::blockchain::chain {
namespace {

using proto::Uint256;

constexpr std::uint64_t deployment_gas = 30'000'000;

struct Definition {
    std::string_view name;
    const char* code;
};

Definition definition(GenesisContract contract) {
    switch (contract) {
        case GenesisContract::timelock:
            return {"timelock", timelock_creation_code};
        case GenesisContract::governor:
            return {"governor", governor_creation_code};
        case GenesisContract::nodes:
            return {"nodes", nodes_creation_code};
        case GenesisContract::params:
            return {"params", params_creation_code};
        case GenesisContract::anchors:
            return {"lucidanchors", anchors_creation_code};
        case GenesisContract::chunks:
            return {"chunks", chunks_creation_code};
        case GenesisContract::work:
            return {"work", work_creation_code};
    }
    LUCID_ASSERT(false);
    return {};
}

/// Constructor arguments in ABI encoding: words, and arrays of addresses behind them.
class Arguments {
  public:
    Arguments& word(const Hash32& value) {
        append(head_, value);
        return *this;
    }
    Arguments& number(std::uint64_t value) { return word(Uint256(value).to_be()); }
    Arguments& address(const proto::Address& value) {
        return word(Uint256::from_be(value).to_be());
    }
    Arguments& contract(GenesisContract which) { return address(address_of(which)); }
    /// One address in an array; `words` is how many head words the whole has.
    Arguments& one_address(const proto::Address& value, std::size_t words) {
        number(words * 32 + tail_.size());
        append(tail_, Uint256(1).to_be());
        append(tail_, Uint256::from_be(value).to_be());
        return *this;
    }
    [[nodiscard]] Bytes take() {
        append(head_, tail_);
        return std::move(head_);
    }

  private:
    Bytes head_;
    Bytes tail_;
};

Bytes arguments(GenesisContract contract, const Genesis& genesis) {
    Arguments out;
    switch (contract) {
        case GenesisContract::timelock: {
            // The governor proposes and cancels, anybody executes what is due, nobody administers.
            const auto proposer = address_of(GenesisContract::governor);
            return out.number(timelock_delay_s)
                .one_address(proposer, 4)
                .one_address({}, 4)
                .address({})
                .take();
        }
        case GenesisContract::governor:
            return out.contract(GenesisContract::nodes).contract(GenesisContract::timelock).take();
        case GenesisContract::nodes:
            return out.contract(GenesisContract::timelock)
                .address(genesis.node)
                .word(Hash32{genesis.evidence_key})
                .word(Hash32{genesis.validator_key})
                .take();
        case GenesisContract::params:
            return out.contract(GenesisContract::timelock).take();
        case GenesisContract::anchors:
            return out.contract(GenesisContract::nodes).take();
        case GenesisContract::chunks:
            return out.contract(GenesisContract::anchors).contract(GenesisContract::nodes).take();
        case GenesisContract::work:
            return out.contract(GenesisContract::params).contract(GenesisContract::timelock).take();
    }
    LUCID_ASSERT(false);
    return {};
}

}  // namespace

proto::Address address_of(GenesisContract contract) {
    const auto name = definition(contract).name;
    proto::Address address{};
    std::copy(name.begin(), name.end(), address.end() - static_cast<std::ptrdiff_t>(name.size()));
    return address;
}

Result<void> deploy_genesis_contracts(state::World& world, const Genesis& genesis) {
    evm::BlockContext block;
    block.chain_id = genesis.chain_id;
    block.timestamp = genesis.time_s;
    block.gas_limit = block_gas_limit;
    const evm::TransactionContext transaction;
    for (const auto contract : genesis_contracts) {
        evm::Evm machine(world, block, transaction);
        evm::Message message;
        message.recipient = message.code_address = address_of(contract);
        message.gas = deployment_gas;
        message.kind = evm::CallKind::create;
        LUCID_TRY(auto initcode, from_hex(definition(contract).code));
        append(initcode, arguments(contract, genesis));
        message.input = initcode;
        world.begin_transaction();
        const auto outcome = machine.create(message);
        if (outcome.status != evm::Status::success) return fail(Errc::internal, "genesis contract");
        world.end_transaction();
    }
    return {};
}

}  // namespace lucid::blockchain::chain
