// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Programs of ipsilon/evm-benchmarks, one line each: time of the whole transaction on a fresh world
// (best of several), gas without the intrinsic part, Mgas/s.
//   bench_evm FOLDER_OR_ARCHIVE   (…/conformance/evm/bench.tar.zst)

#include <lucid/blockchain/conformance/case_values.hpp>
#include <lucid/blockchain/conformance/test_files.hpp>
#include <lucid/blockchain/state/transition.hpp>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <pthread.h>

namespace {

using namespace lucid;
using namespace lucid::blockchain;
using conformance::Json;

constexpr double seconds_each = 0.5;
constexpr int rounds_min = 5;
constexpr int rounds_max = 5000;

double thread_cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

evm::BlockContext block_of(const Json& env, evm::Fork fork) {
    evm::BlockContext block;
    block.fork = fork;
    block.chain_id = 1;
    block.number = 1;
    block.timestamp = conformance::number64(env["currentTimestamp"]);
    block.gas_limit = conformance::number64(env["currentGasLimit"]);
    block.base_fee = conformance::number(env["currentBaseFee"]);
    block.coinbase = conformance::fixed<20>(env["currentCoinbase"]);
    return block;
}

void measure(const std::string& name, const Json& test, const Json& post, evm::Fork fork) {
    const auto transaction = proto::Transaction::decode(conformance::data(post["txbytes"]));
    if (!transaction || !transaction->to) return;
    const auto sender = transaction->sender();
    if (!sender) return;
    const auto accounts = conformance::read_accounts(test["pre"]);
    const auto block = block_of(test["env"], fork);
    double best = 1e9;
    double total = 0;
    std::uint64_t gas = 0;
    int rounds = 0;
    while (rounds < rounds_min || (total < seconds_each && rounds < rounds_max)) {
        state::World world(accounts);
        (void)world.code(*transaction->to);
        const auto started = thread_cpu_seconds();
        const auto applied = state::apply_transaction(world, block, *transaction, *sender, 0);
        const auto took = thread_cpu_seconds() - started;
        gas = applied.gas_used;
        best = std::min(best, took);
        total += took;
        ++rounds;
    }
    gas -= proto::intrinsic_gas(*transaction, fork).execution;
    std::printf("%-28s %s %10.1f us %12llu gas %7.0f Mgas/s\n", name.c_str(),
                post["indexes"]["data"].dump().c_str(), best * 1e6,
                static_cast<unsigned long long>(gas), static_cast<double>(gas) / best / 1e6);
    std::fflush(stdout);
}

void* run(void* path) {
    const auto sets = conformance::find_test_files(static_cast<const char*>(path));
    if (!sets) {
        std::fprintf(stderr, "%s: %s\n", static_cast<const char*>(path),
                     sets.error().message().c_str());
        return nullptr;
    }
    for (const auto& set : *sets)
        for (const auto& file : set.files) {
            const auto text = file.read();
            if (!text) continue;
            const auto json = Json::parse(*text, nullptr, false);
            if (!json.is_object()) continue;
            for (const auto& [name, test] : json.items())
                for (const auto& [fork_name, posts] : test["post"].items())
                    if (const auto fork = proto::fork_of(fork_name))
                        for (const auto& post : posts) measure(name, test, post, *fork);
        }
    return nullptr;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fprintf(stderr, "usage: bench_evm FOLDER_OR_ARCHIVE\n");
        return 2;
    }
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, evm::native_stack_bytes);
    pthread_t thread{};
    if (pthread_create(&thread, &attributes, run, argv[1]) != 0) return 1;
    pthread_join(thread, nullptr);
    return 0;
}
