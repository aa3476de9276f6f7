// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// eth_simulateV1 on Lucid's own chain; the answers that geth gives are in the .io files
// (blockchain/import).
#include <lucid/blockchain/rpc/limits.hpp>
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include "../chain/chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::rpc::test {
namespace {

using chain::test::ChainRig;

std::string hex(ByteView bytes) {
    return "0x" + to_hex(bytes);
}
std::string word(std::uint64_t value) {
    return hex(proto::Uint256(value).to_be());
}
std::string who(std::uint8_t number) {
    return hex(Bytes(20, number));
}

class SimulateTest : public testing::Test {
  protected:
    SimulateTest() {
        // SSTORE(1, SLOAD(1) + 1), returns SLOAD(1); with calldata it reverts after it.
        counter_ =
            rig_.deploy(*from_hex("60015460010180600155"
                                  "600052"
                                  "36601657"
                                  "60206000f3"
                                  "5b60206000fd"));
        EXPECT_TRUE(rig_.produce(1));
        send_to_counter(2);
        send_to_counter(3);
    }
    void send_to_counter(std::uint64_t slot) {
        const auto nonce = rig_.chain().nonce(rig_.genesis.node, true);
        EXPECT_TRUE(rig_.chain().submit(rig_.call(rig_.node(), nonce, counter_, 0)));
        EXPECT_TRUE(rig_.produce(slot));
    }
    Json ask(const Json& options, const Json& block = "latest") const {
        return Json::parse(rpc_.handle(
            Json{{"id", 1}, {"method", "eth_simulateV1"}, {"params", {options, block}}}.dump(),
            false));
    }
    // Lists are vectors: a list of one JSON value in braces is an array to one compiler and that
    // value to another.
    static Json blocks(const std::vector<Json>& list) { return {{"blockStateCalls", Json(list)}}; }
    static Json block(const Json& overrides, const Json& state, const std::vector<Json>& calls) {
        return {{"blockOverrides", overrides}, {"stateOverrides", state}, {"calls", Json(calls)}};
    }
    static Json calls(const std::vector<Json>& list) { return block(nullptr, nullptr, list); }
    [[nodiscard]] Json count() const { return {{"to", hex(counter_)}}; }

