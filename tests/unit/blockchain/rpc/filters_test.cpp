// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Filters that are polled, subscriptions that are told, and how long both live.
#include <lucid/blockchain/rpc/rpc.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include "../chain/chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::rpc::test {
namespace {

using namespace std::chrono_literals;
using chain::test::ChainRig;

std::string hex(ByteView bytes) {
    return "0x" + to_hex(bytes);
}

class FiltersTest : public testing::Test {
  protected:
    FiltersTest() {
        contract_ = rig_.deploy(*from_hex("60075f5fa100"));  // LOG1(0, 0, 7)
        EXPECT_TRUE(rig_.produce(1));
    }

    template <class... P>
    static std::string request(const std::string& method, const P&... params) {
        return Json{{"id", 1}, {"method", method}, {"params", Json::array({params...})}}.dump();
    }
    template <class... P>
    Json ask(const std::string& method, const P&... params) const {
        return Json::parse(rpc_.handle(request(method, params...), false));
    }
    template <class... P>
    Json result(const std::string& method, const P&... params) const {
        const auto answer = ask(method, params...);
        EXPECT_TRUE(answer.contains("result")) << answer;
        return answer.value("result", Json());
    }
    /// A block with one log.
    Hash32 next_block() {
        const auto nonce = rig_.chain().nonce(rig_.genesis.node, true);
        const auto sent = rig_.chain().submit(rig_.call(rig_.node(), nonce, contract_, 0));
        EXPECT_TRUE(sent);
        EXPECT_TRUE(rig_.produce(++slot_));
        return *sent;
    }

