// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call.hpp>
#include <lucid/blockchain/rpc/limits.hpp>

// Accounts, slots, code and their proofs, after any block whose state is kept.

namespace lucid::blockchain::rpc {
namespace {

using proto::Uint256;

proto::Address address_of(const Call& call) {
    return address_param(call.at(0, "address"), "address");
}

/// What was read counts only if the store could be read.
void check_read(const StateView& view) {
    if (view.state->failed()) throw RpcError{rpc_server_error, view.state->failed()->message()};
}

Json storage_at(const Call& call) {
    const auto address = address_of(call);
    const auto slot = slot_param(call.at(1, "position"));
    const auto view = state_for(call, call.optional(2));
    const auto value = view.state->storage(address, slot);
    check_read(view);
    return hex_data(value.to_be());
}

Json storage_values(const Call& call) {
    const auto& wanted = call.at(0, "requests");
    if (!wanted.is_object()) bad_param("0", "object expected");
    if (wanted.empty()) throw RpcError{rpc_invalid_params, "empty request"};
    const auto view = state_for(call, call.optional(1));
    std::size_t slots = 0;
    Json out = Json::object();
    for (const auto& [name, positions] : wanted.items()) {
        const auto address = address_param(Json(name), "address");
        if (!positions.is_array()) bad_param(name, "array expected");
        slots += positions.size();
        if (slots > storage_values_max)
            throw RpcError{rpc_invalid_params, "too many slots (max 1024)"};
        Json values = Json::array();
        for (const auto& position : positions)
            values.push_back(hex_data(view.state->storage(address, slot_param(position)).to_be()));
        out[name] = std::move(values);
    }
    check_read(view);
    return out;
}

Json balance(const Call& call) {
    const auto address = address_of(call);
    const auto view = state_for(call, call.optional(1));
    const auto head = view.state->account(address);
    check_read(view);
    return head ? head->balance.to_hex_quantity() : "0x0";
}

Json code(const Call& call) {
    const auto address = address_of(call);
    const auto view = state_for(call, call.optional(1));
    const auto head = view.state->account(address);
    const auto bytes = head && head->code_hash != state::empty_code_hash()
                           ? view.state->code(head->code_hash)
                           : Bytes{};
    check_read(view);
    return hex_data(bytes);
}

Json transaction_count(const Call& call) {
    const auto address = address_of(call);
    const auto tag = call.optional(1);
    const auto view = state_for(call, tag);
    const auto head = view.state->account(address);
    check_read(view);
    auto nonce = head ? head->nonce : 0;
    if (tag == "pending")
        call.chain.with_pool(
            [&](const chain::Pool& pool) { nonce = pool.next_nonce(address, nonce); });
    return hex_quantity(nonce);
}

/// Keys are given back as they came: as 32 bytes, else as a quantity.
Json key_json(const Json& asked, const Uint256& slot) {
    return asked.get_ref<const std::string&>().size() == 66 ? hex_data(slot.to_be())
                                                            : slot.to_hex_quantity();
}

Json nodes_json(const std::vector<Bytes>& nodes) {
    Json out = Json::array();
    for (const auto& node : nodes) out.push_back(hex_data(node));
    return out;
}

Json proof(const Call& call) {
    const auto address = address_of(call);
    const auto& keys = call.at(1, "storageKeys");
    if (!keys.is_array()) bad_param("storageKeys", "array expected");
    if (keys.size() > proof_slots_max)
        throw RpcError{rpc_invalid_params, "too many keys (max 1024)"};
    std::vector<Uint256> slots;
    for (const auto& key : keys) slots.push_back(slot_param(key));
    const auto view = state_for(call, call.optional(2));
    const auto proven =
        store::prove(*view.state, view.header.state_root, view.head_state_root, address, slots);
    if (!proven && proven.error().code == make_error_code(Errc::limit_exceeded))
        throw RpcError{rpc_limit_exceeded, "too much has changed since that block for a proof"};
    const auto made = value_or_throw(proven);
    Json storage = Json::array();
    for (std::size_t i = 0; i < made.slots.size(); ++i)
        storage.push_back({{"key", key_json(keys[i], slots[i])},
                           {"value", made.slots[i].value.to_hex_quantity()},
                           {"proof", nodes_json(made.slots[i].proof)}});
    return {{"address", hex_data(address)},
            {"accountProof", nodes_json(made.account_proof)},
            {"balance", made.account.balance.to_hex_quantity()},
            {"codeHash", hex_data(made.account.code_hash)},
            {"nonce", hex_quantity(made.account.nonce)},
            {"storageHash", hex_data(made.account.storage_root)},
            {"storageProof", storage}};
}

}  // namespace

const Methods& state_methods() {
    static const Methods table = {
        {"eth_getBalance", balance},
        {"eth_getCode", code},
        {"eth_getProof", proof},
        {"eth_getStorageAt", storage_at},
        {"eth_getStorageValues", storage_values},
        {"eth_getTransactionCount", transaction_count},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
