// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/checkpoint.hpp>

#include <gtest/gtest.h>

namespace lucid::blockchain::tlog {
namespace {

// tlog-checkpoint's own example.
constexpr const char* example =
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

TEST(Checkpoint, reads_and_writes_the_specifications_example) {
    const auto checkpoint = Checkpoint::from_text(example);
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->origin, "example.com/behind-the-sofa");
    EXPECT_EQ(checkpoint->size, 20852163);
    EXPECT_EQ(checkpoint->root[0], 0x0a);
    EXPECT_EQ(checkpoint->to_text(), example);
}

TEST(Checkpoint, keeps_extension_lines) {
    const auto text = std::string(example) + "one\ntwo\n";
    const auto checkpoint = Checkpoint::from_text(text);
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->extensions, (std::vector<std::string>{"one", "two"}));
    EXPECT_EQ(checkpoint->to_text(), text);
}

TEST(Checkpoint, every_cut_is_refused) {
    const std::string whole = example;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(Checkpoint::from_text(std::string_view(whole).substr(0, size))) << size;
}

TEST(Checkpoint, other_forms_are_refused) {
    constexpr const char* root = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";
    for (const std::string& bad :
         {std::string("\n1\n") + root, std::string("o\n\n") + root, std::string("o\n01\n") + root,
          std::string("o\n-1\n") + root, std::string("o\n+1\n") + root,
          std::string("o\n1 \n") + root, std::string("o\n0x1\n") + root,
          std::string("o\n9223372036854775808\n") + root,
          std::string("o\n18446744073709551616\n") + root, std::string("o\n1\nCsUY\n"),
          std::string("o\n1\n") + root + "\n"})
        EXPECT_FALSE(Checkpoint::from_text(bad)) << bad;
    EXPECT_TRUE(Checkpoint::from_text(std::string("o\n0\n") + root));
    EXPECT_TRUE(Checkpoint::from_text(std::string("o\n9223372036854775807\n") + root));
}

}  // namespace
}  // namespace lucid::blockchain::tlog
