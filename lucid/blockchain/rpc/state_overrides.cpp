// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/state_overrides.hpp>

namespace lucid::blockchain::rpc {
namespace {

const Json* field(const Json& object, const char* name) {
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
}

AccountOverride account_override(const std::string& name, const Json& object) {
    if (!object.is_object()) bad_param(name, "object expected");
    AccountOverride out;
    out.address = address_param(Json(name), "address");
    if (const auto* balance = field(object, "balance"))
        out.balance = wide_quantity_param(*balance, "balance");
    if (const auto* nonce = field(object, "nonce")) out.nonce = quantity_param(*nonce, "nonce");
    if (const auto* code = field(object, "code")) out.code = data_param(*code, "code");
    if (field(object, "movePrecompileToAddress") != nullptr)
        throw RpcError{rpc_invalid_params, "movePrecompileToAddress is not supported"};
    const auto* state = field(object, "state");
    const auto* diff = field(object, "stateDiff");
    if (state != nullptr && diff != nullptr)
        throw RpcError{rpc_invalid_params, "account " + name + " has both 'state' and 'stateDiff'"};
    out.replaces_storage = state != nullptr;
    const auto* slots = state != nullptr ? state : diff;
    if (slots == nullptr) return out;
    if (!slots->is_object()) bad_param("state", "object expected");
    for (const auto& [key, value] : slots->items())
        out.storage[slot_param(Json(key))] = slot_param(value);
    return out;
}

/// Everything that an account has goes, its storage too.
void clear_account(state::World& world, const proto::Address& address) {
    world.begin_transaction();
    world.create_account(address);
    (void)world.self_destruct(address, address);
    world.end_transaction();
}

}  // namespace

StateOverrides state_overrides(const Json& object) {
    StateOverrides out;
    if (object.is_null()) return out;
    if (!object.is_object()) bad_param("stateOverrides", "object expected");
    for (const auto& [name, account] : object.items())
        out.push_back(account_override(name, account));
    return out;
}

void apply_overrides(const StateOverrides& overrides, state::World& world) {
    for (const auto& account : overrides) {
        const auto& address = account.address;
        const auto balance = account.balance.value_or(world.balance(address));
        const auto nonce = account.nonce.value_or(world.nonce(address));
        const auto code = account.code.value_or(to_bytes(world.code(address)->bytes()));
        if (account.replaces_storage) clear_account(world, address);
        world.begin_transaction();
        world.set_balance(address, balance);
        world.set_nonce(address, nonce);
        world.set_code(address, code);
        for (const auto& [slot, value] : account.storage) world.set_storage(address, slot, value);
        world.end_transaction();
    }
}

}  // namespace lucid::blockchain::rpc
