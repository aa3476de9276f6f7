// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/state/transition.hpp>
#include <lucid/common/crypto/hash.hpp>

// State tests: one transaction on a given state.

namespace lucid::blockchain::conformance {
namespace {

constexpr std::size_t transaction_bytes_max = std::size_t{16} * 1024 * 1024;

evm::BlockContext read_block(const Json& test, const std::string& fork_name, Fork fork) {
    const auto& env = test["env"];
    evm::BlockContext block;
    block.fork = fork;
    block.chain_id = 1;
    block.number = number64(env["currentNumber"]);
    block.timestamp = number64(env["currentTimestamp"]);
    block.gas_limit = number64(env["currentGasLimit"]);
    block.coinbase = fixed<20>(env["currentCoinbase"]);
    block.difficulty = number(env["currentDifficulty"]);
    if (env.contains("currentRandom")) block.prev_randao = fixed<32>(env["currentRandom"]);
    if (fork >= Fork::london && env.contains("currentBaseFee"))
        block.base_fee = number(env["currentBaseFee"]);
    if (fork >= Fork::cancun) {
        const auto blobs = blob_schedule(test, fork_name, fork);
        const auto excess =
            env.contains("currentExcessBlobGas") ? number64(env["currentExcessBlobGas"]) : 0;
        block.blob_base_fee = state::blob_base_fee(excess, blobs.base_fee_update_fraction);
        block.blob_gas_max = blobs.max * state::blob_gas_each;
    }
    if (fork >= Fork::osaka) block.blobs_per_transaction_max = 6;
    return block;
}

/// Empty: applied; else why it was refused.
std::string apply(state::World& world, const evm::BlockContext& block, const Json& post,
                  std::vector<proto::Log>& logs) {
    const auto transaction =
        proto::Transaction::decode(data(post["txbytes"]), transaction_bytes_max);
    if (!transaction) return transaction.error().message();
    const auto sender = transaction->sender(block.fork < Fork::homestead);
    if (!sender) return sender.error().message();
    const auto checked =
        state::check_transaction(world, block, *transaction, *sender, block.gas_limit);
    if (!checked) return checked.error().message();
    logs = state::apply_transaction(world, block, *transaction, *sender, 0).receipt.logs;
    return {};
}

void run_case(const std::string& name, const Json& test, const std::string& fork_name, Fork fork,
              const Json& post, const CaseContext& context) {
    auto& report = context.report;
    state::World world(read_accounts(test["pre"]));
    world.work_in(context.workspace);
    world.block_hashes = [](std::uint64_t n) {
        return crypto::keccak256(as_bytes(std::to_string(n)));
    };
    const auto block = read_block(test, fork_name, fork);
    std::vector<proto::Log> logs;
    const auto refusal = apply(world, block, post, logs);
    // The block's reward is zero here, but it is paid: the coinbase is touched. Those who made
    // state-eest (only they give the state) leave it out where the transaction is refused.
    if (fork < Fork::paris && (refusal.empty() || !post.contains("state"))) {
        world.begin_transaction(fork);
        world.touch_account(block.coinbase);
        world.end_transaction();
    }
    const bool should_fail = post.contains("expectException");
    if (should_fail != !refusal.empty())
        return report.fail(
            fork_name, name,
            should_fail ? "accepted in spite of " + post["expectException"].get<std::string>()
                        : "refused: " + refusal);
    const auto accounts = world.accounts();
    if (state::state_root(accounts) != fixed<32>(post["hash"])) {
        std::string why = "state root";
        if (post.contains("state"))
            why += ": " + difference(read_accounts(post["state"]), accounts);
        return report.fail(fork_name, name, why);
    }
    report.check(fork_name, name, hash_of_logs(logs) == fixed<32>(post["logs"]), "logs");
}

}  // namespace

void run_state_cases(const std::string& name, const Json& test, const CaseContext& context) {
    for (const auto& [fork_name, posts] : test["post"].items()) {
        const auto fork = proto::fork_of(fork_name);
        if (context.only && fork != context.only) continue;
        for (const auto& post : posts) {
            const auto& i = post["indexes"];
            const auto full =
                name + " d" + i["data"].dump() + "g" + i["gas"].dump() + "v" + i["value"].dump();
            if (!fork) {
                context.report.fail(fork_name, full, "unknown fork");
                continue;
            }
            try {
                run_case(full, test, fork_name, *fork, post, context);
            } catch (const std::exception& error) {
                context.report.fail(fork_name, full, error.what());
            }
        }
    }
}

}  // namespace lucid::blockchain::conformance
