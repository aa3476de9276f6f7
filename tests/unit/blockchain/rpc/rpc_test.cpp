// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include "../chain/chain_rig.hpp"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::blockchain::rpc::test {
namespace {

using namespace chain;
using namespace chain::test;
using Json = nlohmann::json;

std::string hex(ByteView bytes) {
    return "0x" + to_hex(bytes);
}
const std::string nowhere = hex(Bytes(32, 0x11));

/// A chain with one block of three: a transfer, a deployment, an anchored session.
class RpcTest : public testing::Test {
  protected:
    RpcTest() {
        // LOG1(0, 32, topic = 7), then Error("no") for any calldata.
        transfer_ = *chain().submit(rig_.call(rig_.node(), 0, somebody_, 5));
        contract_ = rig_.deploy(runtime());
        session_ = *chain().submit_anchor(sample_session(7));
        EXPECT_TRUE(rig_.produce(1));
    }

    /// Without calldata: one log, then STOP. With: reverts with the calldata.
    static Bytes runtime() { return *from_hex("36600a5760075f5fa1005b365f5f37365ffd"); }
    Chain& chain() { return rig_.chain(); }
    Json ask(const std::string& text, bool local = false) const {
        return Json::parse(rpc_.handle(text, local));
    }
    template <class... P>
    Json call(const std::string& method, const P&... params) const {
        return ask(Json{{"jsonrpc", "2.0"}, {"id", 1}, {"method", method}, {"params", {params...}}}
                       .dump());
    }
    template <class... P>
    Json result(const std::string& method, const P&... params) const {
        const Json answer = call(method, params...);
        EXPECT_TRUE(answer.contains("result")) << answer.dump();
        return answer.value("result", Json("no result"));
    }
    template <class... P>
    int code(const std::string& method, const P&... params) const {
        const Json answer = call(method, params...);
        return answer.contains("error") ? answer["error"]["code"].get<int>() : 0;
    }

