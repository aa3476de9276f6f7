// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/tracer_kinds.hpp>

#include <map>

// geth's prestateTracer: what a transaction touched, as it was before (and after).

namespace lucid::blockchain::rpc {
namespace {

using proto::Address;
using proto::Uint256;

constexpr std::size_t account_bytes = 150;  ///< of an account's JSON without code and storage
constexpr std::size_t slot_bytes = 140;

struct AccountState {
    bool exists = false;
    Uint256 balance;
    std::uint64_t nonce = 0;
    Bytes code;
    std::map<Uint256, Uint256> storage;

    [[nodiscard]] bool is_empty() const { return nonce == 0 && balance.is_zero() && code.empty(); }
};

AccountState read(state::World& world, const Address& address, const std::set<Uint256>& slots) {
    AccountState out;
    out.exists = world.exists(address);
    out.balance = world.balance(address);
    out.nonce = world.nonce(address);
    out.code = to_bytes(world.code(address)->bytes());
    for (const auto& slot : slots) out.storage[slot] = world.storage(address, slot);
    return out;
}

Json storage_json(const std::map<Uint256, Uint256>& storage) {
    Json out = Json::object();
    for (const auto& [slot, value] : storage) out[hex_data(slot.to_be())] = hex_data(value.to_be());
    return out;
}

Json account_json(const AccountState& account) {
    Json json = {{"balance", account.balance.to_hex_quantity()}};
    if (account.nonce != 0) json["nonce"] = account.nonce;
    if (!account.code.empty()) json["code"] = hex_data(account.code);
    if (!account.storage.empty()) json["storage"] = storage_json(account.storage);
    return json;
}

/// What it was, and what changed; null of either where there is nothing to say.
std::pair<Json, Json> difference(AccountState before, const AccountState& after) {
    Json changed = Json::object();
    if (before.balance != after.balance) changed["balance"] = after.balance.to_hex_quantity();
    if (before.nonce != after.nonce) changed["nonce"] = after.nonce;
    if (before.code != after.code) changed["code"] = hex_data(after.code);
    std::map<Uint256, Uint256> new_values;
    std::map<Uint256, Uint256> old_values;
    for (const auto& [slot, value] : before.storage) {
        const auto now = after.storage.at(slot);
        if (now == value) continue;
        if (!value.is_zero()) old_values[slot] = value;
        if (!now.is_zero()) new_values[slot] = now;
    }
    const bool slots_changed = !new_values.empty() || !old_values.empty();
    if (!new_values.empty()) changed["storage"] = storage_json(new_values);
    if (changed.empty() && !slots_changed && before.exists == after.exists) return {};
    before.storage = old_values;
    return {before.is_empty() ? Json() : account_json(before), after.exists ? changed : Json()};
}

class PrestateTracer final : public JsonTracer {
  public:
    PrestateTracer(const Json& config, TraceRoom& room)
        : diff_(config.value("diffMode", false)), room_(room) {}

    void on_enter(const evm::Message& message) override {
        touched_[message.recipient];
        touched_[message.code_address];
    }
    void on_step(const evm::Step& step) override { note_touched(step, touched_); }
    [[nodiscard]] bool wants_before() const override { return true; }
    Json result(const TracedTransaction& traced, const state::Applied&, state::World* before,
                state::World& after) override {
        add_parties(traced);
        Json pre = Json::object();
        Json post = Json::object();
        for (const auto& [address, slots] : touched_) {
            const auto was = read(*before, address, slots);
            if (!room_.take(account_bytes + 2 * was.code.size() + slots.size() * slot_bytes)) break;
            if (!diff_) {
                if (!was.is_empty()) pre[hex_data(address)] = account_json(was);
                continue;
            }
            const auto [old_part, new_part] = difference(was, read(after, address, slots));
            if (!old_part.is_null()) pre[hex_data(address)] = old_part;
            if (!new_part.is_null()) post[hex_data(address)] = new_part;
        }
        return diff_ ? Json{{"pre", pre}, {"post", post}} : pre;
    }

  private:
    void add_parties(const TracedTransaction& traced) {
        touched_[traced.sender];
        touched_[traced.coinbase];
        for (const auto& authorization : traced.transaction.authorizations)
            if (const auto authority = authorization.authority()) touched_[*authority];
    }

    bool diff_;
    TraceRoom& room_;
    TouchedState touched_;
};

}  // namespace

std::unique_ptr<JsonTracer> make_prestate_tracer(const Json& config, TraceRoom& room) {
    return std::make_unique<PrestateTracer>(config, room);
}

}  // namespace lucid::blockchain::rpc
