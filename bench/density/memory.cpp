// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "memory.hpp"

#include <fstream>
#include <sstream>
#include <string>

#include <fmt/format.h>

namespace lucid::bench {

std::size_t pss_bytes(pid_t pid) {
    std::ifstream in(fmt::format("/proc/{}/smaps_rollup", pid));
    std::string line;
    while (std::getline(in, line)) {
        if (!line.starts_with("Pss:")) continue;
        std::istringstream words(line.substr(4));
        std::size_t kib = 0;
        words >> kib;
        return kib * 1024;
    }
    return 0;
}

}  // namespace lucid::bench
