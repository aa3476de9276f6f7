// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/tile_path.hpp>

#include <algorithm>
#include <charconv>

namespace lucid::blockchain::tlog {
namespace {

/// 2^63 / 256 tiles have 17 digits: six groups.
constexpr int groups_max = 6;

bool digits(std::string_view text) {
    return !text.empty() &&
           std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A decimal number without leading zeros.
Result<unsigned> small_number(std::string_view text, unsigned max) {
    unsigned value = 0;
    if (!digits(text) || text.size() > 3 || (text.size() > 1 && text.front() == '0'))
        return fail(Errc::bad_value, "number in a tile's path");
    std::from_chars(text.data(), text.data() + text.size(), value);
    if (value > max) return fail(Errc::bad_value, "number in a tile's path", value);
    return value;
}

Result<std::uint64_t> parse_index(std::string_view text) {
    std::uint64_t value = 0;
    for (int group = 0;; ++group) {
        if (group == groups_max) return fail(Errc::limit_exceeded, "index of a tile");
        const bool more = text.starts_with('x');
        if (more) text.remove_prefix(1);
        if (text.size() < 3 || !digits(text.substr(0, 3)))
            return fail(Errc::bad_value, "index of a tile");
        // The one spelling has no group of zeros in front.
        if (more && group == 0 && text.starts_with("000"))
            return fail(Errc::not_canonical, "index of a tile");
        unsigned part = 0;
        std::from_chars(text.data(), text.data() + 3, part);
        value = value * 1000 + part;
        text.remove_prefix(3);
        if (!more) break;
        if (!text.starts_with('/')) return fail(Errc::bad_value, "index of a tile");
        text.remove_prefix(1);
    }
    if (!text.empty()) return fail(Errc::trailing_bytes, "index of a tile");
    return value;
}

std::string format_index(std::uint64_t index) {
    const auto group = [](std::uint64_t n) {
        auto text = std::to_string(n);
        return std::string(3 - text.size(), '0') + text;
    };
    auto out = group(index % 1000);
    while (index >= 1000) {
        index /= 1000;
        out = "x" + group(index % 1000) + "/" + out;
    }
    return out;
}

}  // namespace

std::string TilePath::to_text() const {
    auto out = "tile/" + (level ? std::to_string(*level) : std::string("entries")) + "/" +
               format_index(index);
    if (width != tile_width) out += ".p/" + std::to_string(width);
    return out;
}

Result<TilePath> TilePath::from_text(std::string_view text) {
    constexpr std::string_view prefix = "tile/";
    if (!text.starts_with(prefix)) return fail(Errc::bad_value, "path of a tile");
    text.remove_prefix(prefix.size());
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return fail(Errc::truncated, "path of a tile");
    TilePath out;
    if (text.substr(0, slash) != "entries") {
        LUCID_TRY(out.level, small_number(text.substr(0, slash), level_max));
    }
    text.remove_prefix(slash + 1);
    if (const auto partial = text.find(".p/"); partial != std::string_view::npos) {
        LUCID_TRY(out.width, small_number(text.substr(partial + 3), tile_width - 1));
        if (out.width == 0) return fail(Errc::bad_value, "width of a tile");
        text = text.substr(0, partial);
    }
    LUCID_TRY(out.index, parse_index(text));
    return out;
}

bool TilePath::exists_at(std::uint64_t log_size) const {
    const auto shift = 8 * level.value_or(0);
    const auto nodes = shift >= 64 ? 0 : log_size >> shift;
    if (index > nodes / tile_width) return false;
    const auto have = nodes - index * tile_width;
    return width <= std::min<std::uint64_t>(have, tile_width);
}

}  // namespace lucid::blockchain::tlog
