// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// Ethereum's own tests, by path: a sample, a larger one with LUCID_TEST_LONG=1; the small archives
// run whole. All cases run in the release program (tests/integration/conformance): some take
// minutes there, and an hour under a sanitizer.

#include <lucid/blockchain/conformance/runner.hpp>

#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "../../../support/test_paths.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::conformance {
namespace {

struct Archive {
    const char* name;
    std::size_t every;  ///< each how-manieth file; at most 5 in a long run
    std::size_t least;  ///< passed cases
};

void PrintTo(const Archive& archive, std::ostream* out) {
    *out << archive.name;
}

class Conformance : public ::testing::TestWithParam<Archive> {};

TEST_P(Conformance, every_failure_is_a_named_gap) {
    Options options;
    options.path =
        std::string(lucid::test::conformance_dir) + "/evm/" + GetParam().name + ".tar.zst";
    if (!std::filesystem::exists(options.path))
        GTEST_SKIP() << "conformance data is not at " << options.path;
    const char* is_long = std::getenv("LUCID_TEST_LONG");
    const bool large = is_long != nullptr && std::string_view(is_long) == "1";
    options.every = large ? std::min<std::size_t>(GetParam().every, 5) : GetParam().every;
    const auto summary = run_conformance(options);
    ASSERT_TRUE(summary) << summary.error().message();
    std::cout << GetParam().name << ": " << summary->files << " files, " << summary->total.passed
              << " passed, " << summary->total.failed << " failed, " << summary->total.gaps
              << " named gaps, " << summary->seconds << " s\n";
    std::size_t shown = 0;
    for (const auto& f : summary->failures)
        if (f.gap.empty() && shown++ < 20)
            ADD_FAILURE() << f.file << " [" << f.group << "] " << f.name << ": " << f.trouble;
    EXPECT_EQ(summary->total.failed, 0U);
    EXPECT_GE(summary->total.passed, GetParam().least);
}

INSTANTIATE_TEST_SUITE_P(
    Archives, Conformance,
    ::testing::Values(Archive{"state-legacy", 50, 500}, Archive{"state-eest", 50, 400},
                      Archive{"blocks-eest", 20, 100}, Archive{"transactions", 1, 1800},
                      Archive{"encoding", 1, 60}, Archive{"vm-frontier", 1, 480}),
    [](const auto& info) {
        std::string name = info.param.name;
        for (auto& c : name)
            if (c == '-') c = '_';
        return name;
    });

}  // namespace
}  // namespace lucid::blockchain::conformance
