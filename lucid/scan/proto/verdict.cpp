// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/scan/proto/verdict.hpp>

#include <string_view>

namespace lucid::scan::proto {

std::string to_text(const ScanResult& result) {
    const auto because = [&](std::string word, const char* between) {
        return result.name.empty() ? word : word + between + result.name;
    };
    switch (result.verdict) {
        case Verdict::clean:
            return "clean";
        case Verdict::infected:
            return because("infected", " ");
        case Verdict::too_large:
            return because("too large to scan", ": ");
        case Verdict::unavailable:
            return because("unavailable", ": ");
        case Verdict::timed_out:
            return because("timed out", ": ");
    }
    return "unavailable";
}

std::string scan_name(std::string_view text) {
    std::string out;
    for (const char c : text.substr(0, scan_name_bytes_max))
        out.push_back(c >= 0x20 && c < 0x7f ? c : '?');
    return out;
}

}  // namespace lucid::scan::proto
