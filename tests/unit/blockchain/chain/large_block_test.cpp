// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <ctime>
#include <iostream>

#include "chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::chain::test {
namespace {

constexpr std::size_t anchors = 1000;

/// Sanitized or debug builds are several times slower than the limit is meant for.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double seconds_max = 20;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr double seconds_max = 20;
#else
constexpr double seconds_max = 1;
#endif
#else
constexpr double seconds_max = 1;
#endif

/// Of the whole process: what others do on this machine does not count.
double cpu_seconds() {
    timespec t{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

TEST(LargeBlock, a_thousand_sessions_are_anchored_in_one_block_within_a_second) {
    ChainRig rig;
    for (std::size_t i = 0; i < anchors; ++i) {
        auto anchor = sample_session(1);
        anchor.session_id.bytes[0] = static_cast<std::uint8_t>(i);
        anchor.session_id.bytes[1] = static_cast<std::uint8_t>(i >> 8);
        const auto sent = rig.chain().submit_anchor(anchor);
        ASSERT_TRUE(sent) << sent.error().message();
    }
    const auto started = cpu_seconds();
    ASSERT_TRUE(rig.produce(1));
    const auto took = cpu_seconds() - started;
    const auto block = *rig.chain().block(1);
    EXPECT_EQ(block.transactions.size(), anchors);
    EXPECT_EQ(rig.chain().log_size(), anchors + 1);
    for (const auto& bytes : block.receipts) EXPECT_TRUE(proto::Receipt::decode(bytes)->success);
    std::cout << "block of " << anchors << " anchors: " << took << " s of processor time, "
              << block.header.gas_used << " gas\n";
    EXPECT_LT(took, seconds_max);
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
