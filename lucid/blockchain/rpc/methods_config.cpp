// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/blockchain/rpc/call.hpp>

#include <array>
#include <string_view>

// eth_config (EIP-7910): the rules of now and those to come.

namespace lucid::blockchain::rpc {
namespace {

/// By the number that an address ends with.
constexpr auto precompile_names = std::to_array<std::string_view>(
    {"", "ECREC", "SHA256", "RIPEMD160", "ID", "MODEXP", "BN254_ADD", "BN254_MUL", "BN254_PAIRING",
     "BLAKE2F", "KZG_POINT_EVALUATION", "BLS12_G1ADD", "BLS12_G1MSM", "BLS12_G2ADD", "BLS12_G2MSM",
     "BLS12_PAIRING_CHECK", "BLS12_MAP_FP_TO_G1", "BLS12_MAP_FP2_TO_G2"});

std::string name_of(const proto::Address& precompile) {
    const std::size_t number = precompile[18] * 256U + precompile[19];
    if (number == 0x100) return "P256VERIFY";
    return std::string(precompile_names.at(number));
}

Json fork_json(const Call& call, const chain::ForkInfo& info) {
    Json precompiles = Json::object();
    for (const auto& address : evm::precompiles_of(info.fork))
        precompiles[name_of(address)] = hex_data(address);
    Json contracts = Json::object();
    for (const auto& [name, address] : info.system_contracts) contracts[name] = hex_data(address);
    return {{"activationTime", info.activation_time_s},
            {"blobSchedule",
             {{"target", info.blobs.target},
              {"max", info.blobs.max},
              {"baseFeeUpdateFraction", info.blobs.base_fee_update_fraction}}},
            {"chainId", hex_quantity(call.chain.chain_id())},
            {"forkId", hex_data(info.fork_id)},
            {"precompiles", precompiles},
            {"systemContracts", contracts}};
}

Json config(const Call& call) {
    const auto forks = call.chain.forks();
    const auto at = [&](std::size_t index) {
        return index < forks.size() ? fork_json(call, forks[index]) : Json();
    };
    return {{"current", at(0)},
            {"next", at(1)},
            {"last", forks.size() > 1 ? at(forks.size() - 1) : Json()}};
}

}  // namespace

const Methods& config_methods() {
    static const Methods table = {{"eth_config", config}};
    return table;
}

}  // namespace lucid::blockchain::rpc
