// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/state/block_transition.hpp>

// Blockchain tests: a genesis state and blocks after it, some of them bad.

namespace lucid::blockchain::conformance {
namespace {

constexpr std::uint64_t transition_time = 15'000;  ///< "AtTime15k"

/// Names of the rules before and from transition_time on.
struct Network {
    std::string before;
    std::string after;
};

Network network_of(const std::string& name) {
    const auto to = name.find("To");
    const auto at = name.find("AtTime15k");
    if (to == std::string::npos || at == std::string::npos) return {name, name};
    return {name.substr(0, to), name.substr(to + 2, at - to - 2)};
}

/// BPO forks (EIP-7892) change the blob schedule of Osaka, nothing else.
std::optional<Fork> fork_named(const std::string& name) {
    if (name.starts_with("BPO")) return Fork::osaka;
    return proto::fork_of(name);
}

state::BlockRules rules_at(const Json& test, const Network& network, std::uint64_t timestamp) {
    const auto& name = timestamp >= transition_time ? network.after : network.before;
    const auto fork = fork_named(name);
    if (!fork) throw BadTest("unknown network " + name);
    state::BlockRules rules;
    rules.fork = *fork;
    rules.blobs = blob_schedule(test, name, *fork);
    if (test.contains("config") && test["config"].contains("chainid"))
        rules.chain_id = number64(test["config"]["chainid"]);
    return rules;
}

struct Chain {
    state::Accounts accounts;
    proto::Header head;
    std::map<std::uint64_t, Hash32> hashes;
};

/// Empty: the block is good and is the new head.
std::string import_block(Chain& chain, const Json& test, const Network& network, ByteView rlp) {
    const auto block = proto::Block::decode(rlp);
    if (!block) return block.error().message();
    const auto& header = block->header;
    const auto rules = rules_at(test, network, header.timestamp);
    if (const auto good = state::check_header(header, chain.head, rules); !good)
        return good.error().message();
    state::World world(chain.accounts);
    world.block_hashes = [&](std::uint64_t number) {
        const auto found = chain.hashes.find(number);
        return found == chain.hashes.end() ? Hash32{} : found->second;
    };
    const auto applied = state::apply_block(world, *block, rules);
    if (!applied) return applied.error().message();
    auto accounts = world.accounts();
    if (state::state_root(accounts) != header.state_root) return "state root";
    chain.accounts = std::move(accounts);
    chain.head = header;
    chain.hashes[header.number] = header.hash();
    return {};
}

std::string run_chain(const Json& test) {
    const auto network = network_of(test["network"].get<std::string>());
    const auto genesis = proto::Block::decode(data(test["genesisRLP"]));
    if (!genesis) return "genesis: " + genesis.error().message();
    Chain chain{read_accounts(test["pre"]), genesis->header, {}};
    chain.hashes[chain.head.number] = chain.head.hash();
    if (state::state_root(chain.accounts) != chain.head.state_root) return "genesis state root";
    if (chain.head.hash() != fixed<32>(test["genesisBlockHeader"]["hash"])) return "genesis hash";
    for (const auto& item : test["blocks"]) {
        const bool should_fail = item.contains("expectException");
        const auto trouble = import_block(chain, test, network, data(item["rlp"]));
        if (should_fail && trouble.empty())
            return "accepted in spite of " + item["expectException"].get<std::string>();
        if (!should_fail && !trouble.empty())
            return "block " + std::to_string(chain.head.number + 1) + ": " + trouble;
    }
    if (chain.head.hash() != fixed<32>(test["lastblockhash"])) return "last block";
    if (!test.contains("postState")) return {};
    return difference(read_accounts(test["postState"]), chain.accounts);
}

}  // namespace

void run_block_cases(const std::string& name, const Json& test, const CaseContext& context) {
    const auto network = test["network"].get<std::string>();
    if (context.only && fork_named(network_of(network).after) != context.only) return;
    std::string trouble;
    try {
        trouble = run_chain(test);
    } catch (const std::exception& error) {
        trouble = error.what();
    }
    context.report.check(network, name, trouble.empty(), trouble);
}

}  // namespace lucid::blockchain::conformance