    ChainRig rig_;
    proto::Address somebody_ = ChainRig::account(9).address();
    proto::Address contract_{};
    Hash32 transfer_{};
    Hash32 session_{};
    Rpc rpc_{rig_.chain(),
             {.client_version = "Lucid/v1", .status = [] { return std::string(R"({"slot":1})"); }}};
};

TEST_F(RpcTest, constants_of_the_chain) {
    EXPECT_EQ(result("eth_chainId"), "0x4c55");
    EXPECT_EQ(result("net_version"), "19541");
    EXPECT_EQ(result("web3_clientVersion"), "Lucid/v1");
    EXPECT_EQ(result("net_listening"), true);
    EXPECT_EQ(result("net_peerCount"), "0x0");
    EXPECT_EQ(result("eth_syncing"), false);
    EXPECT_EQ(result("eth_accounts"), Json::array());
    EXPECT_EQ(result("eth_gasPrice"), "0x3b9aca00");
    EXPECT_EQ(result("eth_maxPriorityFeePerGas"), "0x0");
    EXPECT_EQ(result("web3_sha3", "0x"), hex(crypto::keccak256(ByteView{})));
}

TEST_F(RpcTest, blocks_by_every_name_they_have) {
    EXPECT_EQ(result("eth_blockNumber"), "0x1");
    const auto head = result("eth_getBlockByNumber", "0x1", false);
    EXPECT_EQ(head["hash"], hex(chain().block(1)->header.hash()));
    for (const auto* tag : {"latest", "safe", "finalized", "pending"})
        EXPECT_EQ(result("eth_getBlockByNumber", tag, false), head) << tag;
    EXPECT_EQ(result("eth_getBlockByHash", head["hash"], false), head);
    EXPECT_EQ(result("eth_getBlockByNumber", "earliest", false)["hash"],
              hex(chain().genesis_hash()));
    EXPECT_EQ(result("eth_getBlockByNumber", "0x1", true)["transactions"].size(), 3);
    EXPECT_EQ(result("eth_getBlockTransactionCountByNumber", "0x1"), "0x3");
    EXPECT_EQ(result("eth_getBlockTransactionCountByHash", head["hash"]), "0x3");
    EXPECT_EQ(result("eth_getBlockReceipts", "0x1"), result("eth_getBlockReceipts", head["hash"]));
    EXPECT_EQ(result("eth_getBlockReceipts", "0x1").size(), 3);
    EXPECT_EQ(result("eth_getBlockReceipts", Json{{"blockHash", head["hash"]}}).size(), 3);
}

TEST_F(RpcTest, transactions_and_receipts) {
    const auto t = result("eth_getTransactionByHash", hex(transfer_));
    EXPECT_EQ(t["from"], hex(rig_.genesis.node));
    EXPECT_EQ(t["value"], "0x5");
    EXPECT_EQ(t["blockNumber"], "0x1");
    EXPECT_EQ(result("eth_getTransactionByBlockNumberAndIndex", "0x1", "0x0"), t);
    EXPECT_EQ(result("eth_getTransactionByBlockHashAndIndex", t["blockHash"], "0x0"), t);
    const auto r = result("eth_getTransactionReceipt", hex(transfer_));
    EXPECT_EQ(r["status"], "0x1");
    EXPECT_EQ(r["gasUsed"], "0x5208");
    EXPECT_EQ(r["contractAddress"], nullptr);
    const auto receipts = result("eth_getBlockReceipts", "latest");
    EXPECT_EQ(receipts[1]["contractAddress"], hex(contract_));
    EXPECT_EQ(receipts[2]["transactionHash"], hex(session_));
    EXPECT_EQ(receipts[2]["logs"].size(), 1);
    EXPECT_EQ(receipts[2]["cumulativeGasUsed"],
              result("eth_getBlockByNumber", "0x1", false)["gasUsed"]);
}

TEST_F(RpcTest, what_is_not_there_is_null) {
    EXPECT_EQ(result("eth_getBlockByNumber", "0x2", false), nullptr);
    EXPECT_EQ(result("eth_getBlockByHash", nowhere, false), nullptr);
    EXPECT_EQ(result("eth_getBlockReceipts", "0x2"), nullptr);
    EXPECT_EQ(result("eth_getBlockReceipts", nowhere), nullptr);
    EXPECT_EQ(result("eth_getTransactionByHash", nowhere), nullptr);
    EXPECT_EQ(result("eth_getTransactionReceipt", nowhere), nullptr);
    EXPECT_EQ(result("eth_getBlockTransactionCountByNumber", "0x9"), nullptr);
    EXPECT_EQ(result("eth_getBlockTransactionCountByHash", nowhere), nullptr);
    EXPECT_EQ(result("eth_getTransactionByBlockNumberAndIndex", "0x1", "0x3"), nullptr);
    EXPECT_EQ(result("eth_getTransactionByBlockHashAndIndex", nowhere, "0x0"), nullptr);
}

TEST_F(RpcTest, state_of_the_head) {
    EXPECT_EQ(result("eth_getBalance", hex(somebody_), "latest"), "0x5");
    EXPECT_EQ(result("eth_getBalance", hex(somebody_)), "0x5");
    EXPECT_EQ(result("eth_getBalance", hex(somebody_), Json{{"blockNumber", "0x1"}}), "0x5");
    EXPECT_EQ(result("eth_getCode", hex(contract_), "latest"), hex(runtime()));
    EXPECT_EQ(result("eth_getCode", hex(somebody_), "latest"), "0x");
    EXPECT_EQ(result("eth_getStorageAt", hex(contract_), "0x0", "latest"), hex(Bytes(32)));
    EXPECT_EQ(result("eth_getTransactionCount", hex(rig_.genesis.node), "latest"), "0x3");
    ASSERT_TRUE(chain().submit(rig_.call(rig_.node(), 3, somebody_, 5)));
    EXPECT_EQ(result("eth_getTransactionCount", hex(rig_.genesis.node), "latest"), "0x3");
    EXPECT_EQ(result("eth_getTransactionCount", hex(rig_.genesis.node), "pending"), "0x4");
    EXPECT_EQ(code("eth_getBalance", hex(somebody_), "0x2"), -32000);
    EXPECT_EQ(result("eth_getTransactionCount", hex(rig_.genesis.node), "0x0"), "0x0");
    EXPECT_EQ(result("eth_getCode", hex(contract_), "earliest"), "0x");
}

TEST_F(RpcTest, calls_and_their_gas) {
    const Json quiet = {{"to", hex(contract_)}};
    EXPECT_EQ(result("eth_call", quiet, "latest"), "0x");
    const auto gas = std::stoull(result("eth_estimateGas", quiet).get<std::string>(), nullptr, 16);
    EXPECT_GT(gas, 21'000);
    EXPECT_LT(gas, 23'000);
    // What was estimated is enough, one less is not.
    ASSERT_TRUE(chain().submit(rig_.call(rig_.node(), 3, contract_, 0, {}, gas)));
    ASSERT_TRUE(chain().submit(rig_.call(rig_.node(), 4, contract_, 0, {}, gas - 1)));
    ASSERT_TRUE(rig_.produce(2));
    EXPECT_EQ(result("eth_getBlockReceipts", "latest")[0]["status"], "0x1");
    EXPECT_EQ(result("eth_getBlockReceipts", "latest")[1]["status"], "0x0");

    const auto reverted = [&](const std::string& data) {
        return call("eth_call", Json{{"to", hex(contract_)}, {"data", data}}, "latest")["error"];
    };
    EXPECT_EQ(reverted("0xab")["code"], 3);
    EXPECT_EQ(reverted("0xab")["data"], "0xab");
    EXPECT_EQ(reverted("0xab")["message"], "execution reverted");
    const std::string word(62, '0');
    EXPECT_EQ(reverted("0x08c379a0" + word + "20" + word + "02" + "6e6f" +
                       std::string(60, '0'))["message"],
              "execution reverted: no");
    EXPECT_EQ(reverted("0x4e487b71" + word + "11")["message"],
              "execution reverted: arithmetic underflow or overflow");
    EXPECT_EQ(reverted("0x4e487b71" + word + "ff")["message"],
              "execution reverted: unknown panic code: 0xff");
    // A length that points behind the end.
    EXPECT_EQ(reverted("0x08c379a0" + word + "20" + std::string(64, 'f'))["message"],
              "execution reverted");
    EXPECT_EQ(code("eth_estimateGas", Json{{"to", hex(contract_)}, {"data", "0xab"}}), 3);
    EXPECT_EQ(result("eth_estimateGas", Json{{"to", hex(somebody_)}, {"value", "0x1"}}), "0x5208");
}

TEST_F(RpcTest, raw_transactions) {
    const auto t = rig_.call(rig_.node(), 3, somebody_, 5);
    EXPECT_EQ(result("eth_sendRawTransaction", hex(t.encode())), hex(t.hash()));
    const auto pending = result("eth_getTransactionByHash", hex(t.hash()));
    EXPECT_EQ(pending["blockHash"], nullptr);
    EXPECT_EQ(result("eth_getTransactionReceipt", hex(t.hash())), nullptr);
    EXPECT_EQ(call("eth_sendRawTransaction", hex(t.encode()))["error"]["message"], "already known");
    EXPECT_EQ(code("eth_sendRawTransaction", "0x"), -32000);
    EXPECT_EQ(code("eth_sendRawTransaction", "0x02c0"), -32000);
    EXPECT_EQ(code("eth_sendRawTransaction", "02"), -32602);
    auto damaged = t.encode();
    damaged.resize(damaged.size() - 1);
    EXPECT_EQ(code("eth_sendRawTransaction", hex(damaged)), -32000);
}

TEST_F(RpcTest, logs_by_address_topic_and_range) {
    ASSERT_TRUE(chain().submit(rig_.call(rig_.node(), 3, contract_, 0)));
    ASSERT_TRUE(rig_.produce(2));
    const auto count = [&](const Json& filter) { return result("eth_getLogs", filter).size(); };
    EXPECT_EQ(count({{"fromBlock", "earliest"}}), 2);
    EXPECT_EQ(count(Json::object()), 1) << "the head is the default";
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"toBlock", "0x1"}}), 1);
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"address", hex(contract_)}}), 1);
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"address", {hex(contract_), hex(anchors_address())}}}),
              2);
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"address", Json::array()}}), 2);
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"address", hex(somebody_)}}), 0);
    const auto seven = hex(proto::Uint256(7).to_be());
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"topics", {seven}}}), 1);
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"topics", Json::array({nullptr})}}), 2);
    EXPECT_EQ(count({{"fromBlock", "0x0"}, {"topics", {nullptr, nullptr}}}), 1);
    EXPECT_EQ(
        count({{"fromBlock", "0x0"}, {"topics", Json::array({Json::array({nowhere, seven})})}}), 1);
    EXPECT_EQ(count({{"blockHash", hex(chain().block(2)->header.hash())}}), 1);
    const auto log = result("eth_getLogs", Json::object())[0];
    EXPECT_EQ(log["topics"], Json::array({seven}));
    EXPECT_EQ(log["logIndex"], "0x0");
    EXPECT_EQ(code("eth_getLogs", Json{{"blockHash", nowhere}}), -32000);
    EXPECT_EQ(code("eth_getLogs", Json{{"fromBlock", "0x2"}, {"toBlock", "0x1"}}), -32602);
    EXPECT_EQ(code("eth_getLogs", Json{{"fromBlock", "0x1"}, {"toBlock", "0x3"}}), -32602);
    EXPECT_EQ(code("eth_getLogs", Json{{"blockHash", nowhere}, {"fromBlock", "0x1"}}), -32602);
    EXPECT_EQ(code("eth_getLogs", Json{{"topics", {seven, seven, seven, seven, seven}}}), -32602);
    EXPECT_EQ(code("eth_getLogs", Json{{"topics", "x"}}), -32602);
    EXPECT_EQ(code("eth_getLogs", Json{{"address", 5}}), -32602);
    EXPECT_EQ(code("eth_getLogs", "0x1"), -32602);
}

