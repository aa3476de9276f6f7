// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/blockchain/evm/evm.hpp>

#include <atomic>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace lucid::blockchain::chain {
namespace {

constexpr std::size_t frame_bytes = 16 * 1024;

/// Touches as much stack as it says.
// NOLINTNEXTLINE(misc-no-recursion)
std::size_t descend(std::size_t bytes) {
    volatile std::uint8_t room[frame_bytes];
    room[0] = 1;
    room[frame_bytes - 1] = 1;
    if (bytes <= frame_bytes) return room[0];
    return room[frame_bytes - 1] + descend(bytes - frame_bytes);
}

TEST(EvmStackTest, has_room_for_deep_work_again_and_again) {
    const auto deep = evm::native_stack_bytes / 4 * 3;
    for (int i = 0; i < 3; ++i) {
        std::size_t frames = 0;
        ASSERT_TRUE(run_with_evm_stack([&] { frames = descend(deep); }));
        EXPECT_EQ(frames, deep / frame_bytes);
    }
}

TEST(EvmStackTest, a_thread_is_used_again) {
    std::set<std::thread::id> threads;
    for (int i = 0; i < 20; ++i)
        ASSERT_TRUE(run_with_evm_stack([&] { threads.insert(std::this_thread::get_id()); }));
    EXPECT_LE(threads.size(), evm_threads_kept);
    EXPECT_FALSE(threads.contains(std::this_thread::get_id()));
}

TEST(EvmStackTest, callers_do_not_wait_for_each_other) {
    // More at once than are kept: all must be there before any goes on.
    constexpr int callers = evm_threads_kept + 3;
    std::atomic<int> inside = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < callers; ++i)
        threads.emplace_back([&] {
            EXPECT_TRUE(run_with_evm_stack([&] {
                ++inside;
                while (inside < callers) std::this_thread::yield();
            }));
        });
    threads.clear();
    EXPECT_EQ(inside, callers);
}

TEST(EvmStackTest, work_may_need_such_a_stack_itself) {
    int steps = 0;
    ASSERT_TRUE(run_with_evm_stack([&] {
        ++steps;
        EXPECT_TRUE(run_with_evm_stack([&] { ++steps; }));
    }));
    EXPECT_EQ(steps, 2);
}

}  // namespace
}  // namespace lucid::blockchain::chain
