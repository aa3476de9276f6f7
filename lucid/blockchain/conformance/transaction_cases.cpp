// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/state/transition.hpp>

// Transaction tests: bytes that are a transaction under some forks' rules and none under others'.

namespace lucid::blockchain::conformance {
namespace {

constexpr std::size_t transaction_bytes_max = std::size_t{16} * 1024 * 1024;

struct Seen {
    std::string refusal;
    Hash32 hash{};
    Address sender{};
    std::uint64_t intrinsic_gas = 0;
};

/// What can be said of a transaction without a state.
Seen look_at(ByteView bytes, Fork fork) {
    Seen seen;
    const auto t = proto::Transaction::decode(bytes, transaction_bytes_max);
    if (!t) {
        seen.refusal = t.error().message();
        return seen;
    }
    const auto sender = t->sender(fork < Fork::homestead);
    if (!sender) {
        seen.refusal = sender.error().message();
        return seen;
    }
    seen.hash = t->hash();
    seen.sender = *sender;
    seen.intrinsic_gas = proto::intrinsic_gas(*t, fork).execution;
    // A sender with all the money there is, who gives nothing away: what is refused then is the
    // transaction's own fault.
    state::Accounts accounts;
    accounts[*sender].balance = ~Uint256{};
    accounts[*sender].nonce = t->nonce;
    state::World world(accounts);
    evm::BlockContext block;
    block.fork = fork;
    block.chain_id = 1;
    block.gas_limit = UINT64_MAX;
    block.blob_gas_max = 6 * state::blob_gas_each;
    auto without_value = *t;
    without_value.value = 0;
    const auto checked = state::check_transaction(world, block, without_value, *sender, UINT64_MAX);
    if (!checked) seen.refusal = checked.error().message();
    return seen;
}

std::string compare(const Json& expected, const Seen& seen) {
    if (expected.contains("exception"))
        return seen.refusal.empty() ? "accepted in spite of " + expected["exception"].dump() : "";
    if (!seen.refusal.empty()) return "refused: " + seen.refusal;
    if (seen.hash != fixed<32>(expected["hash"])) return "hash";
    if (seen.sender != fixed<20>(expected["sender"])) return "sender";
    if (seen.intrinsic_gas != number64(expected["intrinsicGas"])) return "intrinsic gas";
    return {};
}

}  // namespace

void run_transaction_cases(const std::string& name, const Json& test, const CaseContext& context) {
    const auto bytes = data(test["txbytes"]);
    for (const auto& [fork_name, expected] : test["result"].items()) {
        const auto fork = proto::fork_of(fork_name);
        if (context.only && fork != context.only) continue;
        if (!fork) {
            context.report.fail(fork_name, name, "unknown fork");
            continue;
        }
        const auto trouble = compare(expected, look_at(bytes, *fork));
        context.report.check(fork_name, name, trouble.empty(), trouble);
    }
}

}  // namespace lucid::blockchain::conformance