TEST_F(RpcTest, fee_history_is_bounded) {
    const auto history = result("eth_feeHistory", "0x5", "latest", Json::array({10, 90}));
    EXPECT_EQ(history["oldestBlock"], "0x0");
    EXPECT_EQ(history["baseFeePerGas"].size(), 3);
    EXPECT_EQ(history["gasUsedRatio"].size(), 2);
    EXPECT_EQ(history["reward"], Json::array({{"0x0", "0x0"}, {"0x0", "0x0"}}));
    EXPECT_FALSE(result("eth_feeHistory", 1, "latest").contains("reward"));
    EXPECT_EQ(result("eth_feeHistory", "0xffffffffffffffff", "0x0")["gasUsedRatio"].size(), 1);
    EXPECT_EQ(code("eth_feeHistory", "0x1", "0x9"), -32000);
    EXPECT_EQ(code("eth_feeHistory", "0x1", "latest", Json(std::vector<int>(percentiles_max))), 0);
    EXPECT_EQ(code("eth_feeHistory", "0x1", "latest", Json(std::vector<int>(percentiles_max + 1))),
              -32602);
}

TEST_F(RpcTest, wrong_parameters_are_named) {
    for (const auto* method :
         {"eth_getBalance", "eth_getCode", "eth_getStorageAt", "eth_getTransactionCount",
          "eth_call", "eth_estimateGas", "eth_sendRawTransaction", "eth_getLogs",
          "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getTransactionByHash",
          "eth_getTransactionReceipt", "eth_getBlockReceipts",
          "eth_getTransactionByBlockNumberAndIndex", "eth_getTransactionByBlockHashAndIndex",
          "eth_getBlockTransactionCountByNumber", "eth_getBlockTransactionCountByHash",
          "eth_feeHistory", "web3_sha3"}) {
        EXPECT_EQ(code(method), -32602) << method;
        EXPECT_EQ(
            code(method, Json::object({{"blockHash", 5}}), Json(false)),
            std::string_view(method) == "eth_call" || std::string_view(method) == "eth_estimateGas"
                ? code(method, Json::object(), Json(false))
                : -32602)
            << method;
        EXPECT_EQ(ask(Json{{"id", 1}, {"method", method}, {"params", {{"a", 1}}}}
                          .dump())["error"]["code"],
                  -32602)
            << method;
    }
    const auto node = hex(rig_.genesis.node);
    EXPECT_EQ(code("eth_getBalance", node + "00", "latest"), -32602);
    EXPECT_EQ(code("eth_getBalance", node, "0x"), -32602);
    EXPECT_EQ(code("eth_getBalance", node, "0x1" + std::string(64, '0')), -32602);
    EXPECT_EQ(code("eth_getBalance", node, "newest"), -32602);
    EXPECT_EQ(code("eth_getStorageAt", node, "0xzz", "latest"), -32602);
    EXPECT_EQ(code("eth_call", Json{{"to", "0x12"}}, "latest"), -32602);
    EXPECT_EQ(code("eth_call", Json{{"to", node}, {"data", "0xabc"}}, "latest"), -32602);
    EXPECT_EQ(code("eth_call", Json{{"to", node}, {"gas", -1}}, "latest"), -32602);
}

