// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// What contracts/test proves of the contracts in another EVM, of the same bytecode in Lucid's own:
// random calls in any order, a model beside them.
#include <lucid/common/bytes/encoding.hpp>

#include <cstdlib>
#include <fstream>
#include <set>

#include "../../../support/test_paths.hpp"
#include "contract_stage.hpp"
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace lucid::blockchain::chain::test {
namespace {

std::size_t rounds() {
    const char* wanted = std::getenv("LUCID_TEST_LONG");
    return wanted != nullptr && std::string_view(wanted) == "1" ? 100'000 : 6'000;
}

class Dice {
  public:
    explicit Dice(std::uint64_t seed) : random_(seed) {}
    std::uint64_t below(std::uint64_t n) { return random_() % n; }
    template <class T>
    const T& one_of(const std::vector<T>& items) {
        return items[below(items.size())];
    }

  private:
    std::mt19937_64 random_;
};

const Address anchors = address_of(GenesisContract::anchors);
const Address chunks = address_of(GenesisContract::chunks);
const Address nodes = address_of(GenesisContract::nodes);
const Address params = address_of(GenesisContract::params);
const Address timelock = address_of(GenesisContract::timelock);

struct Session {
    std::vector<Hash32> words;  ///< what was registered
    std::uint64_t chunk_count = 0;
    std::uint64_t stored = 0;
};

/// Two nodes and a stranger register and list at random.
class Recorder {
  public:
    Recorder() { stage_.admit(person(2), 10); }

    void step(Dice& dice) {
        const auto from = dice.one_of<Address>({ContractStage::first_node, person(2), person(3)});
        const auto session = dice.below(12);
        switch (dice.below(4)) {
            case 0:
                return register_session(from, session, dice);
            case 1:
                return checkpoint(from, dice);
            default:
                return store_chunk(from, session, dice);
        }
    }

    void check() {
        for (const auto& [key, session] : sessions_) {
            const auto kept = stage_.ask(anchors, "getSessionAnchor(address,bytes32)",
                                         {word(key.first), name_word(key.second)});
            ASSERT_TRUE(kept);
            EXPECT_EQ(std::vector<Hash32>(kept->begin(), kept->begin() + 2), session.words);
            const auto progress = stage_.ask(chunks, "progress(address,bytes32)",
                                             {word(key.first), name_word(key.second)});
            ASSERT_TRUE(progress);
            EXPECT_EQ((*progress)[0], word(session.stored));
            EXPECT_EQ((*progress)[1], word(session.stored == 0 ? 0 : session.chunk_count));
            const auto complete = stage_.ask(chunks, "isComplete(address,bytes32)",
                                             {word(key.first), name_word(key.second)});
            ASSERT_TRUE(complete);
            const bool all = session.stored != 0 && session.stored == session.chunk_count;
            EXPECT_EQ((*complete)[0], word(all ? 1 : 0));
            complete_ += all ? 1 : 0;
        }
        for (const auto& [key, root] : checkpoints_)
            EXPECT_EQ((*stage_.ask(anchors, "checkpointRoot(address,uint64)",
                                   {word(key.first), word(key.second)}))[0],
                      root);
    }
    [[nodiscard]] std::size_t registered() const { return sessions_.size(); }
    [[nodiscard]] std::size_t complete() const { return complete_; }

  private:
    static bool is_node(const Address& address) { return address != person(3); }

    void register_session(const Address& from, std::uint64_t session, Dice& dice) {
        const std::vector<Hash32> words = {name_word(dice.below(1000)),
                                           name_word(dice.below(1000))};
        const auto count = dice.below(4);
        const bool done = stage_.call(
            from, anchors, "registerSession(bytes32,bytes32,uint64,address,bytes32,uint64,uint32)",
            {name_word(session), words[0], word(dice.below(1000)), word(person(9)), words[1],
             word(std::uint64_t{8}), word(count)});
        EXPECT_EQ(done, is_node(from) && !sessions_.contains({from, session}));
        if (done) sessions_[{from, session}] = {words, count, 0};
    }

    void checkpoint(const Address& from, Dice& dice) {
        const auto slot = dice.below(40);
        const auto root = dice.below(10) == 0 ? Hash32{} : name_word(dice.below(1000));
        const bool done = stage_.call(from, anchors, "checkpoint(uint64,bytes32,uint32)",
                                      {word(slot), root, word(std::uint64_t{1})});
        EXPECT_EQ(done, is_node(from) && root != Hash32{} && !checkpoints_.contains({from, slot}));
        if (done) checkpoints_[{from, slot}] = root;
    }

    void store_chunk(const Address& from, std::uint64_t session, Dice& dice) {
        const auto found = sessions_.find({from, session});
        const auto next = found == sessions_.end() ? 0 : found->second.stored;
        const auto index = dice.below(4) == 0 ? dice.below(4) : next;
        const auto chunk = dice.below(200);
        const bool done =
            stage_.call(from, chunks, "storeChunk(bytes32,uint32,bytes32,uint32,uint64)",
                        {name_word(session), word(index), name_word(chunk),
                         word(std::uint64_t{100}), word(index)});
        const bool may = is_node(from) && found != sessions_.end() && index == next &&
                         next < found->second.chunk_count && !listed_.contains(chunk);
        EXPECT_EQ(done, may);
        if (!done) return;
        ++found->second.stored;
        listed_.insert(chunk);
    }

    ContractStage stage_;
    std::map<std::pair<Address, std::uint64_t>, Session> sessions_;
    std::map<std::pair<Address, std::uint64_t>, Hash32> checkpoints_;
    std::set<std::uint64_t> listed_;
    std::size_t complete_ = 0;
};

TEST(ContractInvariants, sessions_are_anchored_once_and_complete_when_all_chunks_are_listed) {
    Recorder recorder;
    Dice dice(1);
    for (std::size_t i = 0; i < rounds(); ++i) {
        recorder.step(dice);
        if (i % 500 == 499) recorder.check();
        if (::testing::Test::HasFailure()) FAIL() << "round " << i;
    }
    recorder.check();
    EXPECT_GT(recorder.registered(), 20U);
    EXPECT_GT(recorder.complete(), 5U);
}

/// No caller, governance least of all, finds a name under which a slot could be made longer.
TEST(ContractInvariants, the_slot_length_cannot_be_set) {
    ContractStage stage;
    const auto before = stage.ask(params, "allNames()");
    ASSERT_TRUE(before);
    std::vector<Hash32> names(before->begin() + 2, before->end());
    for (const auto* name : {"SLOT_DURATION_SEC", "SLOT_SECONDS", "SLOT_LENGTH", "SLOT_DURATION"})
        names.push_back(text_word(name));
    for (std::uint64_t i = 0; i < 20; ++i) names.push_back(name_word(i));
    Dice dice(2);
    Bytes reason;
    append(reason, word(std::uint64_t{3}));
    append(reason, text_word("why"));
    std::size_t done = 0;
    for (std::size_t i = 0; i < rounds(); ++i) {
        const auto from =
            dice.one_of<Address>({timelock, ContractStage::first_node, person(3), params});
        const auto name = dice.one_of(names);
        const bool known = std::find(before->begin() + 2, before->end(), name) != before->end();
        const auto value = dice.below(3) == 0 ? 120 : dice.below(20'000);
        const bool changed =
            dice.below(2) == 0
                ? stage.call(from, params, "setValue(bytes32,uint128,string)",
                             {name, word(value), word(std::uint64_t{0x60})}, reason)
                : stage.call(from, params, "setBounds(bytes32,uint128,uint128,string)",
                             {name, word(std::uint64_t{0}), word(value), word(std::uint64_t{0x80})},
                             reason);
        if (changed) {
            EXPECT_TRUE(known && from == timelock);
            ++done;
        }
    }
    EXPECT_GT(done, 10U);
    EXPECT_EQ(stage.ask(params, "allNames()"), before);
    for (const auto* name : {"SLOT_DURATION_SEC", "SLOT_SECONDS", "SLOT_LENGTH", "SLOT_DURATION"})
        EXPECT_FALSE(stage.ask(params, "valueOf(bytes32)", {text_word(name)}));
    static_assert(proto::slot_seconds == 120);
}

/// balanceOf, isBlackListed (nobody is) and a transfer that answers zeros like TRON's USDT; slot 0
/// says how it behaves: 0 well, 1 keeps ten, 2 does nothing, 3 reverts.
constexpr std::string_view token_code =
    "5f3560e01c8063a9059cbb1460275763e47d60601460225760043554"
    "5f5260205ff35b60205ff35b5f548060031460565780600214605157"
    "600114600a02602435803354033355036004355401600435555b60205ff35b5f5ffd";

class Payouts {
  public:
    Payouts() {
        const auto runtime = *from_hex(token_code);
        // PUSH1 size PUSH1 10 PUSH0 CODECOPY PUSH1 size PUSH0 RETURN
        const auto size = static_cast<std::uint8_t>(runtime.size());
        Bytes creation = {0x60, size, 0x60, 10, 0x5f, 0x39, 0x60, size, 0x5f, 0xf3};
        append(creation, runtime);
        token_ = stage_.create(person(7), creation);
        std::ifstream in(std::string(lucid::test::source_dir) +
                         "/contracts/artifacts/PayoutRouterV0.json");
        const auto artifact = nlohmann::json::parse(in);
        auto code = *from_hex(artifact["bytecode"].get<std::string>());
        for (const auto& argument : {token_, admin, service}) append(code, word(argument));
        router_ = stage_.create(person(7), code);
        stage_.set_storage(token_, slot_of(router_), funds);
    }

    void step(Dice& dice) {
        const auto id = dice.below(24);
        const auto from = dice.below(8) == 0 ? person(3) : service;
        switch (dice.below(6)) {
            case 0:
                (void)stage_.call(from, router_, "requestPayout(bytes32,address,uint128,bytes32)",
                                  {name_word(id),
                                   word(recipient(id)),
                                   word(10'000'000 + dice.below(12'000) * 1'000'000),
                                   {}});
                return;
            case 1:
                if (stage_.call(from, router_, "fail(bytes32,bytes32)",
                                {name_word(id), text_word("why")}))
                    failed_.insert(id);
                return;
            case 2:
                stage_.set_storage(token_, 0, dice.below(4));
                return;
            case 3:
                stage_.sleep(dice.below(40'000));
                return;
            default:
                return pay(from, id);
        }
    }

    void check() {
        Uint256 sum;
        for (std::uint64_t id = 0; id < 24; ++id) {
            const auto got = balance(recipient(id));
            EXPECT_EQ(got, paid_.contains(id) ? paid_[id] : Uint256()) << id;
            EXPECT_FALSE(failed_.contains(id) && paid_.contains(id)) << id;
            sum = sum + got;
        }
        EXPECT_EQ(balance(router_) + sum, funds);
    }
    [[nodiscard]] std::size_t paid() const { return paid_.size(); }
    [[nodiscard]] std::size_t failed() const { return failed_.size(); }

  private:
    static Address recipient(std::uint64_t id) {
        return person(static_cast<std::uint8_t>(100 + id));
    }
    static Uint256 slot_of(const Address& address) { return Uint256::from_be(address); }
    Uint256 balance(const Address& address) {
        return Uint256::from_be((*stage_.ask(token_, "balanceOf(address)", {word(address)}))[0]);
    }
    void pay(const Address& from, std::uint64_t id) {
        const auto before = balance(recipient(id));
        if (!stage_.call(from, router_, "pay(bytes32)", {name_word(id)})) {
            EXPECT_EQ(balance(recipient(id)), before) << "a payment that failed took effect";
            return;
        }
        EXPECT_TRUE(paid_.emplace(id, balance(recipient(id)) - before).second) << "paid twice";
        EXPECT_EQ(from, service);
    }

    static constexpr std::uint64_t funds = 60'000'000'000;
    const Address admin = person(5);
    const Address service = person(6);
    ContractStage stage_;
    Address token_{};
    Address router_{};
    std::map<std::uint64_t, Uint256> paid_;
    std::set<std::uint64_t> failed_;
};

TEST(ContractInvariants, a_payout_is_paid_at_most_once_and_never_after_failing) {
    Payouts payouts;
    Dice dice(3);
    for (std::size_t i = 0; i < rounds(); ++i) {
        payouts.step(dice);
        if (i % 500 == 499) payouts.check();
        if (::testing::Test::HasFailure()) FAIL() << "round " << i;
    }
    payouts.check();
    EXPECT_GT(payouts.paid(), 3U);
    EXPECT_GT(payouts.failed(), 1U);
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
