// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/imported_chain.hpp>
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <cstdlib>
#include <filesystem>

#include <gtest/gtest.h>

namespace lucid::blockchain::import::test {
namespace {

using Json = nlohmann::json;

const auto payer = *crypto::Secp256k1Key::from_secret(crypto::Secret(Bytes(32, 7)));

Json genesis() {
    return {{"config",
             {{"chainId", 77},
              {"londonBlock", 0},
              {"shanghaiTime", 0},
              {"cancunTime", 0},
              {"terminalTotalDifficulty", 0},
              {"blobSchedule",
               {{"cancun", {{"target", 3}, {"max", 6}, {"baseFeeUpdateFraction", 3338477}}}}}}},
            {"gasLimit", "0x3938700"},
            {"difficulty", "0x0"},
            {"timestamp", "0x10"},
            {"alloc",
             {{to_hex(payer.address()), {{"balance", "0xde0b6b3a7640000"}}},
              {"00000000000000000000000000000000000000aa",
               {{"code", "0x60015500"}, {"balance", "0x0"}, {"storage", {{"0x01", "0x02"}}}}}}}};
}

class ImportedChainTest : public testing::Test {
  protected:
    ImportedChainTest() {
        std::string name = (std::filesystem::temp_directory_path() / "lucid-test.XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
        auto made = ImportedChain::create(directory_, genesis().dump());
        EXPECT_TRUE(made) << made.error().message();
        chain_ = std::move(*made);
    }
    ~ImportedChainTest() override {
        chain_.reset();
        std::filesystem::remove_all(directory_);
    }
    ImportedChain::BlockPlan plan() {
        const auto head = chain_->blocks().block(chain_->height())->header;
        ImportedChain::BlockPlan plan;
        plan.parent_hash = head.hash();
        plan.timestamp_s = head.timestamp + 12;
        plan.withdrawals = {{0, 1, proto::Address{9}, 5}};
        return plan;
    }
    static proto::Transaction payment(std::uint64_t nonce) {
        proto::Transaction t;
        t.type = proto::TransactionType::dynamic_fee;
        t.chain_id = 77;
        t.nonce = nonce;
        t.max_fee_per_gas = 10'000'000'000;
        t.max_priority_fee_per_gas = 3;
        t.gas_limit = 21000;
        t.to = proto::Address{1, 2, 3};
        t.value = 5;
        t.sign(payer);
        return t;
    }

    std::string directory_;
    std::unique_ptr<ImportedChain> chain_;
};

TEST_F(ImportedChainTest, what_it_builds_it_imports) {
    auto with = plan();
    with.transactions = std::vector<Bytes>{payment(0).encode()};
    const auto built = chain_->build(with);
    ASSERT_TRUE(built) << built.error().message();
    EXPECT_EQ(built->value, proto::Uint256(3 * 21000));
    EXPECT_EQ(chain_->height(), 0U) << "the chain stays as it is";
    const auto imported = chain_->import(built->block);
    ASSERT_TRUE(imported) << imported.error().message();
    EXPECT_EQ(chain_->height(), 1U);
    const rpc::Rpc rpc(*chain_, {});
    const auto ask = [&](const Json& request) {
        return Json::parse(rpc.handle(request.dump(), false))["result"];
    };
    EXPECT_EQ(ask({{"id", 1},
                   {"method", "eth_getBalance"},
                   {"params", {"0x0102030000000000000000000000000000000000", "latest"}}}),
              "0x5");
    EXPECT_EQ(ask({{"id", 1},
                   {"method", "eth_getBalance"},
                   {"params", {"0x0900000000000000000000000000000000000000", "latest"}}}),
              "0x12a05f200")
        << "five gwei were withdrawn";
    EXPECT_EQ(ask({{"id", 1},
                   {"method", "eth_getStorageAt"},
                   {"params", {"0x00000000000000000000000000000000000000aa", "0x1", "0x0"}}}),
              "0x" + to_hex(proto::Uint256(2).to_be()));
}

TEST_F(ImportedChainTest, the_pool_fills_a_block_that_names_no_transactions) {
    ASSERT_TRUE(chain_->submit(payment(0)));
    ASSERT_TRUE(chain_->submit(payment(1)));
    EXPECT_EQ(chain_->build(plan())->block.transactions.size(), 2U);
}

TEST_F(ImportedChainTest, a_block_that_differs_from_its_header_is_refused) {
    auto with = plan();
    with.transactions = std::vector<Bytes>{payment(0).encode()};
    const auto good = chain_->build(with)->block;
    const auto refused = [&](auto change) {
        auto block = good;
        change(block);
        return !chain_->import(block) && chain_->height() == 0;
    };
    EXPECT_TRUE(refused([](proto::Block& b) { b.header.state_root[0] ^= 1; }));
    EXPECT_TRUE(refused([](proto::Block& b) { b.header.receipts_root[0] ^= 1; }));
    EXPECT_TRUE(refused([](proto::Block& b) { b.header.parent_hash[0] ^= 1; }));
    EXPECT_TRUE(refused([](proto::Block& b) { b.header.base_fee_per_gas = 1; }));
    EXPECT_TRUE(refused([](proto::Block& b) { ++b.header.gas_used; }));
    EXPECT_TRUE(refused([](proto::Block& b) { b.transactions.clear(); }));
    EXPECT_TRUE(refused([](proto::Block& b) { b.withdrawals.reset(); }));
    EXPECT_TRUE(refused([](proto::Block& b) { b.header.timestamp = 1; }));
    EXPECT_TRUE(chain_->import(good));
}

TEST_F(ImportedChainTest, plans_that_cannot_be_are_refused) {
    auto elsewhere = plan();
    elsewhere.parent_hash[0] ^= 1;
    EXPECT_FALSE(chain_->build(elsewhere));
    auto early = plan();
    early.timestamp_s = 16;
    EXPECT_FALSE(chain_->build(early));
    auto gap = plan();
    gap.transactions = std::vector<Bytes>{payment(1).encode()};
    EXPECT_FALSE(chain_->build(gap));
    auto garbage = plan();
    garbage.transactions = std::vector<Bytes>{Bytes{1, 2, 3}};
    EXPECT_FALSE(chain_->build(garbage));
}

TEST_F(ImportedChainTest, bytes_that_are_no_blocks) {
    EXPECT_FALSE(chain_->import_all(Bytes{0xc1}));
    EXPECT_FALSE(chain_->import_all(Bytes{0xc1, 0x80}));
    EXPECT_TRUE(chain_->import_all({}));
}

TEST(EthereumGenesis, is_read_strictly) {
    const auto refused = [](const Json& json) {
        return !ImportedChain::create("/nonexistent", json.dump());
    };
    EXPECT_TRUE(refused(Json::array()));
    auto without_id = genesis();
    without_id["config"].erase("chainId");
    EXPECT_TRUE(refused(without_id));
    auto short_address = genesis();
    short_address["alloc"]["12"] = {{"balance", "0x1"}};
    EXPECT_TRUE(refused(short_address));
    auto long_number = genesis();
    long_number["gasLimit"] = "0x" + std::string(66, '1');
    EXPECT_TRUE(refused(long_number));
}

}  // namespace
}  // namespace lucid::blockchain::import::test
