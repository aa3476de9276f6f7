// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
// The JSON-RPC tests of ethereum/execution-apis, all of them, on the chain that comes with them.
#include <lucid/blockchain/import/io_files.hpp>

#include <iostream>

#include "../../../support/test_paths.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::import::test {
namespace {

std::filesystem::path suite_path() {
    return std::string(lucid::test::conformance_dir) + "/jsonrpc";
}

TEST(IoFiles, answers_are_those_of_the_files) {
    if (!std::filesystem::exists(suite_path()))
        GTEST_SKIP() << "conformance data is not at " << suite_path();
    const auto suite = open_io_suite(suite_path());
    ASSERT_TRUE(suite) << suite.error().message();
    EXPECT_TRUE(suite->openrpc.is_object());
    const auto summary = run_io_suite(*suite, "");
    ASSERT_TRUE(summary) << summary.error().message();
    std::cout << summary->files << " files, " << summary->total.passed << " passed, "
              << summary->seconds << " s\n";
    for (const auto& failure : summary->failures)
        ADD_FAILURE() << failure.name << ": " << failure.trouble;
    EXPECT_EQ(summary->total.failed, 0U);
    EXPECT_GE(summary->total.passed, 232U);
}

/// What geth traced, step by step, is what Lucid traces, although the files ask only for its form.
TEST(IoFiles, traces_equal_those_of_the_files) {
    if (!std::filesystem::exists(suite_path()))
        GTEST_SKIP() << "conformance data is not at " << suite_path();
    auto suite = open_io_suite(suite_path());
    ASSERT_TRUE(suite) << suite.error().message();
    for (auto& file : suite->files) file.spec_only = false;
    const auto summary = run_io_suite(*suite, "debug_trace");
    ASSERT_TRUE(summary) << summary.error().message();
    EXPECT_EQ(summary->total.passed, 13U);
    for (const auto& failure : summary->failures)
        ADD_FAILURE() << failure.name << ": " << failure.trouble;
}

TEST(IoFiles, are_parsed_by_their_marks) {
    const auto file = parse_io_file("a/b.io",
                                    "// a test\n>> {\"method\":\"m\"}\n<< {\"result\":1}\n"
                                    ">> {\"method\":\"n\"}\n<< {\"result\":2}\n");
    ASSERT_TRUE(file);
    EXPECT_EQ(file->exchanges.size(), 2U);
    EXPECT_EQ(file->exchanges[1].answer["result"], 2);
    EXPECT_FALSE(file->spec_only);
    EXPECT_TRUE(parse_io_file("a", "// speconly: x\n>> {}\n<< {}\n")->spec_only);
    EXPECT_FALSE(parse_io_file("a", ""));
    EXPECT_FALSE(parse_io_file("a", ">> {}\n"));
    EXPECT_FALSE(parse_io_file("a", ">> {\n<< {}\n"));
}

TEST(IoFiles, a_folder_without_them_is_none) {
    const auto none = open_io_suite(std::filesystem::temp_directory_path() / "there-is-none");
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, make_error_code(Errc::not_found));
}

}  // namespace
}  // namespace lucid::blockchain::import::test
