// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a scanner says of a content, and what it says when it says nothing.

#include <cstdint>
#include <string>

namespace lucid::scan::proto {

enum class Verdict : std::uint8_t {
    clean = 1,
    infected = 2,
    too_large = 3,    ///< more than is held, or than the scanner takes
    unavailable = 4,  ///< no scanner, or one that failed
    timed_out = 5,
};

struct ScanResult {
    Verdict verdict = Verdict::unavailable;
    /// Of an infection: the signature's name. Otherwise why there is no verdict. ASCII.
    std::string name;
    friend bool operator==(const ScanResult&, const ScanResult&) = default;
};

/// "clean", "infected NAME", "unavailable: WHY", …: for events and people.
[[nodiscard]] std::string to_text(const ScanResult& result);

/// Longest name taken from a scanner.
inline constexpr std::size_t scan_name_bytes_max = 200;
/// A scanner's word as an event may carry it: printable ASCII, cut to scan_name_bytes_max.
[[nodiscard]] std::string scan_name(std::string_view text);

}  // namespace lucid::scan::proto
