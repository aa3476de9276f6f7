// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// debug_trace* and eth_createAccessList: trees, steps, states, selectors, and where they end.
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

class TracersTest : public testing::Test {
  protected:
    TracersTest() {
        // SSTORE(1, SLOAD(1) + 5), LOG1 with topic 9 over one byte
        inner_ =
            rig_.deploy(*from_hex("6001546005016001556009600160"
                                  "00a100"));
        EXPECT_TRUE(rig_.produce(1));
        // CALL(gas, inner, 0, 0, 4, 0, 0), then REVERT of "no" if there is calldata
        outer_ =
            rig_.deploy(*from_hex("600060006004600060"
                                  "0073" +
                                  to_hex(inner_) + "5af150" +
                                  "36602757"
                                  "00"
                                  "5b"
                                  "616e6f"
                                  "6000"
                                  "52"
                                  "6002601e"
                                  "fd"));
        EXPECT_TRUE(rig_.produce(2));
        const auto t = call(outer_, {});
        hash_ = hex(t.hash());
        EXPECT_TRUE(rig_.chain().submit(t));
        EXPECT_TRUE(rig_.produce(3));
    }
    proto::Transaction call(const proto::Address& to, Bytes data) {
        return rig_.call(rig_.node(), rig_.chain().nonce(rig_.genesis.node, true), to, 0,
                         std::move(data), 200'000);
    }
    template <class... P>
    Json ask(const std::string& method, const P&... params) const {
        return Json::parse(rpc_.handle(
            Json{{"id", 1}, {"method", method}, {"params", Json::array({params...})}}.dump(),
            false));
    }
    template <class... P>
    Json result(const std::string& method, const P&... params) const {
        const auto answer = ask(method, params...);
        EXPECT_TRUE(answer.contains("result")) << answer;
        return answer.value("result", Json());
    }
    static Json tracer(const char* name, const Json& config = Json::object()) {
        return {{"tracer", name}, {"tracerConfig", config}};
    }

    ChainRig rig_;
    proto::Address inner_{};
    proto::Address outer_{};
    std::string hash_;
    Rpc rpc_{rig_.chain(), {}};
};

TEST_F(TracersTest, frames_that_cannot_begin_are_in_the_tree) {
    // CALL(gas 9, 0xdd, value 1), then CREATE(value 1): there is nothing to give.
    const auto poor =
        rig_.deploy(*from_hex("60006000600060006001"
                              "60dd6009f1"
                              "5060006000"
                              "6001f000"));
    EXPECT_TRUE(rig_.produce(4));
    const Json request = {{"to", hex(poor)}};
    const auto top = result("debug_traceCall", request, "latest", tracer("callTracer"));
    EXPECT_FALSE(top.contains("error")) << top;
    ASSERT_EQ(top["calls"].size(), 2U) << top;
    const auto& call = top["calls"][0];
    EXPECT_EQ(call["type"], "CALL");
    EXPECT_EQ(call["to"], "0x00000000000000000000000000000000000000dd");
    EXPECT_EQ(call["gas"], "0x905") << "with the stipend";
    EXPECT_EQ(call["gasUsed"], "0x0");
    EXPECT_EQ(call["error"], "insufficient balance for transfer");
    const auto& creation = top["calls"][1];
    EXPECT_EQ(creation["type"], "CREATE");
    EXPECT_EQ(creation["gasUsed"], "0x0");
    EXPECT_EQ(creation["error"], "insufficient balance for transfer");
    EXPECT_FALSE(creation.contains("to"));
}

TEST_F(TracersTest, calls_are_a_tree_with_logs) {
    const auto top = result("debug_traceTransaction", hash_, tracer("callTracer"));
    EXPECT_EQ(top["type"], "CALL");
    EXPECT_EQ(top["to"], hex(outer_));
    EXPECT_EQ(top["gas"], "0x30d40");
    EXPECT_EQ(top["gasUsed"], result("eth_getTransactionReceipt", hash_)["gasUsed"]);
    ASSERT_EQ(top["calls"].size(), 1U);
    EXPECT_EQ(top["calls"][0]["from"], hex(outer_));
    EXPECT_EQ(top["calls"][0]["to"], hex(inner_));
    EXPECT_EQ(top["calls"][0]["input"], "0x00000000");
    EXPECT_FALSE(top["calls"][0].contains("logs"));
    const auto with_logs =
        result("debug_traceTransaction", hash_, tracer("callTracer", {{"withLog", true}}));
    ASSERT_EQ(with_logs["calls"][0]["logs"].size(), 1U);
    EXPECT_EQ(with_logs["calls"][0]["logs"][0]["topics"][0], word(9));
    EXPECT_EQ(with_logs["calls"][0]["logs"][0]["data"], "0x00");
    const auto only_top =
        result("debug_traceTransaction", hash_, tracer("callTracer", {{"onlyTopCall", true}}));
    EXPECT_FALSE(only_top.contains("calls"));
}

TEST_F(TracersTest, a_revert_takes_its_logs_along) {
    const Json request = {{"from", hex(rig_.genesis.node)}, {"to", hex(outer_)}, {"data", "0x01"}};
    const auto top =
        result("debug_traceCall", request, "latest", tracer("callTracer", {{"withLog", true}}));
    EXPECT_EQ(top["error"], "execution reverted");
    EXPECT_EQ(top["output"], "0x6e6f");
    ASSERT_EQ(top["calls"].size(), 1U);
    EXPECT_FALSE(top["calls"][0].contains("logs"));
}

TEST_F(TracersTest, steps_say_gas_stack_and_storage) {
    const auto trace = result("debug_traceTransaction", hash_, Json{{"enableMemory", true}});
    EXPECT_EQ(trace["failed"], false);
    const auto& steps = trace["structLogs"];
    ASSERT_GT(steps.size(), 10U);
    EXPECT_EQ(steps[0]["op"], "PUSH1");
    EXPECT_EQ(steps[0]["depth"], 1);
    std::uint64_t spent = 0;
    const Json* store = nullptr;
    for (const auto& step : steps) {
        if (step["op"] == "SSTORE") store = &step;
        // What a call costs contains what its frame costs.
        if (step["depth"] == 1 && step["op"] != "CALL")
            spent += step["gasCost"].get<std::uint64_t>();
    }
    ASSERT_NE(store, nullptr);
    EXPECT_EQ((*store)["storage"], (Json{{word(1), word(5)}}));
    EXPECT_EQ((*store)["depth"], 2);
    EXPECT_LT(spent, trace["gas"].get<std::uint64_t>());
    EXPECT_EQ(result("debug_traceTransaction", hash_, Json{{"limit", 3}})["structLogs"].size(), 3U);
    const auto bare = result("debug_traceTransaction", hash_,
                             Json{{"disableStack", true}, {"disableStorage", true}});
    EXPECT_FALSE(bare["structLogs"][3].contains("stack"));
}

TEST_F(TracersTest, states_before_and_after) {
    const auto pre = result("debug_traceTransaction", hash_, tracer("prestateTracer"));
    EXPECT_EQ(pre[hex(inner_)]["storage"], (Json{{word(1), word(0)}}));
    EXPECT_TRUE(pre.contains(hex(rig_.genesis.node)));
    const auto both =
        result("debug_traceTransaction", hash_, tracer("prestateTracer", {{"diffMode", true}}));
    EXPECT_EQ(both["post"][hex(inner_)]["storage"], (Json{{word(1), word(5)}}));
    EXPECT_FALSE(both["pre"][hex(inner_)].contains("storage")) << "it was zero";
    EXPECT_FALSE(both["post"].contains(hex(outer_)));
    EXPECT_TRUE(both["post"][hex(rig_.genesis.node)].contains("nonce"));
}

TEST_F(TracersTest, a_call_that_nobody_sent_has_a_state_after_it_too) {
    const Json request = {{"from", hex(Bytes(20, 0xee))}, {"to", hex(inner_)}};
    const auto both = result("debug_traceCall", request, "latest",
                             tracer("prestateTracer", {{"diffMode", true}}));
    EXPECT_EQ(both["pre"][hex(inner_)]["storage"], (Json{{word(1), word(5)}}));
    EXPECT_EQ(both["post"][hex(inner_)]["storage"], (Json{{word(1), word(10)}}));
    EXPECT_EQ(result("eth_getStorageAt", hex(inner_), "0x1", "latest"), word(5)) << "nothing stays";
}

TEST_F(TracersTest, what_self_destructs_in_its_own_transaction_leaves_nothing_behind) {
    const auto sender = hex(rig_.genesis.node);
    const auto diff = tracer("prestateTracer", {{"diffMode", true}});
    const auto nonce = rig_.chain().nonce(rig_.genesis.node, false);
    const auto made = hex(evm::create_address(rig_.genesis.node, nonce));
    // SSTORE(1, 7), then the end in favour of the caller; and the same with code that stays.
    const auto gone = result("debug_traceCall",
                             Json{{"from", sender}, {"data", "0x600760015533ff"}}, "latest", diff);
    EXPECT_FALSE(gone["pre"].contains(made)) << gone;
    EXPECT_FALSE(gone["post"].contains(made)) << gone;
    EXPECT_EQ(gone["post"][sender]["nonce"], nonce + 1);
    const auto stays = result("debug_traceCall", Json{{"from", sender}, {"data", "0x600760015500"}},
                              "latest", diff);
    EXPECT_EQ(stays["post"][made]["storage"], (Json{{word(1), word(7)}}));
    EXPECT_EQ(result("eth_getTransactionCount", sender, "latest"),
              Json("0x" + std::to_string(nonce)));

    // A transaction in a block says the same as the call.
    const auto sent =
        rig_.call(rig_.node(), nonce, std::nullopt, 0, *from_hex("600760015533ff"), 200'000);
    ASSERT_TRUE(rig_.chain().submit(sent));
    ASSERT_TRUE(rig_.produce(4));
    const auto mined = result("debug_traceTransaction", hex(sent.hash()), diff);
    EXPECT_FALSE(mined["pre"].contains(made)) << mined;
    EXPECT_FALSE(mined["post"].contains(made)) << mined;
}

TEST_F(TracersTest, selectors_are_counted) {
    EXPECT_EQ(result("debug_traceTransaction", hash_, tracer("4byteTracer")),
              (Json{{"0x00000000-0", 1}}));
}

TEST_F(TracersTest, blocks_and_what_is_not_there) {
    const auto block = result("debug_traceBlockByNumber", "0x3", tracer("callTracer"));
    ASSERT_EQ(block.size(), 1U);
    EXPECT_EQ(block[0]["txHash"], hash_);
    EXPECT_EQ(block[0]["result"], result("debug_traceTransaction", hash_, tracer("callTracer")));
    EXPECT_EQ(result("debug_traceBlockByHash", hex(rig_.chain().block(3)->header.hash()),
                     tracer("callTracer")),
              block);
    EXPECT_EQ(ask("debug_traceBlockByNumber", "0x0")["error"]["message"],
              "genesis is not traceable");
    EXPECT_EQ(ask("debug_traceBlockByNumber", "0x9")["error"]["code"], -32000);
    EXPECT_EQ(ask("debug_traceTransaction", word(1))["error"]["message"], "transaction not found");
    EXPECT_EQ(ask("debug_traceTransaction", hash_, tracer("jsTracer"))["error"]["code"], -32000);
    EXPECT_EQ(ask("debug_traceTransaction", hash_, 5)["error"]["code"], -32602);
    EXPECT_EQ(ask("debug_traceTransaction", hash_, Json{{"limit", "x"}})["error"]["code"], -32602);
}

TEST_F(TracersTest, a_long_trace_ends_with_an_error_not_with_the_memory) {
    const auto loop = rig_.deploy(*from_hex("5b600056"));
    ASSERT_TRUE(rig_.produce(4));
    const Json request = {{"to", hex(loop)}, {"gas", "0x2faf080"}};
    EXPECT_EQ(ask("debug_traceCall", request, "latest")["error"]["code"], -32005);
    // CALL to itself with 64 KiB of input, as long as there is gas.
    const auto deep =
        rig_.deploy(*from_hex("60006000"
                              "62010000"
                              "6000"
                              "6000"
                              "30"
                              "5af1"
                              "00"));
    ASSERT_TRUE(rig_.produce(5));
    EXPECT_EQ(ask("debug_traceCall", Json{{"to", hex(deep)}, {"gas", "0x2faf080"}}, "latest",
                  tracer("callTracer"))["error"]["code"],
              -32005);
}

TEST_F(TracersTest, access_lists_hold_what_is_touched) {
    const Json request = {{"from", hex(rig_.genesis.node)}, {"to", hex(outer_)}};
    const auto made = result("eth_createAccessList", request, "latest");
    EXPECT_EQ(made["accessList"],
              (Json::array({Json{{"address", hex(inner_)}, {"storageKeys", {word(1)}}}})));
    EXPECT_FALSE(made.contains("error"));
    auto listed = request;
    listed["accessList"] = made["accessList"];
    EXPECT_EQ(result("eth_createAccessList", listed, "latest"), made);
    EXPECT_EQ(result("eth_createAccessList", Json{{"from", hex(rig_.genesis.node)},
                                                  {"to", hex(Bytes(20, 7))}})["accessList"],
              Json::array());
    auto failing = request;
    failing["data"] = "0x01";
    EXPECT_EQ(result("eth_createAccessList", failing, "latest")["error"], "execution reverted");
}

TEST_F(TracersTest, the_configuration_names_fork_and_precompiles) {
    const auto config = result("eth_config");
    EXPECT_EQ(config["current"]["activationTime"], 0);
    EXPECT_EQ(config["current"]["chainId"], result("eth_chainId"));
    EXPECT_EQ(config["current"]["precompiles"]["ECREC"],
              hex(proto::Uint256(1).to_be()).replace(2, 24, ""));
    EXPECT_TRUE(config["current"]["precompiles"].contains("BLS12_MAP_FP2_TO_G2"));
    EXPECT_FALSE(config["current"]["precompiles"].contains("P256VERIFY"));
    EXPECT_TRUE(config["next"].is_null());
    EXPECT_TRUE(config["last"].is_null());
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
