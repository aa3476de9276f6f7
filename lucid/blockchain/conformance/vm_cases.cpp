// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/evm/evm.hpp>

// The old VM tests: one frame under Frontier's rules, no transaction.

namespace lucid::blockchain::conformance {
namespace {

std::string run_frame(const Json& test) {
    const auto& exec = test["exec"];
    const auto& env = test["env"];
    evm::BlockContext block;
    block.fork = Fork::frontier;
    block.number = number64(env["currentNumber"]);
    block.timestamp = number64(env["currentTimestamp"]);
    block.gas_limit = number64(env["currentGasLimit"]);
    block.coinbase = fixed<20>(env["currentCoinbase"]);
    block.difficulty = number(env["currentDifficulty"]);
    const evm::TransactionContext transaction{
        fixed<20>(exec["origin"]), number(exec["gasPrice"]), {}};
    state::World world(read_accounts(test["pre"]));
    world.begin_transaction(block.fork);
    evm::Evm machine(world, block, transaction);
    const auto input = data(exec["data"]);
    const evm::Code code(data(exec["code"]));
    evm::Message message;
    message.caller = fixed<20>(exec["caller"]);
    message.recipient = message.code_address = fixed<20>(exec["address"]);
    message.value = number(exec["value"]);
    message.gas = number64(exec["gas"]);
    message.input = input;
    const auto outcome = evm::interpret(machine, message, code);
    if (!test.contains("post"))
        return outcome.status == evm::Status::success ? "should have failed" : "";
    if (outcome.status != evm::Status::success) return evm::text_of(outcome.halt);
    if (outcome.gas_left != number64(test["gas"]))
        return "gas left " + std::to_string(outcome.gas_left);
    if (outcome.output != data(test["out"])) return "output";
    if (hash_of_logs(world.logs()) != fixed<32>(test["logs"])) return "logs";
    world.end_transaction();
    return difference(read_accounts(test["post"]), world.accounts());
}

}  // namespace

void run_vm_cases(const std::string& name, const Json& test, const CaseContext& context) {
    if (context.only && context.only != Fork::frontier) return;
    const auto trouble = run_frame(test);
    context.report.check("Frontier", name, trouble.empty(), trouble);
}

}  // namespace lucid::blockchain::conformance
