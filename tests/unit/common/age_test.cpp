// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/age.hpp>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <unistd.h>

#include <gtest/gtest.h>

namespace lucid::crypto::age {
namespace {

std::string text_of(const Secret& secret) {
    return std::string(as_text(secret.expose()));
}

Bytes sample(std::size_t size) {
    Bytes data(size);
    for (std::size_t i = 0; i < size; ++i) data[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
    return data;
}

TEST(Age, opens_what_it_seals_at_every_chunk_boundary) {
    const auto one = Identity::generate();
    const auto two = Identity::generate();
    const std::array recipients = {one.recipient(), two.recipient()};
    for (const std::size_t size : {0U, 1U, 65535U, 65536U, 65537U, 131072U, 200000U}) {
        const auto file = seal(sample(size), recipients);
        ASSERT_TRUE(file);
        for (const auto* identity : {&one, &two}) {
            const auto opened = open(*file, *identity);
            ASSERT_TRUE(opened) << opened.error().message();
            EXPECT_EQ(to_bytes(opened->expose()), sample(size));
        }
    }
    EXPECT_EQ(open(*seal(sample(3), recipients), Identity::generate()).error().code,
              make_error_code(Errc::refused));
}

TEST(Age, refuses_truncation_and_every_flipped_bit) {
    const auto identity = Identity::generate();
    const std::array recipients = {identity.recipient()};
    auto file = *seal(sample(40), recipients);
    for (std::size_t size = 0; size < file.size(); ++size)
        EXPECT_FALSE(open(ByteView(file).first(size), identity)) << size;
    for (std::size_t bit = 0; bit < file.size() * 8; ++bit) {
        file[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
        EXPECT_FALSE(open(file, identity)) << bit;
        file[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    }
    file.push_back(0);
    EXPECT_FALSE(open(file, identity));
}

TEST(Age, bounds_its_recipients) {
    const auto identity = Identity::generate();
    std::vector<Recipient> many(recipients_max, identity.recipient());
    const auto file = seal(sample(1), many);
    ASSERT_TRUE(file);
    EXPECT_TRUE(open(*file, identity));
    many.push_back(identity.recipient());
    EXPECT_EQ(seal(sample(1), many).error().code, make_error_code(Errc::limit_exceeded));
    EXPECT_FALSE(seal(sample(1), {}));
}

TEST(Age, identity_text_round_trips_with_comments) {
    const auto identity = Identity::generate();
    const auto again = Identity::parse("# made today\n\n" + text_of(identity.text()) + "\n");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->recipient().text(), identity.recipient().text());
    EXPECT_EQ(Recipient::parse(identity.recipient().text())->public_key,
              identity.recipient().public_key);
    EXPECT_FALSE(Identity::parse(""));
    EXPECT_FALSE(Identity::parse("AGE-SECRET-KEY-1QQQ"));
    EXPECT_FALSE(Recipient::parse("age1qqqq"));
}

class AgeProgram : public testing::Test {
  protected:
    void SetUp() override {
        if (std::system("command -v age >/dev/null 2>&1") != 0)
            GTEST_SKIP() << "the age program is not installed";
        directory_ =
            std::filesystem::temp_directory_path() / ("lucid-age-" + std::to_string(::getpid()));
        std::filesystem::create_directories(directory_);
    }
    void TearDown() override {
        if (!directory_.empty()) std::filesystem::remove_all(directory_);
    }
    [[nodiscard]] std::string path(const char* name) const { return (directory_ / name).string(); }
    static void write(const std::string& to, ByteView bytes) {
        std::ofstream(to, std::ios::binary)
            .write(reinterpret_cast<const char*>(bytes.data()),
                   static_cast<std::streamsize>(bytes.size()));
    }
    static Bytes read(const std::string& from) {
        std::ifstream in(from, std::ios::binary);
        return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    }
    static int run(const std::string& command) { return std::system(command.c_str()); }
    std::filesystem::path directory_;
};

TEST_F(AgeProgram, opens_our_files_and_we_open_its) {
    const auto identity = Identity::generate();
    const std::array recipients = {Identity::generate().recipient(), identity.recipient()};
    write(path("key"), as_bytes(text_of(identity.text()) + "\n"));
    write(path("ours.age"), *seal(sample(100000), recipients));
    ASSERT_EQ(run("age -d -i " + path("key") + " -o " + path("ours") + " " + path("ours.age")), 0);
    EXPECT_EQ(read(path("ours")), sample(100000));

    write(path("plain"), sample(70000));
    ASSERT_EQ(run("age -r " + identity.recipient().text() + " -o " + path("theirs.age") + " " +
                  path("plain")),
              0);
    const auto opened = open(read(path("theirs.age")), identity);
    ASSERT_TRUE(opened) << opened.error().message();
    EXPECT_EQ(to_bytes(opened->expose()), sample(70000));
}

}  // namespace
}  // namespace lucid::crypto::age
