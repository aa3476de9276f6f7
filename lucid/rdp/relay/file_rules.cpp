// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/file_rules.hpp>

#include <algorithm>

namespace lucid::rdp::relay {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool allows_part(const Policy& policy, std::string_view name) {
    while (!name.empty() && (name.back() == '.' || name.back() == ' ')) name.remove_suffix(1);
    const auto matches = [&](const std::string& pattern) { return matches_pattern(pattern, name); };
    const auto& denied = policy.file_names_denied;
    const auto& allowed = policy.file_names_allowed;
    if (std::any_of(denied.begin(), denied.end(), matches)) return false;
    return allowed.empty() || std::any_of(allowed.begin(), allowed.end(), matches);
}

}  // namespace

bool matches_pattern(std::string_view pattern, std::string_view name) {
    // Greedy with one step back to the last star: linear in practice, quadratic at worst.
    std::size_t p = 0;
    std::size_t n = 0;
    std::size_t star = std::string_view::npos;
    std::size_t after = 0;
    while (n < name.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            after = n;
        } else if (p < pattern.size() &&
                   (pattern[p] == '?' || lower(pattern[p]) == lower(name[n]))) {
            ++p;
            ++n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++after;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

bool allows_file_name(const Policy& policy, std::string_view path) {
    if (const auto slash = path.find_last_of("/\\"); slash != path.npos)
        path.remove_prefix(slash + 1);
    for (;;) {
        const auto colon = path.find(':');
        if (!allows_part(policy, path.substr(0, colon))) return false;
        if (colon == path.npos) return true;
        path.remove_prefix(colon + 1);
    }
}

}  // namespace lucid::rdp::relay
