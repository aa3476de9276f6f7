// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Judges edited bundles: each must be refused, with a place and a rule, by both kinds of verifier.

#include "world.hpp"

namespace lucid::evidence_test {

struct Judgement {
    bool refused = false;
    sessions::format::BadPlace place;
};

/// The verdict of an outsider (trust file only) or of an owner, who opens every segment too.
Judgement judge(MemoryBundle& bundle, bool as_owner);

/// Fails the running test, naming `what`, unless the bundle is refused by outsider and owner with
/// file and rule named. Counts it.
void expect_refused(MemoryBundle bundle, const std::string& what, const std::string& file = "",
                    const std::string& other_file = "");

/// How many edits were judged in this process.
std::size_t edits_judged();

}  // namespace lucid::evidence_test
