// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "script.hpp"

#include <sstream>

namespace lucid::test_host {
namespace {

/// False when there is nothing in the line.
bool parse_step(const std::string& line, Step& step) {
    std::istringstream words(line);
    if (!(words >> step.verb) || step.verb.starts_with('#')) return false;
    std::getline(words >> std::ws, step.text);
    std::istringstream rest(step.text);
    for (std::string word; rest >> word;) step.words.push_back(word);
    return true;
}

}  // namespace

Script parse_script(const std::string& text) {
    Script script;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        Step step;
        if (!parse_step(line, step)) continue;
        if (step.verb != "login") {
            script.desktop.push_back(std::move(step));
            continue;
        }
        Step early;
        if (parse_step(step.text, early)) script.login.push_back(std::move(early));
    }
    return script;
}

}  // namespace lucid::test_host
