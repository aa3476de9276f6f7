// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "forge.hpp"

#include <gtest/gtest.h>

namespace lucid::evidence_test {

namespace {
std::size_t judged = 0;
}

Judgement judge(MemoryBundle& bundle, bool as_owner) {
    sessions::format::VerifyOptions options;
    options.trust = world().trust();
    if (as_owner) options.identity = &world().owner;
    const auto report = sessions::format::verify(bundle, options);
    Judgement out;
    out.refused = report.verdict == sessions::format::Verdict::refused;
    EXPECT_EQ(out.refused, report.bad.has_value());
    if (report.bad) out.place = *report.bad;
    return out;
}

void expect_refused(MemoryBundle bundle, const std::string& what, const std::string& file,
                    const std::string& other_file) {
    ++judged;
    for (const bool as_owner : {false, true}) {
        const auto verdict = judge(bundle, as_owner);
        const auto who = as_owner ? " (owner)" : " (outsider)";
        ASSERT_TRUE(verdict.refused) << what << who;
        EXPECT_FALSE(verdict.place.file.empty()) << what << who;
        EXPECT_FALSE(verdict.place.rule.empty()) << what << who;
        EXPECT_LE(verdict.place.begin, verdict.place.end) << what << who;
        if (file.empty()) continue;
        EXPECT_TRUE(verdict.place.file == file || verdict.place.file == other_file)
            << what << who << ": " << verdict.place.file << ": " << verdict.place.rule;
    }
}

std::size_t edits_judged() {
    return judged;
}

}  // namespace lucid::evidence_test
