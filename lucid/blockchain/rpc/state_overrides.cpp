// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/evm/precompiles.hpp>
#include <lucid/blockchain/rpc/state_overrides.hpp>

#include <algorithm>

namespace lucid::blockchain::rpc {
namespace {

AccountOverride account_override(const std::string& name, const Json& object) {
    if (!object.is_object()) bad_param(name, "object expected");
    AccountOverride out;
    out.address = address_param(Json(name), "address");
    if (const auto* balance = field(object, "balance"))
        out.balance = wide_quantity_param(*balance, "balance");
    if (const auto* nonce = field(object, "nonce")) out.nonce = quantity_param(*nonce, "nonce");
    if (const auto* code = field(object, "code")) out.code = data_param(*code, "code");
    if (const auto* target = field(object, "movePrecompileToAddress"))
        out.moves_to = address_param(*target, "movePrecompileToAddress");
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

/// Everything that an account has goes; what is not storage comes back.
void clear_storage(state::World& world, const proto::Address& address) {
    const auto balance = world.balance(address);
    const auto nonce = world.nonce(address);
    const auto code = to_bytes(world.code(address)->bytes());
    world.begin_transaction(evm::Fork::frontier);
    world.create_account(address);
    (void)world.self_destruct(address, address);
    world.end_transaction();
    world.begin_transaction(evm::Fork::frontier);
    world.set_balance(address, balance);
    world.set_nonce(address, nonce);
    world.set_code(address, code);
    world.end_transaction();
}

/// geth's rules: only what is precompiled can move, and not to where another override is.
void move_precompiles(const StateOverrides& overrides, evm::BlockContext& context,
                      evm::Precompiles& precompiles) {
    precompiles.clear();
    for (const auto& address : evm::precompiles_of(context.fork)) precompiles[address] = address;
    const auto is_overridden = [&](const proto::Address& address) {
        return std::any_of(overrides.begin(), overrides.end(),
                           [&](const auto& account) { return account.address == address; });
    };
    bool changed = false;
    for (const auto& account : overrides) {
        const auto found = precompiles.find(account.address);
        if (account.moves_to) {
            if (found == precompiles.end())
                throw RpcError{rpc_server_error,
                               "account " + hex_data(account.address) + " is not a precompile"};
            if (is_overridden(*account.moves_to))
                throw RpcError{rpc_server_error,
                               "account " + hex_data(*account.moves_to) + " is already overridden"};
            precompiles[*account.moves_to] = found->second;
        }
        if (found == precompiles.end()) continue;
        precompiles.erase(found);
        changed = true;
    }
    context.precompiles = changed ? &precompiles : nullptr;
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

void apply_overrides(const StateOverrides& overrides, state::World& world,
                     evm::BlockContext& context, evm::Precompiles& precompiles) {
    if (overrides.empty()) return;
    move_precompiles(overrides, context, precompiles);
    for (const auto& account : overrides) {
        const auto& address = account.address;
        if (account.replaces_storage) clear_storage(world, address);
        // By rules that leave empty accounts where they are: an override makes an account, also an
        // empty one (geth).
        world.begin_transaction(evm::Fork::frontier);
        if (account.balance) world.set_balance(address, *account.balance);
        if (account.nonce) world.set_nonce(address, *account.nonce);
        if (account.code) world.set_code(address, *account.code);
        for (const auto& [slot, value] : account.storage) world.set_storage(address, slot, value);
        world.end_transaction();
    }
}

}  // namespace lucid::blockchain::rpc
