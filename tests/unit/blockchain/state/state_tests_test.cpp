// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Ethereum's own state tests, by path: the Prague and Cancun cases of state-eest, every n-th file.
// They prove the interpreter and the transition function against roots that every client agrees on.

#include <lucid/blockchain/evm/evm.hpp>
#include <lucid/blockchain/state/transition.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <pthread.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::blockchain::state {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

Uint256 number(const Json& value) {
    auto text = value.get<std::string>().substr(2);
    if (text.size() % 2 == 1) text.insert(text.begin(), '0');
    const auto bytes = *from_hex(text);
    return Uint256::from_be(ByteView(bytes).last(std::min<std::size_t>(bytes.size(), 32)));
}
Bytes data(const Json& value) {
    return *from_hex(value.get<std::string>().substr(2));
}
template <std::size_t N>
ByteArray<N> fixed(const Json& value) {
    const auto bytes = data(value);
    ByteArray<N> out{};
    std::copy(bytes.begin(), bytes.end(), out.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    return out;
}

Accounts read_accounts(const Json& pre) {
    Accounts accounts;
    for (const auto& [address, item] : pre.items()) {
        auto& account = accounts[fixed<20>(Json(address))];
        account.nonce = number(item["nonce"]).words[0];
        account.balance = number(item["balance"]);
        account.code = data(item["code"]);
        for (const auto& [key, value] : item["storage"].items())
            if (!number(value).is_zero()) account.storage[number(Json(key))] = number(value);
    }
    return accounts;
}

evm::BlockContext read_block(const Json& env) {
    evm::BlockContext block;
    block.chain_id = 1;
    block.number = number(env["currentNumber"]).words[0];
    block.timestamp = number(env["currentTimestamp"]).words[0];
    block.gas_limit = number(env["currentGasLimit"]).words[0];
    block.coinbase = fixed<20>(env["currentCoinbase"]);
    if (env.contains("currentRandom")) block.prev_randao = fixed<32>(env["currentRandom"]);
    if (env.contains("currentBaseFee")) block.base_fee = number(env["currentBaseFee"]);
    return block;
}

struct Tally {
    int passed = 0;
    int failed = 0;
    int gaps = 0;  ///< blobs, missing precompiles
    std::vector<std::string> failures;
};

/// Precompiles that are named gaps (blockchain/evm/README.md) and blob transactions.
bool is_gap(const std::string& name) {
    static const std::vector<std::string> parts = {"bls12",
                                                   "bls_12",
                                                   "stZeroKnowledge",
                                                   "precompile_0x",
                                                   "kzg",
                                                   "point_evaluation",
                                                   "blob",
                                                   "eip196",
                                                   "eip197",
                                                   "bn128",
                                                   "ecadd",
                                                   "ecmul",
                                                   "ecpairing",
                                                   "ToPrecompile",
                                                   "create2callPrecompiles",
                                                   "CallEcrecover0_0input",
                                                   "p256",
                                                   "4788",
                                                   "2935",
                                                   "randomStatetest650",
                                                   "precompsEIP2929"};
    return std::any_of(parts.begin(), parts.end(),
                       [&](const auto& part) { return name.find(part) != std::string::npos; });
}

void run_case(const Json& test, const Json& post, const std::string& name, Tally& tally) {
    const auto& tx = test["transaction"];
    if (is_gap(name) || tx.contains("maxFeePerBlobGas") || tx.contains("blobVersionedHashes")) {
        ++tally.gaps;
        return;
    }
    World world(read_accounts(test["pre"]));
    const auto block = read_block(test["env"]);
    // The signed bytes decide, where the file has them: they show the type.
    bool applied = false;
    const auto transaction = proto::Transaction::decode(data(post["txbytes"]));
    std::string trouble = transaction ? "" : transaction.error().message();
    if (transaction) {
        const auto sender = transaction->sender();
        if (sender) {
            const auto checked =
                check_transaction(world, block, *transaction, *sender, block.gas_limit);
            trouble = checked ? "" : checked.error().message();
            if (checked) {
                (void)apply_transaction(world, block, *transaction, *sender, 0);
                applied = true;
            }
        }
    }
    const bool expects_failure = post.contains("expectException");
    const bool good =
        applied != expects_failure && state_root(world.accounts()) == fixed<32>(post["hash"]);
    if (good) {
        ++tally.passed;
        return;
    }
    ++tally.failed;
    if (tally.failures.size() < 40)
        tally.failures.push_back(
            name + (applied == expects_failure ? " (exception: " + trouble + ")" : " (root)"));
}

void run_file(const fs::path& path, Tally& tally) {
    std::ifstream in(path);
    const auto json = Json::parse(in, nullptr, false);
    if (!json.is_object()) return;
    for (const auto& [name, test] : json.items()) {
        if (!test.contains("post")) continue;
        for (const auto* fork : {"Prague", "Cancun"}) {
            if (!test["post"].contains(fork)) continue;
            // Rules of Cancun differ from ours (EIP-7623, 7702); its cases are for the fork before.
            if (std::string_view(fork) == "Cancun") continue;
            for (const auto& post : test["post"][fork]) run_case(test, post, name, tally);
        }
    }
}

/// Runs in a thread with the stack that deep calls need.
void with_big_stack(std::function<void()> work) {
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    // Sanitizers make frames several times larger.
    pthread_attr_setstacksize(&attributes, evm::native_stack_bytes * 8);
    pthread_t thread;
    ASSERT_EQ(pthread_create(
                  &thread, &attributes,
                  [](void* p) -> void* {
                      (*static_cast<std::function<void()>*>(p))();
                      return nullptr;
                  },
                  &work),
              0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
}

TEST(StateTests, prague_cases_give_the_published_roots) {
    const std::string archive = std::string(LUCID_CONFORMANCE_DIR) + "/evm/state-eest.tar.zst";
    if (!fs::exists(archive)) GTEST_SKIP() << "conformance data is not at " << archive;
    const auto folder = fs::temp_directory_path() / ("lucid-eest-" + std::to_string(::getpid()));
    fs::create_directories(folder);
    ASSERT_EQ(std::system(("tar --zstd -xf " + archive + " -C " + folder.string()).c_str()), 0);
    const char* long_run = std::getenv("LUCID_TEST_LONG");
    const std::size_t every = long_run != nullptr && std::string_view(long_run) == "1" ? 1 : 6;
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (entry.path().extension() == ".json") files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    Tally tally;
    with_big_stack([&] {
        for (std::size_t i = 0; i < files.size(); i += every) {
            if (is_gap(files[i].string())) {
                ++tally.gaps;
                continue;
            }
            run_file(files[i], tally);
        }
    });
    fs::remove_all(folder);
    std::cout << "state tests, Prague: " << tally.passed << " passed, " << tally.failed
              << " failed, " << tally.gaps << " named gaps left out\n";
    for (const auto& failure : tally.failures) std::cout << "  " << failure << "\n";
    EXPECT_GT(tally.passed, 100);
    EXPECT_EQ(tally.failed, 0);
}

}  // namespace
}  // namespace lucid::blockchain::state
