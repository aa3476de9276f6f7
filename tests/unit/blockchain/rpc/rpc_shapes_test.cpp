// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Our answers beside those of the execution-apis test suite: the same fields, of the same kinds.

#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "../../../support/test_paths.hpp"
#include "../chain/chain_rig.hpp"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::blockchain::rpc::test {
namespace {

namespace fs = std::filesystem;
using chain::test::ChainRig;
using Json = nlohmann::json;

/// "0x…" of fixed size, a quantity, or the JSON type's name.
std::string kind(const Json& value) {
    if (!value.is_string()) return value.type_name();
    const auto size = value.get<std::string>().size();
    if (size == 42) return "address";
    if (size == 66) return "32 bytes";
    if (size == 514) return "bloom";
    return "hex";
}

/// Signatures' numbers lose leading zeros, data may have any length: only text is compared there.
bool is_free(const std::string& name) {
    static const std::set<std::string> names = {"r", "s", "extraData", "input", "data"};
    return names.contains(name);
}

void expect_same_shape(const Json& ours, const Json& theirs, const std::string& what) {
    ASSERT_EQ(ours.type_name(), std::string(theirs.type_name())) << what;
    if (ours.is_object()) {
        for (const auto& [name, value] : theirs.items()) {
            ASSERT_TRUE(ours.contains(name)) << what << " lacks " << name;
            if (!is_free(name)) expect_same_shape(ours[name], value, what + "." + name);
        }
        for (const auto& [name, value] : ours.items())
            EXPECT_TRUE(theirs.contains(name)) << what << " has " << name << " beyond the suite's";
    } else if (ours.is_array()) {
        if (!ours.empty() && !theirs.empty()) expect_same_shape(ours[0], theirs[0], what + "[0]");
    } else {
        EXPECT_EQ(kind(ours), kind(theirs)) << what;
    }
}

class RpcShapes : public testing::Test {
  protected:
    void SetUp() override {
        const std::string archive =
            std::string(lucid::test::conformance_dir) + "/jsonrpc/execution-apis-tests.tar.zst";
        if (!fs::exists(archive)) GTEST_SKIP() << "conformance data is not at " << archive;
        ASSERT_EQ(std::system(("tar --zstd -xf " + archive + " -C " + rig_.directory()).c_str()),
                  0);
        contract_ = rig_.deploy(*from_hex("60075f5fa100"));  // LOG1(0, 0, 7)
        ASSERT_TRUE(rig_.produce(1));
    }

    struct Exchange {
        Json request;
        Json response;
    };
    [[nodiscard]] Exchange golden(const fs::path& file) const {
        std::ifstream in(file);
        Exchange exchange;
        for (std::string line; std::getline(in, line);) {
            if (line.starts_with(">> ")) exchange.request = Json::parse(line.substr(3));
            if (line.starts_with("<< ")) exchange.response = Json::parse(line.substr(3));
        }
        return exchange;
    }
    [[nodiscard]] Json theirs(const std::string& name) const {
        return golden(folder() / (name + ".io")).response["result"];
    }
    [[nodiscard]] fs::path folder() const { return fs::path(rig_.directory()) / "jsonrpc"; }
    Json ours(const std::string& method, const Json& params) const {
        return Json::parse(
            rpc_.handle(Json{{"id", 1}, {"method", method}, {"params", params}}.dump(), false));
    }

    ChainRig rig_;
    proto::Address contract_{};
    Rpc rpc_{rig_.chain(), {}};
};

TEST_F(RpcShapes, blocks) {
    ASSERT_TRUE(rig_.chain().submit(rig_.call(rig_.node(), 1, contract_, 0)));
    ASSERT_TRUE(rig_.produce(2));
    expect_same_shape(ours("eth_getBlockByNumber", {"latest", false})["result"],
                      theirs("eth_getBlockByNumber/get-block-prague-fork"), "block");
}

TEST_F(RpcShapes, transactions_of_every_type_and_their_receipts) {
    using proto::TransactionType;
    const std::vector<std::pair<TransactionType, std::string>> types = {
        {TransactionType::access_list, "get-access-list"},
        {TransactionType::dynamic_fee, "get-dynamic-fee"},
        {TransactionType::set_code, "get-setcode-tx"}};
    std::uint64_t nonce = 1;
    std::vector<Hash32> hashes;
    for (const auto& [type, name] : types) {
        auto t = rig_.call(rig_.node(), nonce++, contract_, 0);
        t.type = type;
        if (type == TransactionType::access_list) t.max_priority_fee_per_gas = t.max_fee_per_gas;
        t.access_list = {{contract_, {Hash32{}}}};
        if (type == TransactionType::set_code) t.authorizations.resize(1);
        t.sign(rig_.node());
        hashes.push_back(*rig_.chain().submit(t));
    }
    ASSERT_TRUE(rig_.produce(2));
    for (std::size_t i = 0; i < types.size(); ++i) {
        const auto& name = types[i].second;
        const auto hash = "0x" + to_hex(hashes[i]);
        expect_same_shape(ours("eth_getTransactionByHash", {hash})["result"],
                          theirs("eth_getTransactionByHash/" + name), name);
        expect_same_shape(ours("eth_getTransactionReceipt", {hash})["result"],
                          theirs("eth_getTransactionReceipt/" + name), name + " receipt");
    }
    expect_same_shape(ours("eth_getLogs", Json::array({Json::object()}))["result"],
                      theirs("eth_getLogs/contract-addr"), "logs");
    expect_same_shape(ours("eth_feeHistory", {"0x1", "0x2", Json::array({95, 99})})["result"],
                      theirs("eth_feeHistory/fee-history"), "fee history");
}

TEST_F(RpcShapes, mistakes_have_the_suites_codes) {
    const std::vector<std::string> files = {"eth_getLogs/filter-error-invalid-blockHash-and-range",
                                            "eth_getLogs/filter-error-future-block-range",
                                            "eth_getStorageAt/get-storage-invalid-key-too-large",
                                            "eth_getStorageAt/get-storage-invalid-key"};
    for (const auto& file : files) {
        const auto exchange = golden(folder() / (file + ".io"));
        EXPECT_EQ(ours(exchange.request["method"], exchange.request["params"])["error"]["code"],
                  exchange.response["error"]["code"])
            << file;
    }
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