TEST_F(RpcTest, unknown_methods_and_anchoring_from_the_network_do_not_exist) {
    EXPECT_EQ(code("anvil_nodeInfo"), -32601);
    EXPECT_EQ(code("eth_subscribe", "newHeads"), -32601) << "not over HTTP";
    EXPECT_EQ(code("lucid_submitCheckpoint", Json{{"slot", 1}, {"root", nowhere}, {"count", 1}}),
              -32601);
    EXPECT_EQ(code("lucid_submitSession", Json::object()), -32601);
    EXPECT_EQ(chain().pool_size(), 0);
}

TEST_F(RpcTest, anchoring_on_the_nodes_own_socket) {
    const auto local = [&](const std::string& method, const Json& p) {
        return ask(Json{{"id", 1}, {"method", method}, {"params", {p}}}.dump(), true);
    };
    const Json checkpoint = {{"slot", 1}, {"root", nowhere}, {"count", 1}};
    const auto sent = local("lucid_submitCheckpoint", checkpoint);
    ASSERT_TRUE(sent.contains("result")) << sent;
    EXPECT_EQ(local("lucid_submitCheckpoint", checkpoint), sent);
    Json bad = checkpoint;
    bad["count"] = std::uint64_t{UINT32_MAX} + 1;
    EXPECT_EQ(local("lucid_submitCheckpoint", bad)["error"]["code"], -32602);
    bad["count"] = "1";
    EXPECT_EQ(local("lucid_submitCheckpoint", bad)["error"]["code"], -32602);
    EXPECT_EQ(local("lucid_submitCheckpoint", Json("x"))["error"]["code"], -32602);
    EXPECT_EQ(local("lucid_submitSession", Json::object())["error"]["code"], -32602);
    const Json id = {{"sessionId", hex(sample_session(7).session_id.bytes)}};
    EXPECT_EQ(local("lucid_findSession", id)["result"]["transaction"], hex(session_));
    EXPECT_EQ(local("lucid_findSession", {{"sessionId", nowhere}})["error"]["code"], -32011);
    Json ask_evidence = {{"sessionId", id["sessionId"]}, {"firstSlot", 1}, {"lastSlot", 1}};
    EXPECT_EQ(local("lucid_getAnchorEvidence", ask_evidence)["error"]["code"], -32011);
    ASSERT_TRUE(rig_.produce(2));
    EXPECT_TRUE(local("lucid_getAnchorEvidence", ask_evidence)["result"].is_string());
    EXPECT_EQ(local("lucid_submitCheckpoint", checkpoint)["error"]["code"], -32010);
    EXPECT_EQ(result("lucid_status")["height"], 2);
    EXPECT_EQ(result("lucid_status")["slot"], 1);
}

