// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the host does, line by line: a verb and its words. Lines that begin with "login" are done
/// before the desktop is shown, all others in order once it is. README.md has the verbs.

#include <string>
#include <vector>

namespace lucid::test_host {

struct Step {
    std::string verb;
    std::vector<std::string> words;
    /// Everything behind the verb, as it stands.
    std::string text;
};

struct Script {
    std::vector<Step> login;
    std::vector<Step> desktop;
};

/// Empty lines and those with # are left out.
Script parse_script(const std::string& text);

}  // namespace lucid::test_host
