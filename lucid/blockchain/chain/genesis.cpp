// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/gas_budgets.hpp>
#include <lucid/blockchain/chain/genesis.hpp>
#include <lucid/blockchain/chain/genesis_contracts.hpp>
#include <lucid/blockchain/proto/anchor_leaf.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::chain {
namespace {

using Json = nlohmann::json;

template <std::size_t N>
Result<ByteArray<N>> field(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_string()) return fail(Errc::not_found, name);
    LUCID_TRY(const auto bytes, from_hex(found->get<std::string>()));
    if (bytes.size() != N) return fail(Errc::bad_length, name, bytes.size());
    ByteArray<N> out;
    std::copy(bytes.begin(), bytes.end(), out.begin());
    return out;
}

/// A positive number.
Result<std::uint64_t> number_field(const Json& json, const char* name) {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return fail(Errc::not_found, name);
    const auto value = found->get<std::uint64_t>();
    if (value == 0) return fail(Errc::bad_value, name);
    return value;
}

}  // namespace

proto::Address anchors_address() {
    return address_of(GenesisContract::anchors);
}

std::string log_origin(const Genesis& genesis) {
    return "lucid-" + std::to_string(genesis.chain_id) + "/" + to_hex(genesis.node);
}

std::string Genesis::to_json() const {
    return Json{{"version", 1},
                {"chain_id", chain_id},
                {"time", time_s},
                {"node", to_hex(node)},
                {"evidence_key", to_hex(evidence_key)},
                {"validator_key", to_hex(validator_key)}}
               .dump(1) +
           "\n";
}

Result<Genesis> Genesis::from_json(ByteView text) {
    const auto json = Json::parse(text.begin(), text.end(), nullptr, false);
    if (!json.is_object()) return fail(Errc::bad_value, "genesis file");
    LUCID_TRY(const auto version, number_field(json, "version"));
    if (version != 1) return fail(Errc::bad_version, "genesis file", version);
    Genesis g;
    LUCID_TRY(g.chain_id, number_field(json, "chain_id"));
    LUCID_TRY(g.time_s, number_field(json, "time"));
    LUCID_TRY(g.node, field<20>(json, "node"));
    LUCID_TRY(g.evidence_key, field<32>(json, "evidence_key"));
    LUCID_TRY(g.validator_key, field<32>(json, "validator_key"));
    return g;
}

Result<GenesisBlock> make_genesis(const Genesis& genesis) {
    GenesisBlock block;
    state::World world({});
    world.begin_transaction();
    world.set_balance(genesis.node, gas_budget());
    LUCID_TRY(const auto history_code, from_hex(state::block_hash_history_code));
    world.create_account(state::block_hash_history);
    world.set_nonce(state::block_hash_history, 1);
    world.set_code(state::block_hash_history, history_code);
    world.end_transaction();
    LUCID_CHECK(deploy_genesis_contracts(world, genesis));
    block.header.state_root = state::state_root(world.accounts());
    block.state = world.take_changes();
    block.validators.validators = {{genesis.validator_key, 1, genesis.node}};
    block.first_leaf = crypto::merkle_leaf(
        proto::anchor_leaf(0, genesis.node, proto::NodeAnchor{genesis.evidence_key}));
    block.payload.slot = 0;
    block.payload.validator_set_hash = block.validators.hash();
    block.payload.log_size = 1;
    block.payload.log_root = crypto::merkle_root({&block.first_leaf, 1});
    block.payload.previous_certificate_hash = crypto::sha256(ByteView{});
    block.header.gas_limit = block_gas_limit;
    block.header.timestamp = genesis.time_s;
    block.header.base_fee_per_gas = base_fee_wei;
    const auto commitment = block.payload.hash();
    block.header.extra_data = Bytes(commitment.begin(), commitment.end());
    return block;
}

}  // namespace lucid::blockchain::chain