TEST_F(RpcTest, requests_that_are_none) {
    const auto error = [&](const std::string& text) {
        return ask(text)["error"]["code"].get<int>();
    };
    EXPECT_EQ(error(""), -32700);
    EXPECT_EQ(error("{\"id\":1,"), -32700);
    EXPECT_EQ(error("\xff\xfe"), -32700);
    EXPECT_EQ(error("5"), -32600);
    EXPECT_EQ(error("{}"), -32600);
    EXPECT_EQ(error("{\"method\":5}"), -32600);
    EXPECT_EQ(error("[]"), -32600);
    EXPECT_EQ(
        ask("[1,{\"method\":\"eth_chainId\",\"id\":7}]"),
        Json::parse(
            R"([{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"invalid request"}},
                              {"jsonrpc":"2.0","id":7,"result":"0x4c55"}])"));
    // Bytes that are no UTF-8 come back replaced, not as an exception.
    EXPECT_FALSE(rpc_.handle("{\"id\":1,\"method\":\"\\ud800\"}", false).empty());
    EXPECT_EQ(error("{\"id\":1,\"method\":\"eth_chainId\",\"params\":" +
                    std::string(nesting_max, '[') + std::string(nesting_max, ']') + "}"),
              -32600);
    const auto at_limit = "{\"id\":\"[[{\\\"[\",\"method\":\"eth_chainId\",\"params\":" +
                          std::string(nesting_max - 1, '[') + std::string(nesting_max - 1, ']') +
                          "}";
    EXPECT_EQ(ask(at_limit)["result"], "0x4c55");
}

