// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Manual page and shell completions, made from the program's own commands and options: they cannot
/// say anything else than `--help` does.

#include <string>

namespace CLI {
class App;
}  // namespace CLI

namespace lucid::app::manual {

/// roff with the man macros, section 1.
std::string man_page(const CLI::App& app);
std::string bash_completion(const CLI::App& app);
std::string zsh_completion(const CLI::App& app);
std::string fish_completion(const CLI::App& app);

}  // namespace lucid::app::manual
