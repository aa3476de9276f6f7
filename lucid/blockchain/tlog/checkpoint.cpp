// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/checkpoint.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <charconv>

namespace lucid::blockchain::tlog {
namespace {

constexpr std::uint64_t size_max = (1ULL << 63) - 1;

/// The next line without its line feed.
Result<std::string_view> take_line(std::string_view& text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return fail(Errc::truncated, "line of a checkpoint");
    const auto line = text.substr(0, end);
    if (line.empty()) return fail(Errc::bad_value, "empty line in a checkpoint");
    text.remove_prefix(end + 1);
    return line;
}

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || value > size_max)
        return fail(Errc::bad_value, "size");
    if (text.size() > 1 && text.front() == '0') return fail(Errc::not_canonical, "size");
    return value;
}

std::string Checkpoint::to_text() const {
    auto out = origin + "\n" + std::to_string(size) + "\n" + to_base64(root) + "\n";
    for (const auto& line : extensions) out += line + "\n";
    return out;
}

Result<Checkpoint> Checkpoint::from_text(std::string_view text) {
    Checkpoint out;
    LUCID_TRY(out.origin, take_line(text));
    LUCID_TRY(const auto size, take_line(text));
    LUCID_TRY(out.size, parse_size(size));
    LUCID_TRY(const auto root, take_line(text));
    LUCID_TRY(const auto bytes, from_base64(root));
    if (bytes.size() != out.root.size()) return fail(Errc::bad_length, "root", bytes.size());
    std::copy(bytes.begin(), bytes.end(), out.root.begin());
    while (!text.empty()) {
        LUCID_TRY(const auto line, take_line(text));
        out.extensions.emplace_back(line);
    }
    return out;
}

}  // namespace lucid::blockchain::tlog
