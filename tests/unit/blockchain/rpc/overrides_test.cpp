// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Accounts as a call shall find them, instead of as they are.
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include "../chain/chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::rpc::test {
namespace {

std::string hex(ByteView bytes) {
    return "0x" + to_hex(bytes);
}
std::string word(std::uint64_t value) {
    return hex(proto::Uint256(value).to_be());
}

class OverridesTest : public testing::Test {
  protected:
    OverridesTest() {
        // With no calldata: SSTORE(1, 5), SSTORE(2, 6). With: returns SLOAD(calldata).
        contract_ =
            rig_.deploy(*from_hex("36600f57"
                                  "6005600155"
                                  "6006600255"
                                  "00"
                                  "5b"
                                  "600035"
                                  "54"
                                  "600052"
                                  "60206000f3"));
        EXPECT_TRUE(rig_.produce(1));
        const auto nonce = rig_.chain().nonce(rig_.genesis.node, true);
        EXPECT_TRUE(rig_.chain().submit(rig_.call(rig_.node(), nonce, contract_, 0)));
        EXPECT_TRUE(rig_.produce(2));
    }
    Json ask(const std::string& method, Json params) const {
        return Json::parse(rpc_.handle(
            Json{{"id", 1}, {"method", method}, {"params", std::move(params)}}.dump(), false));
    }
    /// eth_call that reads a slot of the contract.
    Json slot(std::uint64_t number, const Json& overrides) const {
        return ask("eth_call", Json::array({Json{{"to", hex(contract_)}, {"data", word(number)}},
                                            "latest", overrides}));
    }
    [[nodiscard]] Json of_contract(const Json& account) const {
        return Json{{hex(contract_), account}};
    }

