// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/data_dir.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/metrics.hpp>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::core::runtime {
namespace {

namespace fs = std::filesystem;

class Runtime : public testing::Test {
  protected:
    void SetUp() override {
        root_ = fs::temp_directory_path() / ("lucid-runtime-" + std::to_string(::getpid()));
        fs::create_directories(root_);
    }
    void TearDown() override { fs::remove_all(root_); }
    [[nodiscard]] std::string path(const std::string& name) const {
        return (root_ / name).string();
    }
    static void put(const std::string& file, const std::string& text) {
        std::ofstream(file, std::ios::trunc) << text;
    }
    fs::path root_;
};

std::string problem_of(const std::string& text) {
    const auto parsed = parse_config(text, "lucid.toml");
    const auto* problem = std::get_if<ConfigProblem>(&parsed);
    return problem != nullptr ? problem->message : "";
}

TEST(Config, template_parses_to_the_defaults) {
    const auto parsed = parse_config(to_toml(Config{}), "lucid.toml");
    ASSERT_TRUE(std::holds_alternative<Config>(parsed));
    EXPECT_EQ(to_toml(std::get<Config>(parsed)), to_toml(Config{}));
    EXPECT_TRUE(std::holds_alternative<Config>(parse_config("", "lucid.toml")));
}

TEST(Config, names_line_and_key_of_what_is_wrong) {
    EXPECT_EQ(problem_of("[gateway]\nlisten = 5\n"),
              "lucid.toml:2: gateway.listen must be ADDRESS:PORT with a numeric address, as "
              "\"127.0.0.1:3390\"");
    EXPECT_EQ(problem_of("[gateway]\n\nlissten = \"x\"\n"),
              "lucid.toml:3: gateway.lissten: no such setting");
    EXPECT_EQ(problem_of("level = 3\n"), "lucid.toml:1: level: no such setting outside a section");
    EXPECT_EQ(problem_of("[session]\nidle_limit_min = 0\n"),
              "lucid.toml:2: session.idle_limit_min must be a whole number from 1 to 1440");
    EXPECT_NE(problem_of("[log]\nlevel = \"loud\"\n"), "");
    EXPECT_NE(problem_of("[gateway\n").find("lucid.toml:1:"), std::string::npos);
    EXPECT_NE(problem_of("[gateway]\nallow_tls_only = 1\n"), "");
}

TEST(Endpoint, takes_numeric_addresses_only) {
    EXPECT_EQ(Endpoint::parse("[::1]:80")->text(), "[::1]:80");
    for (const auto* bad :
         {"", "localhost:80", "1.2.3.4", "1.2.3.4:", "1.2.3.4:70000", ":80", "1.2.3.4:8x"})
        EXPECT_FALSE(Endpoint::parse(bad)) << bad;
}

TEST_F(Runtime, data_directory_is_made_once_and_opened_again) {
    auto made = DataDir::create(path("data"), Config{});
    ASSERT_TRUE(std::holds_alternative<DataDir>(made)) << std::get<Problem>(made).message;
    struct stat info{};
    ASSERT_EQ(::stat(path("data").c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
    EXPECT_TRUE(std::holds_alternative<Problem>(DataDir::create(path("data"), Config{})));
    EXPECT_TRUE(std::holds_alternative<DataDir>(DataDir::open(path("data"))));
}

TEST_F(Runtime, damaged_data_directories_are_refused_with_the_next_step) {
    const auto open_problem = [&] {
        auto opened = DataDir::open(path("data"));
        const auto* problem = std::get_if<Problem>(&opened);
        return problem != nullptr ? problem->message + " | " + problem->next : std::string();
    };
    EXPECT_NE(open_problem().find("init"), std::string::npos);
    ASSERT_TRUE(std::holds_alternative<DataDir>(DataDir::create(path("data"), Config{})));
    put(path("data/format"), "lucid-data 3\n");
    EXPECT_NE(open_problem().find("data format 3"), std::string::npos);
    for (const auto* damaged :
         {"", "lucid", "lucid-data 2", "lucid-data 2x\n", "lucid-data \n", "lucid-data 0\n"}) {
        put(path("data/format"), damaged);
        EXPECT_NE(open_problem().find("damaged"), std::string::npos) << damaged;
    }
    put(path("data/format"), "lucid-data 1\n");
    EXPECT_NE(open_problem().find("data format 1"), std::string::npos);
    unsigned found = 0;
    const auto older = DataDir::open_older(path("data"), found);
    EXPECT_EQ(found, 1U);
    ASSERT_TRUE(std::holds_alternative<DataDir>(older));
    ASSERT_TRUE(std::get<DataDir>(older).write_format());
    put(path("data/lucid.toml"), "nonsense");
    EXPECT_NE(open_problem().find("lucid.toml:1"), std::string::npos);
    put(path("data/lucid.toml"), "");
    fs::remove(path("data/keys"));
    EXPECT_NE(open_problem().find("keys is missing"), std::string::npos);
}

TEST_F(Runtime, a_directory_with_other_content_is_not_taken_over) {
    fs::create_directories(path("mine"));
    put(path("mine/letter"), "hello");
    EXPECT_TRUE(std::holds_alternative<Problem>(DataDir::create(path("mine"), Config{})));
    EXPECT_TRUE(fs::exists(path("mine/letter")));
}

TEST_F(Runtime, files_are_replaced_whole_and_secrets_must_be_private) {
    ASSERT_TRUE(write_file_atomically(path("f"), as_bytes("one")));
    ASSERT_TRUE(write_file_atomically(path("f"), as_bytes("two")));
    EXPECT_EQ(as_text(*read_file(path("f"), 3)), "two");
    EXPECT_EQ(read_file(path("f"), 2).error().code, make_error_code(Errc::limit_exceeded));
    EXPECT_EQ(read_file(path("g"), 2).error().code, make_error_code(Errc::not_found));
    EXPECT_TRUE(read_secret_file(path("f"), 3));
    ::chmod(path("f").c_str(), 0644);
    EXPECT_EQ(read_secret_file(path("f"), 3).error().code, make_error_code(Errc::refused));
    EXPECT_FALSE(write_file_atomically(path("no/such/dir"), as_bytes("x")));
    EXPECT_EQ(std::distance(fs::directory_iterator(root_), fs::directory_iterator()), 1);
}

TEST(Log, quotes_what_a_peer_could_use_to_forge_a_line) {
    EXPECT_EQ(
        log::format_line("T", "core", log::Level::info, "client refused",
                         {{"name", "a b\nroot=\"1\"\x1b[31m"}, {"port", 5}, {"empty", ""}}),
        "T info core client refused name=\"a b\\x0aroot=\\\"1\\\"\\x1b[31m\" port=5 empty=\"\"");
}

TEST(Metrics, prints_prometheus_text) {
    Metrics metrics;
    metrics.counter("lucid_sessions_total", "Sessions begun").add(2);
    metrics.gauge("lucid_live", "Live").set(-1);
    EXPECT_EQ(metrics.prometheus_text(),
              "# HELP lucid_live Live\n# TYPE lucid_live gauge\nlucid_live -1\n"
              "# HELP lucid_sessions_total Sessions begun\n# TYPE lucid_sessions_total counter\n"
              "lucid_sessions_total 2\n");
}

TEST(Clock, advances) {
    EXPECT_GT(boottime_us(), 0);
    EXPECT_GT(wall_time_s(), 1'700'000'000);
}

}  // namespace
}  // namespace lucid::core::runtime