TEST_F(RpcTest, requests_and_batches_have_sizes) {
    const std::string one = "{\"id\":1,\"method\":\"eth_chainId\"}";
    const auto padded = one + std::string(request_bytes_max - one.size(), ' ');
    EXPECT_EQ(ask(padded)["result"], "0x4c55");
    EXPECT_EQ(ask(padded + " ")["error"]["code"], -32600);
    const auto batch = [&](std::size_t count) {
        std::string text = "[" + one;
        for (std::size_t i = 1; i < count; ++i) text += "," + one;
        return ask(text + "]");
    };
    EXPECT_EQ(batch(batch_max).size(), batch_max);
    EXPECT_EQ(batch(batch_max + 1)["error"]["code"], -32600);
}

TEST_F(RpcTest, large_answers_end_a_batch_with_errors) {
    // Each answer holds half a megabyte of calldata.
    const auto echo = rig_.deploy(*from_hex("365f5f37365ff3"));
    ASSERT_TRUE(rig_.produce(2));
    const auto blob = std::string(2 * 15'000, '0');
    std::string text = "[";
    for (std::size_t i = 0; i < 30; ++i)
        text += (i == 0 ? "" : ",") +
                Json{{"id", i},
                     {"method", "eth_call"},
                     {"params", {{{"to", hex(echo)}, {"data", "0x" + blob}}, "latest"}}}
                    .dump();
    // 30 kB each: all fit.
    auto answers = ask(text + "]");
    EXPECT_TRUE(answers.back().contains("result"));
    // MSIZE grows without calldata: PUSH3 1000000 PUSH0 RETURN gives a megabyte of zeros.
    const auto zeros = rig_.deploy(*from_hex("620f42405ff3"));
    ASSERT_TRUE(rig_.produce(3));
    text = "[";
    for (std::size_t i = 0; i < 40; ++i)
        text +=
            (i == 0 ? "" : ",") +
            Json{{"id", i}, {"method", "eth_call"}, {"params", {{{"to", hex(zeros)}}, "latest"}}}
                .dump();
    answers = ask(text + "]");
    ASSERT_EQ(answers.size(), 40);
    EXPECT_TRUE(answers[0].contains("result"));
    EXPECT_EQ(answers[39]["error"]["code"], -32003);
    EXPECT_EQ(answers[39]["id"], 39);
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
