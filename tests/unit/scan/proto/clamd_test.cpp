// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/scan/proto/clamd.hpp>

#include <gtest/gtest.h>

namespace lucid::scan::proto {
namespace {

TEST(Clamd, commands_are_those_of_clamd) {
    EXPECT_EQ(as_text(clamd_scan_begin()), std::string_view("zINSTREAM\0", 10));
    EXPECT_EQ(as_text(clamd_ping()), std::string_view("zPING\0", 6));
    EXPECT_EQ(as_text(clamd_version()), std::string_view("zVERSION\0", 9));
    EXPECT_EQ(clamd_piece_head(0x01020304), (ByteArray<4>{1, 2, 3, 4}));
    EXPECT_EQ(clamd_scan_end(), (ByteArray<4>{}));
}

struct AnswerCase {
    const char* answer;
    Verdict verdict;
    const char* name;
};
class ScanAnswers : public testing::TestWithParam<AnswerCase> {};
TEST_P(ScanAnswers, mean_what_they_say_and_nothing_else) {
    const auto result = decode_scan_answer(GetParam().answer);
    EXPECT_EQ(result.verdict, GetParam().verdict) << GetParam().answer;
    EXPECT_EQ(result.name, GetParam().name);
}
constexpr AnswerCase answer_cases[] = {
    {"stream: OK", Verdict::clean, ""},
    {"stream: Eicar-Test-Signature FOUND", Verdict::infected, "Eicar-Test-Signature"},
    {"stream: a b FOUND", Verdict::infected, "a b"},
    {"stream: \x1b[31m FOUND", Verdict::infected, "?[31m"},
    {"stream:  FOUND", Verdict::unavailable, "stream:  FOUND"},
    {"stream: FOUND", Verdict::unavailable, "stream: FOUND"},
    {"stream: OK ", Verdict::unavailable, "stream: OK "},
    {"stream: ok", Verdict::unavailable, "stream: ok"},
    {"OK", Verdict::unavailable, "OK"},
    {"", Verdict::unavailable, ""},
    {"INSTREAM size limit exceeded. ERROR", Verdict::too_large,
     "the scanner takes no more (StreamMaxLength)"},
    {"stream: Can't allocate memory ERROR", Verdict::unavailable,
     "stream: Can't allocate memory ERROR"},
    {"UNKNOWN COMMAND", Verdict::unavailable, "UNKNOWN COMMAND"},
};
INSTANTIATE_TEST_SUITE_P(Clamd, ScanAnswers, testing::ValuesIn(answer_cases));

TEST(ClamdAnswer, comes_in_any_pieces) {
    const std::string whole("stream: OK\0", 11);
    for (std::size_t cut = 0; cut < whole.size(); ++cut) {
        ClamdAnswer answer;
        const auto first = answer.take(as_bytes(whole.substr(0, cut)));
        ASSERT_TRUE(first);
        EXPECT_FALSE(*first) << cut;
        const auto second = answer.take(as_bytes(whole.substr(cut)));
        ASSERT_TRUE(second);
        EXPECT_EQ(**second, "stream: OK");
    }
}

TEST(ClamdAnswer, has_an_end_and_a_limit) {
    ClamdAnswer trailing;
    EXPECT_EQ(trailing.take(as_bytes(std::string_view("OK\0x", 4))).error().code,
              Errc::trailing_bytes);
    ClamdAnswer fits;
    std::string most(ClamdAnswer::bytes_max, 'x');
    ASSERT_TRUE(fits.take(as_bytes(most)));
    const auto whole = fits.take(as_bytes(std::string_view("\0", 1)));
    ASSERT_TRUE(whole && *whole);
    ClamdAnswer endless;
    ASSERT_TRUE(endless.take(as_bytes(most)));
    EXPECT_EQ(endless.take(as_bytes("x")).error().code, Errc::limit_exceeded);
}

TEST(ScanResult, names_are_cut_and_printable) {
    EXPECT_EQ(scan_name(std::string(300, 'n')).size(), scan_name_bytes_max);
    EXPECT_EQ(scan_name("a\nb\x7f\xc3\xa4"), "a?b???");
    EXPECT_EQ(to_text({Verdict::infected, "X"}), "infected X");
    EXPECT_EQ(to_text({Verdict::timed_out, ""}), "timed out");
    EXPECT_EQ(to_text({Verdict{}, "X"}), "unavailable") << "no verdict at all";
}

}  // namespace
}  // namespace lucid::scan::proto
