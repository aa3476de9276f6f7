// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Edges of the machine; what instructions compute is what Ethereum's own tests are about.
#include <lucid/blockchain/state/transition.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <pthread.h>

#include <gtest/gtest.h>

namespace lucid::blockchain::state {
namespace {

using evm::Fork;
using evm::Halt;

constexpr Address caller = {0x11};
constexpr Address contract = {0x22};
constexpr Address other = {0x33};

struct Program {
    std::string code;
    Fork fork = Fork::prague;
    std::uint64_t gas = 1'000'000;
    std::string other_code = {};
};

Applied run(const Program& program) {
    Accounts accounts;
    accounts[caller].balance = 1'000'000;
    accounts[contract] = {1, 1000, *from_hex(program.code), {}};
    accounts[other] = {1, 0, *from_hex(program.other_code), {}};
    World world(accounts);
    evm::BlockContext block;
    block.fork = program.fork;
    block.gas_limit = program.gas;
    return simulate_call(world, block, caller, contract, {}, {}, program.gas);
}
std::string repeated(std::string_view code, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += code;
    return out;
}

TEST(Interpreter, stack_has_1024_items) {
    EXPECT_EQ(run({repeated("5f", 1024) + "00"}).halt, Halt::success);
    EXPECT_EQ(run({repeated("5f", 1025) + "00"}).halt, Halt::stack_overflow);
    EXPECT_EQ(run({repeated("5f", 1024) + "8000"}).halt, Halt::stack_overflow);
    EXPECT_EQ(run({"50"}).halt, Halt::stack_underflow);
    EXPECT_EQ(run({"5f01"}).halt, Halt::stack_underflow);
    EXPECT_EQ(run({repeated("5f", 15) + "8f00"}).halt, Halt::stack_underflow);
    EXPECT_EQ(run({repeated("5f", 16) + "8f00"}).halt, Halt::success);
    EXPECT_EQ(run({repeated("5f", 16) + "9f00"}).halt, Halt::stack_underflow);
    EXPECT_EQ(run({repeated("5f", 17) + "9f00"}).halt, Halt::success);
}

TEST(Interpreter, jumps_go_to_destinations_that_are_no_data) {
    EXPECT_EQ(run({"600456005b00"}).halt, Halt::success);
    EXPECT_EQ(run({"600356005b00"}).halt, Halt::bad_jump);
    EXPECT_EQ(run({"600456605b00"}).halt, Halt::bad_jump) << "inside a PUSH";
    EXPECT_EQ(run({"60ff5600"}).halt, Halt::bad_jump) << "behind the end";
    EXPECT_EQ(run({"7f" + std::string(64, 'f') + "56"}).halt, Halt::bad_jump);
    EXPECT_EQ(run({"5f60ff5700"}).halt, Halt::success) << "not taken";
}

TEST(Interpreter, code_ends_with_a_stop_and_a_push_takes_zeros) {
    EXPECT_EQ(run({""}).halt, Halt::success);
    EXPECT_EQ(run({"60"}).halt, Halt::success);
    EXPECT_EQ(run({"7f01"}).halt, Halt::success);
    // PUSH2 with one byte missing is 0x0100: it does not reach memory before the code ends.
    EXPECT_EQ(run({"5b6001"}).gas_used, 4U);
}

TEST(Interpreter, gas_ends_where_it_ends) {
    EXPECT_EQ(run({"5f5f0100", Fork::prague, 7}).halt, Halt::success);
    EXPECT_EQ(run({"5f5f0100", Fork::prague, 6}).halt, Halt::out_of_gas);
    // 32 words: 3 · 32 + 32² / 512 = 98, and PUSH, PUSH, MSTORE.
    EXPECT_EQ(run({"5f6103e05200"}).gas_used, 2U + 3 + 3 + 98);
    EXPECT_EQ(run({"5f7f" + std::string(64, 'f') + "52"}).halt, Halt::out_of_gas);
    EXPECT_EQ(run({"67ffffffffffffffff5f20"}).halt, Halt::out_of_gas);
    EXPECT_EQ(run({"fe"}).gas_used, 1'000'000U) << "an invalid instruction takes all";
}

TEST(Interpreter, newer_instructions_are_undefined_before) {
    const struct {
        const char* code;
        Fork before;
        Fork from;
    } rows[] = {
        {"3d00", Fork::spurious_dragon, Fork::byzantium},
        {"600160011b00", Fork::byzantium, Fork::constantinople},
        {"4600", Fork::petersburg, Fork::istanbul},
        {"4800", Fork::berlin, Fork::london},
        {"5f00", Fork::paris, Fork::shanghai},
        {"60015c00", Fork::shanghai, Fork::cancun},
        {"6001600160015e00", Fork::shanghai, Fork::cancun},
        {"4a00", Fork::shanghai, Fork::cancun},
        {"60011e00", Fork::prague, Fork::osaka},
    };
    for (const auto& row : rows) {
        EXPECT_EQ(run({row.code, row.before}).halt, Halt::undefined_instruction) << row.code;
        EXPECT_EQ(run({row.code, row.from}).halt, Halt::success) << row.code;
    }
}

/// Calls `other` without value in the way of an instruction and returns whether that succeeded.
std::string calls_other(const char* instruction, bool has_value) {
    return "5f5f5f5f" + std::string(has_value ? "5f" : "") + "73" + to_hex(other) + "5a" +
           instruction + "5f5260205ff3";
}

TEST(Interpreter, static_calls_change_nothing) {
    for (const char* writes : {"60015f55", "60015f5d", "5f5fa0", "5f5f5ff0", "5fff"}) {
        const auto by_call = run({calls_other("f1", true), Fork::prague, 1'000'000, writes});
        EXPECT_EQ(by_call.output.back(), 1) << writes;
        const auto by_static = run({calls_other("fa", false), Fork::prague, 1'000'000, writes});
        EXPECT_EQ(by_static.output.back(), 0) << writes;
    }
}

TEST(Interpreter, return_data_is_bounded) {
    const std::string call = "5f5f5f5f5f73" + to_hex(other) + "5af150";
    const std::string returns_32 = "60205ff3";
    // RETURNDATACOPY of 32 bytes is fine, of 33 ends the frame, also where nothing is copied.
    EXPECT_EQ(run({call + "60205f5f3e00", Fork::prague, 1'000'000, returns_32}).halt,
              Halt::success);
    EXPECT_NE(run({call + "60215f5f3e00", Fork::prague, 1'000'000, returns_32}).halt,
              Halt::success);
    EXPECT_NE(run({call + "5f60215f3e00", Fork::prague, 1'000'000, returns_32}).halt,
              Halt::success);
}

/// Calls itself with all its gas and counts in storage how often it was entered.
TEST(Interpreter, calls_nest_1024_deep) {
    // count = sload(0) + 1; sstore(0, count); call(self); return sload(0)
    const auto code = "5f546001015f555f5f5f5f5f73" + to_hex(contract) + "5af1505f545f5260205ff3";
    std::uint64_t entered = 0;
    const auto work = [&] {
        const auto deep = run({code, Fork::prague, 3'000'000'000'000});
        entered = proto::Uint256::from_be(deep.output).words[0];
    };
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 8 * evm::native_stack_bytes);
    pthread_t thread{};
    auto* run_it = +[](void* argument) -> void* {
        (*static_cast<decltype(work)*>(argument))();
        return nullptr;
    };
    ASSERT_EQ(pthread_create(&thread, &attributes, run_it,
                             const_cast<void*>(static_cast<const void*>(&work))),
              0);
    pthread_join(thread, nullptr);
    pthread_attr_destroy(&attributes);
    EXPECT_EQ(entered, 1025U);
}

}  // namespace
}  // namespace lucid::blockchain::state