    ChainRig rig_;
    proto::Address counter_{};
    Rpc rpc_{rig_.chain(), {}};
};

TEST_F(SimulateTest, blocks_follow_each_other_and_nothing_stays) {
    const auto answer =
        ask(blocks({calls({count(), count()}), Json::object(), calls({count()})}))["result"];
    ASSERT_EQ(answer.size(), 3U);
    EXPECT_EQ(answer[0]["calls"][0]["returnData"], word(3)) << "two blocks have counted before";
    EXPECT_EQ(answer[0]["calls"][1]["returnData"], word(4));
    EXPECT_EQ(answer[2]["calls"][0]["returnData"], word(5));
    EXPECT_EQ(answer[0]["number"], "0x4");
    EXPECT_EQ(answer[0]["parentHash"], hex(rig_.chain().block(3)->header.hash()));
    EXPECT_EQ(answer[1]["parentHash"], answer[0]["hash"]);
    EXPECT_EQ(answer[2]["parentHash"], answer[1]["hash"]);
    EXPECT_NE(answer[0]["stateRoot"], answer[2]["stateRoot"]);
    EXPECT_EQ(answer[0]["transactions"].size(), 2U);
    EXPECT_TRUE(answer[0]["transactions"][0].is_string());
    EXPECT_EQ(rig_.chain().height(), 3U);
    EXPECT_EQ(ask(blocks({calls({count()})}))["result"][0]["calls"][0]["returnData"], word(3));
}

TEST_F(SimulateTest, a_real_block_would_have_the_same_root) {
    // What a block did, simulated on its parent: the roots must agree.
    const auto real = rig_.chain().block(3)->header;
    const Json call = {{"from", hex(rig_.genesis.node)},
                       {"to", hex(counter_)},
                       {"gas", "0x186a0"},
                       {"maxFeePerGas", real.base_fee_per_gas.to_hex_quantity()}};
    const Json overrides = {{"feeRecipient", hex(real.coinbase)},
                            {"time", hex_quantity(real.timestamp)},
                            {"prevRandao", hex(real.mix_hash)}};
    auto options = blocks({block(overrides, nullptr, {call})});
    options["validation"] = true;
    const auto answer = ask(options, "0x2")["result"];
    ASSERT_EQ(answer.size(), 1U);
    EXPECT_EQ(answer[0]["stateRoot"], hex(real.state_root));
    EXPECT_EQ(answer[0]["gasUsed"], hex_quantity(real.gas_used));
    EXPECT_EQ(answer[0]["receiptsRoot"], hex(real.receipts_root));
    EXPECT_EQ(answer[0]["baseFeePerGas"], real.base_fee_per_gas.to_hex_quantity());
}

TEST_F(SimulateTest, gaps_are_filled_and_headers_overridden) {
    const Json overrides = {{"number", "0x7"},        {"time", "0x77777777"},
                            {"gasLimit", "0x100000"}, {"feeRecipient", who(0xfe)},
                            {"prevRandao", word(9)},  {"baseFeePerGas", "0x5"}};
    // NUMBER, TIMESTAMP, GASLIMIT, COINBASE, PREVRANDAO, BASEFEE, BLOCKHASH(NUMBER - 1)
    const Json code = {{who(0xcc),
                        {{"code",
                          "0x4360005242602052456040524160605244608052"
                          "4860a052600143034060c05260e06000f3"}}}};
    const Json call = {{"to", who(0xcc)}};
    const auto answer = ask(blocks({block(overrides, code, {call})}))["result"];
    ASSERT_EQ(answer.size(), 4U) << "4, 5 and 6 are empty";
    const auto& last = answer[3];
    EXPECT_EQ(last["timestamp"], "0x77777777");
    const auto seen = last["calls"][0]["returnData"].get<std::string>();
    const auto at = [&](std::size_t index) { return "0x" + seen.substr(2 + 64 * index, 64); };
    EXPECT_EQ(at(0), word(7));
    EXPECT_EQ(at(1), word(0x77777777));
    EXPECT_EQ(at(2), word(0x100000));
    EXPECT_EQ(at(3), "0x" + std::string(24, '0') + who(0xfe).substr(2));
    EXPECT_EQ(at(4), word(9));
    EXPECT_EQ(at(5), word(5));
    EXPECT_EQ(Json(at(6)), answer[2]["hash"]);
}

TEST_F(SimulateTest, transfers_become_logs_unless_they_were_undone) {
    // CALL(gas, target, 7): the target is in calldata; its failure is not looked at.
    const Json forwards = {{"code", "0x600060006000600060076000355af100"}, {"balance", "0x64"}};
    const Json fails = {{"code", "0x60006000fd"}};
    const Json state = {
        {who(0xaa), {{"balance", "0x64"}}}, {who(0xbb), forwards}, {who(0xcc), fails}};
    const auto to = [&](std::uint8_t target) {
        return Json{{"from", who(0xaa)},
                    {"to", who(0xbb)},
                    {"value", "0x5"},
                    {"input", "0x" + std::string(24, '0') + who(target).substr(2)}};
    };
    auto options = blocks({block(nullptr, state, {to(0xdd), to(0xcc), to(0xdd)})});
    EXPECT_EQ(ask(options)["result"][0]["calls"][0]["logs"], Json::array());
    options["traceTransfers"] = true;
    const auto result = ask(options)["result"][0];
    const auto& both = result["calls"][0]["logs"];
    ASSERT_EQ(both.size(), 2U);
    EXPECT_EQ(both[0]["address"], who(0xee));
    EXPECT_EQ(both[0]["topics"][2], "0x" + std::string(24, '0') + who(0xbb).substr(2));
    EXPECT_EQ(both[1]["data"], word(7));
    EXPECT_EQ(both[1]["logIndex"], "0x1");
    EXPECT_EQ(both[1]["blockHash"], result["hash"]);
    const auto& one = result["calls"][1]["logs"];
    ASSERT_EQ(one.size(), 1U) << "what was forwarded came back";
    EXPECT_EQ(one[0]["data"], word(5));
    EXPECT_EQ(one[0]["logIndex"], "0x2");
    EXPECT_EQ(result["calls"][2]["logs"][0]["logIndex"], "0x4") << "what came back had the fourth";
    EXPECT_EQ(result["logsBloom"], hex(proto::Bloom{})) << "they are in no receipt";
}

TEST_F(SimulateTest, failures_of_calls_and_of_everything) {
    auto reverting = count();
    reverting["data"] = "0x01";
    const Json out_of_gas = {{"to", hex(counter_)}, {"gas", "0x5300"}};
    const auto result = ask(blocks({calls({reverting, out_of_gas, count()})}))["result"][0];
    EXPECT_EQ(result["calls"][0]["error"]["code"], 3);
    EXPECT_EQ(result["calls"][0]["error"]["data"], word(3));
    EXPECT_EQ(result["calls"][0]["returnData"], "0x");
    EXPECT_EQ(result["calls"][1]["error"]["code"], -32015);
    EXPECT_EQ(result["calls"][2]["returnData"], word(3)) << "neither has counted";

    const auto code = [&](const Json& options) { return ask(options)["error"].value("code", 0); };
    const Json poor = {{"from", who(0xaa)}, {"to", who(0xbb)}, {"value", "0x1"}};
    EXPECT_EQ(code(blocks({calls({poor})})), -38014);
    const auto with_gas = [](const char* gas) { return Json{{"to", who(1)}, {"gas", gas}}; };
    EXPECT_EQ(code(blocks({calls({with_gas("0x1")})})), -38013);
    const Json small = {{"gasLimit", "0x10000"}};
    EXPECT_EQ(code(blocks({block(small, nullptr, {with_gas("0x10001")})})), -38015);
    auto strict = blocks({calls({Json{{"from", who(0xaa)}, {"to", who(0xbb)}}})});
    strict["validation"] = true;
    EXPECT_EQ(code(strict), -38012);
    strict["blockStateCalls"][0]["calls"][0]["nonce"] = "0x1";
    EXPECT_EQ(code(strict), -38011);
    const auto node = hex(rig_.genesis.node);
    strict["blockStateCalls"][0]["calls"][0]["from"] = node;
    strict["blockStateCalls"][0]["calls"][0]["nonce"] = "0x0";
    EXPECT_EQ(code(strict), -38010);
    const auto overriding = [](const char* name, const char* value) {
        return blocks({block(Json{{name, value}}, nullptr, {})});
    };
    EXPECT_EQ(code(overriding("number", "0x3")), -38020);
    EXPECT_EQ(code(overriding("time", "0x1")), -38021);
    EXPECT_EQ(code(blocks({calls({Json{{"to", who(1)}, {"chainId", "0x1"}}})})), -32000);
    const std::vector<Json> none;
    const std::vector<Json> number = {5};
    for (const auto& bad :
         {Json(5), Json::object(), blocks(none), blocks(number), blocks({calls(number)}),
          blocks({block(5, nullptr, none)}), overriding("time", "x")})
        EXPECT_EQ(code(bad), -32602) << bad;
}

TEST_F(SimulateTest, as_many_blocks_as_are_allowed_and_one_more) {
    const auto until = [](std::uint64_t number) {
        return blocks({block(Json{{"number", hex_quantity(number)}}, nullptr, {})});
    };
    EXPECT_EQ(ask(until(3 + simulated_blocks_max))["result"].size(), simulated_blocks_max);
    EXPECT_EQ(ask(until(3 + simulated_blocks_max + 1))["error"]["code"], -38026);
    const std::vector<Json> many(simulated_blocks_max + 1, Json::object());
    EXPECT_EQ(ask(blocks(many))["error"]["code"], -38026);
}

TEST_F(SimulateTest, all_calls_share_one_amount_of_gas) {
    // Burns all that it gets.
    const Json burner = {{who(0xcc), {{"code", "0x5b600056"}}}};
    const Json burn = {{"to", who(0xcc)}, {"gas", hex_quantity(call_gas_max - 30'000)}};
    const Json cheap = {{"to", who(1)}};
    const auto answer = ask(blocks({block(nullptr, burner, {burn}), calls({cheap, cheap})}));
    EXPECT_EQ(answer["error"]["code"], -38013) << "21,000 of 30,000 are used by the one before";
}

TEST_F(SimulateTest, whole_transactions_on_request) {
    const Json dynamic = {{"from", who(0xaa)}, {"to", who(0xbb)}};
    auto legacy = dynamic;
    legacy["gasPrice"] = "0x0";
    auto options = blocks({calls({dynamic, legacy})});
    options["returnFullTransactions"] = true;
    const auto result = ask(options)["result"][0];
    const auto& first = result["transactions"][0];
    EXPECT_EQ(first["from"], who(0xaa));
    EXPECT_EQ(first["type"], "0x2");
    EXPECT_EQ(first["r"], "0x0");
    EXPECT_EQ(first["blockHash"], result["hash"]);
    EXPECT_EQ(result["transactions"][1]["type"], "0x0");
    EXPECT_EQ(result["transactions"][1]["nonce"], "0x1");
    EXPECT_EQ(result["transactions"][1]["v"], "0x0");
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
