// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/runner.hpp>
#include <lucid/blockchain/conformance/test_files.hpp>

#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::blockchain::conformance {
namespace {

namespace fs = std::filesystem;

class TestFilesTest : public ::testing::Test {
  protected:
    void SetUp() override { fs::create_directories(folder_ / "RLPTests"); }
    void TearDown() override { fs::remove_all(folder_); }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }
    fs::path folder_ = fs::temp_directory_path() / ("lucid-tests-" + std::to_string(::getpid()));
};

TEST_F(TestFilesTest, a_wrong_expectation_is_a_failure) {
    write("RLPTests/a.json",
          R"({"good": {"in": "dog", "out": "0x83646f67"}, "bad": {"in": "dog", "out": "0x00"}})");
    const auto summary = run_conformance({folder_, {}, 1, 1, {}});
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->total.passed, 1U);
    ASSERT_EQ(summary->failures.size(), 1U);
    EXPECT_EQ(summary->failures[0].name, "bad");
    EXPECT_FALSE(summary->good());
}

TEST_F(TestFilesTest, what_is_no_json_or_no_test_is_a_failure) {
    write("RLPTests/a.json", "{");
    write("b.json", R"({"what": {"is": "this"}})");
    const auto summary = run_conformance({folder_, {}, 1, 1, {}});
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->total.failed, 2U);
}

TEST_F(TestFilesTest, nothing_found_is_an_error) {
    EXPECT_FALSE(find_test_files(folder_ / "absent"));
    EXPECT_FALSE(find_test_files(folder_));
}

TEST_F(TestFilesTest, an_archive_that_is_none_is_refused) {
    write("a.tar.zst", "no zstd at all");
    EXPECT_FALSE(find_test_files(folder_ / "a.tar.zst"));
}

}  // namespace
}  // namespace lucid::blockchain::conformance
