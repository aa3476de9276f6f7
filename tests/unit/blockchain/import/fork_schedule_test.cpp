// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/import/fork_schedule.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::blockchain::import::test {
namespace {

using evm::Fork;
using Json = nlohmann::json;

/// As it is read: numbers without a sign.
Json read(const Json& config) {
    return Json::parse(config.dump());
}

Json mainnet() {
    return read({{"chainId", 1},
                 {"homesteadBlock", 1150000},
                 {"daoForkBlock", 1920000},
                 {"eip150Block", 2463000},
                 {"eip155Block", 2675000},
                 {"eip158Block", 2675000},
                 {"byzantiumBlock", 4370000},
                 {"constantinopleBlock", 7280000},
                 {"petersburgBlock", 7280000},
                 {"istanbulBlock", 9069000},
                 {"muirGlacierBlock", 9200000},
                 {"berlinBlock", 12244000},
                 {"londonBlock", 12965000},
                 {"arrowGlacierBlock", 13773000},
                 {"grayGlacierBlock", 15050000},
                 {"shanghaiTime", 1681338455},
                 {"cancunTime", 1710338135},
                 {"pragueTime", 1746612311},
                 {"blobSchedule",
                  {{"cancun", {{"target", 3}, {"max", 6}, {"baseFeeUpdateFraction", 3338477}}}}}});
}
const Hash32 mainnet_genesis =
    *hash32_from_hex("d4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3");

// EIP-2124, Test cases; from Shanghai on as EIP-6122 has them.
TEST(ForkSchedule, fork_ids_of_mainnet) {
    const auto schedule = *ForkSchedule::from_json(mainnet());
    const auto id = [&](std::uint64_t number, std::uint64_t time_s) {
        return to_hex(schedule.fork_id(mainnet_genesis, number, time_s));
    };
    EXPECT_EQ(id(0, 0), "fc64ec04");
    EXPECT_EQ(id(1149999, 0), "fc64ec04");
    EXPECT_EQ(id(1150000, 0), "97c2c34c");
    EXPECT_EQ(id(1920000, 0), "91d1f948");
    EXPECT_EQ(id(2463000, 0), "7a64da13");
    EXPECT_EQ(id(2675000, 0), "3edd5b10");
    EXPECT_EQ(id(4370000, 0), "a00bc324");
    EXPECT_EQ(id(7280000, 0), "668db0af");
    EXPECT_EQ(id(9069000, 0), "879d6e30");
    EXPECT_EQ(id(9200000, 0), "e029e991");
    EXPECT_EQ(id(12244000, 0), "0eb440f6");
    EXPECT_EQ(id(12965000, 0), "b715077d");
    EXPECT_EQ(id(13773000, 0), "20c327fc");
    EXPECT_EQ(id(15050000, 0), "f0afd0e3");
    EXPECT_EQ(id(20000000, 1681338455), "dce96c2d");
    EXPECT_EQ(id(30000000, 1710338135), "9f3d2254");
}

TEST(ForkSchedule, rules_change_by_number_then_by_time) {
    const auto schedule = *ForkSchedule::from_json(mainnet());
    EXPECT_EQ(schedule.rules_at(0, 0, false).fork, Fork::frontier);
    EXPECT_EQ(schedule.rules_at(12964999, 0, false).fork, Fork::berlin);
    EXPECT_EQ(schedule.rules_at(12965000, 0, false).fork, Fork::london);
    EXPECT_EQ(schedule.rules_at(15537394, 1681338454, true).fork, Fork::paris);
    EXPECT_EQ(schedule.rules_at(17034870, 1681338455, true).fork, Fork::shanghai);
    const auto cancun = schedule.rules_at(19426587, 1710338135, true);
    EXPECT_EQ(cancun.fork, Fork::cancun);
    EXPECT_EQ(cancun.blobs.max, 6U);
    EXPECT_EQ(cancun.chain_id, 1U);
}

TEST(ForkSchedule, needs_a_chain_id_and_sane_fields) {
    EXPECT_FALSE(ForkSchedule::from_json(Json::array()));
    EXPECT_FALSE(ForkSchedule::from_json(Json::object()));
    EXPECT_FALSE(ForkSchedule::from_json({{"chainId", "one"}}));
    EXPECT_TRUE(ForkSchedule::from_json(read({{"chainId", 1}})));
    EXPECT_FALSE(
        ForkSchedule::from_json(read({{"chainId", 1}, {"depositContractAddress", "0x12"}})));
    EXPECT_FALSE(
        ForkSchedule::from_json(read({{"chainId", 1}, {"depositContractAddress", "0xzz"}})));
}

}  // namespace
}  // namespace lucid::blockchain::import::test