    chain::test::ChainRig rig_;
    proto::Address contract_{};
    Rpc rpc_{rig_.chain(), {}};
};

TEST_F(OverridesTest, storage_is_changed_or_replaced) {
    EXPECT_EQ(slot(1, nullptr)["result"], word(5));
    const Json slots = {{word(1), word(9)}};
    const auto changed = of_contract({{"stateDiff", slots}});
    EXPECT_EQ(slot(1, changed)["result"], word(9));
    EXPECT_EQ(slot(2, changed)["result"], word(6));
    const auto replaced = of_contract({{"state", slots}});
    EXPECT_EQ(slot(1, replaced)["result"], word(9));
    EXPECT_EQ(slot(2, replaced)["result"], word(0));
    EXPECT_EQ(slot(1, nullptr)["result"], word(5)) << "nothing stays";
}

TEST_F(OverridesTest, balance_nonce_and_code_too) {
    const auto nobody = hex(Bytes(20, 0x77));
    // SELFBALANCE, returned.
    const Json account = {{"balance", "0x1234"}, {"code", "0x4760005260206000f3"}};
    EXPECT_EQ(ask("eth_call",
                  Json::array({Json{{"to", nobody}}, "latest", Json{{nobody, account}}}))["result"],
              word(0x1234));
    const auto trace =
        ask("debug_traceCall", Json::array({Json{{"to", nobody}}, "latest",
                                            Json{{"tracer", "prestateTracer"},
                                                 {"stateOverrides", Json{{nobody, account}}}}}));
    EXPECT_EQ(trace["result"][nobody]["balance"], "0x1234");
    // The address of a creation follows from the nonce: CREATE(0, 0, 0), returned.
    const Json creator = {{"code",
                           "0x600080"
                           "80f060005260206000f3"}};
    auto later = creator;
    later["nonce"] = "0x5";
    const auto address = [&](const Json& o) {
        return ask("eth_call",
                   Json::array({Json{{"to", nobody}}, "latest", Json{{nobody, o}}}))["result"];
    };
    EXPECT_NE(address(creator), address(later));
    EXPECT_NE(ask("eth_estimateGas",
                  Json::array({Json{{"to", nobody}}, "latest", Json{{nobody, account}}}))["result"],
              "0x5208");
}

TEST_F(OverridesTest, precompiled_contracts_move_and_are_replaced) {
    const auto identity = hex(proto::Uint256(4).to_be()).replace(2, 24, "");
    const auto elsewhere = hex(Bytes(20, 0x99));
    const auto said = [&](const std::string& to, const Json& overrides) {
        return ask("eth_call", Json::array({Json{{"to", to}, {"data", "0x1234"}}, "latest",
                                            overrides}))["result"];
    };
    EXPECT_EQ(said(identity, nullptr), "0x1234");
    const Json moved = {{identity, {{"movePrecompileToAddress", elsewhere}}}};
    EXPECT_EQ(said(elsewhere, moved), "0x1234");
    EXPECT_EQ(said(identity, moved), "0x");
    // RETURN(0, 1) instead.
    const Json replaced = {{identity, {{"code", "0x60016000f3"}}}};
    EXPECT_EQ(said(identity, replaced), "0x00");
    EXPECT_EQ(said(elsewhere, replaced), "0x");
    auto both = moved;
    both[elsewhere] = Json{{"balance", "0x1"}};
    EXPECT_EQ(
        ask("eth_call", Json::array({Json{{"to", elsewhere}}, "latest", both}))["error"]["code"],
        -32000)
        << "not where another override is";
}

TEST_F(OverridesTest, the_block_too) {
    // NUMBER, TIMESTAMP, GASLIMIT, COINBASE, PREVRANDAO, BASEFEE and BLOBBASEFEE, returned.
    const auto nobody = hex(Bytes(20, 0x77));
    const Json state = {{nobody,
                         {{"code",
                           "0x436000524260205245604052416060524460805248"
                           "60a0524a60c05260e06000f3"}}}};
    const Json block = {{"number", "0x123"},       {"time", "0x7fffffff"},
                        {"gasLimit", "0x3333333"}, {"feeRecipient", hex(Bytes(20, 0x44))},
                        {"prevRandao", word(5)},   {"baseFeePerGas", "0x6"},
                        {"blobBaseFee", "0x7"}};
    const auto seen = [&](const Json& transaction, const Json& overrides) {
        const auto answer = ask("eth_call", Json::array({transaction, "latest", state, overrides}));
        EXPECT_TRUE(answer.contains("result")) << answer;
        return answer.value("result", "");
    };
    const auto expected = [](std::uint64_t base_fee) {
        std::string all = "0x";
        for (const auto& one : {word(0x123), word(0x7fffffff), word(0x3333333),
                                "0x" + std::string(24, '0') + to_hex(Bytes(20, 0x44)), word(5),
                                word(base_fee), word(7)})
            all += one.substr(2);
        return all;
    };
    const Json free = {{"to", nobody}};
    EXPECT_EQ(seen(free, block), expected(0)) << "who pays nothing sees no base fee";
    const Json paid = {
        {"from", hex(rig_.genesis.node)}, {"to", nobody}, {"maxFeePerGas", "0x2540be400"}};
    EXPECT_EQ(seen(paid, block), expected(6));
    EXPECT_NE(seen(paid, nullptr), expected(6));
    const Json traced = {{"stateOverrides", state}, {"blockOverrides", block}};
    EXPECT_EQ(
        ask("debug_traceCall", Json::array({paid, "latest", traced}))["result"]["returnValue"],
        expected(6));
    EXPECT_TRUE(
        ask("eth_estimateGas", Json::array({paid, "latest", state, block})).contains("result"));
    const auto refusal = [&](const Json& overrides) {
        return ask("eth_call", Json::array({free, "latest", state, overrides}))["error"];
    };
    EXPECT_EQ(refusal({{"beaconRoot", word(1)}})["message"],
              "block override \"beaconRoot\" is not supported for this RPC method");
    EXPECT_EQ(refusal({{"withdrawals", Json::array()}})["code"], -32000);
    EXPECT_EQ(refusal({{"number", "no"}})["code"], -32602);
    EXPECT_EQ(refusal(Json(7))["code"], -32602);
}

TEST_F(OverridesTest, what_is_wrong_is_refused) {
    const auto code = [&](const Json& overrides) {
        return slot(1, overrides).value("error", Json::object()).value("code", 0);
    };
    EXPECT_EQ(code(5), -32602);
    EXPECT_EQ(code(Json{{"0x12", Json::object()}}), -32602);
    EXPECT_EQ(code(of_contract(5)), -32602);
    EXPECT_EQ(code(of_contract({{"balance", "5"}})), -32602);
    EXPECT_EQ(code(of_contract({{"state", Json::object()}, {"stateDiff", Json::object()}})),
              -32602);
    EXPECT_EQ(code(of_contract({{"movePrecompileToAddress", hex(contract_)}})), -32000);
    EXPECT_EQ(code(of_contract(Json::object())), 0);
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
