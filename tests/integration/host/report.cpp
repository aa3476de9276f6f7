// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <cstdio>

namespace lucid::test_host {

void Report::say(const std::string& word, const std::string& details) {
    static std::mutex output;
    {
        const std::lock_guard lock(output);
        std::printf("%d %s%s%s\n", connection_, word.c_str(), details.empty() ? "" : " ",
                    details.c_str());
        std::fflush(stdout);
    }
    const std::lock_guard lock(mutex_);
    ++said_[word];
}

bool Report::take(const std::string& word) {
    const std::lock_guard lock(mutex_);
    auto& count = said_[word];
    if (count == 0) return false;
    --count;
    return true;
}

std::string Report::printable(const char* data, std::size_t size) {
    std::string out;
    for (std::size_t i = 0; i < size; ++i) out += data[i] >= 0x20 && data[i] < 0x7f ? data[i] : '.';
    return out;
}

}  // namespace lucid::test_host