    ChainRig rig_;
    proto::Address contract_{};
    std::uint64_t slot_ = 1;
    std::chrono::steady_clock::time_point now_;
    Rpc rpc_{rig_.chain(), {.clock = [this] { return now_; }}};
};

TEST_F(FiltersTest, blocks_since_the_last_poll) {
    const auto id = result("eth_newBlockFilter");
    EXPECT_EQ(result("eth_getFilterChanges", id), Json::array());
    next_block();
    next_block();
    const Json hashes = {hex(rig_.chain().block(2)->header.hash()),
                         hex(rig_.chain().block(3)->header.hash())};
    EXPECT_EQ(result("eth_getFilterChanges", id), hashes);
    EXPECT_EQ(result("eth_getFilterChanges", id), Json::array());
    EXPECT_EQ(ask("eth_getFilterLogs", id)["error"]["message"], "filter not found");
}

TEST_F(FiltersTest, logs_since_the_last_poll_and_all_of_them) {
    const auto mine = result("eth_newFilter", Json{{"address", hex(contract_)}});
    const auto others = result("eth_newFilter", Json{{"address", hex(rig_.genesis.node)}});
    const auto from_start =
        result("eth_newFilter", Json{{"fromBlock", "0x0"}, {"address", hex(contract_)}});
    const auto sent = next_block();
    EXPECT_EQ(result("eth_getFilterChanges", from_start).size(), 1);
    const auto logs = result("eth_getFilterChanges", mine);
    ASSERT_EQ(logs.size(), 1);
    EXPECT_EQ(logs[0]["transactionHash"], hex(sent));
    EXPECT_EQ(result("eth_getFilterChanges", mine), Json::array());
    EXPECT_EQ(result("eth_getFilterChanges", others), Json::array());
    next_block();
    EXPECT_EQ(result("eth_getFilterLogs", from_start).size(), 2);
    EXPECT_EQ(result("eth_getFilterLogs", mine).size(), 1) << "the head is the default";
}

TEST_F(FiltersTest, waiting_transactions) {
    const auto id = result("eth_newPendingTransactionFilter");
    const auto t =
        rig_.call(rig_.node(), rig_.chain().nonce(rig_.genesis.node, true), contract_, 0);
    ASSERT_TRUE(rig_.chain().submit(t));
    EXPECT_EQ(result("eth_getFilterChanges", id), Json::array({hex(t.hash())}));
    EXPECT_EQ(result("eth_getFilterChanges", id), Json::array());
}

TEST_F(FiltersTest, expire_five_minutes_after_the_last_poll) {
    const auto id = result("eth_newBlockFilter");
    now_ += filter_life;
    EXPECT_TRUE(ask("eth_getFilterChanges", id).contains("result"));
    now_ += filter_life;
    EXPECT_TRUE(ask("eth_getFilterChanges", id).contains("result"));
    now_ += filter_life + 1s;
    EXPECT_EQ(ask("eth_getFilterChanges", id)["error"]["message"], "filter not found");
    EXPECT_EQ(ask("eth_getFilterChanges", id)["error"]["code"], -32000);
}

TEST_F(FiltersTest, are_removed_and_counted) {
    const auto id = result("eth_newBlockFilter");
    EXPECT_EQ(result("eth_uninstallFilter", id), true);
    EXPECT_EQ(result("eth_uninstallFilter", id), false);
    for (std::size_t i = 0; i < filters_max; ++i) (void)result("eth_newBlockFilter");
    EXPECT_EQ(ask("eth_newBlockFilter")["error"]["code"], -32005);
    now_ += filter_life + 1s;
    EXPECT_TRUE(ask("eth_newBlockFilter").contains("result"));
    EXPECT_EQ(ask("eth_getFilterChanges", 5)["error"]["code"], -32602);
    EXPECT_EQ(ask("eth_newFilter", 5)["error"]["code"], -32602);
}

TEST_F(FiltersTest, requests_have_a_time) {
    // The clock that a request sees moves a second at each look.
    auto late = std::chrono::steady_clock::time_point{};
    const Rpc slow(rig_.chain(), {.clock = [&late] { return late += 1s; }});
    for (int i = 0; i < 12; ++i) next_block();
    const auto answer = Json::parse(slow.handle(
        request("eth_getLogs", Json{{"fromBlock", "0x0"}, {"toBlock", "latest"}}), false));
    EXPECT_EQ(answer["error"]["message"], "request timed out");
    EXPECT_EQ(answer["error"]["code"], -32002);
}

TEST_F(FiltersTest, log_filters_are_bounded) {
    const std::vector<std::string> topics(filter_values_max, hex(Bytes(32, 1)));
    EXPECT_TRUE(ask("eth_getLogs", Json{{"topics", {topics}}}).contains("result"));
    auto more = topics;
    more.push_back(topics[0]);
    EXPECT_EQ(ask("eth_getLogs", Json{{"topics", {more}}})["error"]["code"], -32602);
    const std::vector<std::string> addresses(filter_values_max + 1, hex(contract_));
    EXPECT_EQ(ask("eth_getLogs", Json{{"address", addresses}})["error"]["code"], -32602);
}

class SubscriptionsTest : public FiltersTest {
  protected:
    template <class... P>
    Json tell(const std::string& method, const P&... params) {
        return Json::parse(connection_.handle(request(method, params...)));
    }
    Rpc::Connection connection_{rpc_};
};

TEST_F(SubscriptionsTest, heads_logs_and_waiting_transactions_are_told) {
    const auto heads = tell("eth_subscribe", "newHeads")["result"];
    const auto logs = tell("eth_subscribe", "logs", Json{{"address", hex(contract_)}})["result"];
    const auto pending = tell("eth_subscribe", "newPendingTransactions")["result"];
    EXPECT_TRUE(connection_.news().empty());
    const auto sent = next_block();
    std::map<std::string, Json> news;
    for (const auto& text : connection_.news()) {
        const auto message = Json::parse(text);
        EXPECT_EQ(message["method"], "eth_subscription");
        news[message["params"]["subscription"]] = message["params"]["result"];
    }
    ASSERT_EQ(news.size(), 3);
    EXPECT_EQ(news[heads]["hash"], hex(rig_.chain().block(2)->header.hash()));
    EXPECT_FALSE(news[heads].contains("transactions"));
    EXPECT_EQ(news[logs]["transactionHash"], hex(sent));
    EXPECT_EQ(news[pending], hex(sent));
    EXPECT_TRUE(connection_.news().empty());
    EXPECT_EQ(tell("eth_unsubscribe", heads)["result"], true);
    EXPECT_EQ(tell("eth_unsubscribe", heads)["error"]["message"], "subscription not found");
    next_block();
    EXPECT_EQ(connection_.news().size(), 2);
}

TEST_F(SubscriptionsTest, other_methods_answer_as_over_http) {
    EXPECT_EQ(tell("eth_chainId")["result"], "0x4c55");
    EXPECT_EQ(tell("eth_subscribe", "sync")["error"]["code"], -32601);
    EXPECT_EQ(tell("eth_subscribe")["error"]["code"], -32602);
    EXPECT_EQ(tell("eth_subscribe", "logs", 5)["error"]["code"], -32602);
    EXPECT_EQ(tell("lucid_submitSession", Json::object())["error"]["code"], -32601);
}

TEST_F(SubscriptionsTest, are_counted) {
    for (std::size_t i = 0; i < subscriptions_per_connection_max; ++i)
        EXPECT_TRUE(tell("eth_subscribe", "newHeads").contains("result"));
    EXPECT_EQ(tell("eth_subscribe", "newHeads")["error"]["code"], -32005);
}

}  // namespace
}  // namespace lucid::blockchain::rpc::test
