// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// C2SP tlog-tiles: where the hashes and entries of a log stand below its URL.
///
///     tile/LEVEL/INDEX[.p/WIDTH]       up to 256 hashes: level 0 has leaves, level n + 1 the roots
///     of full tiles of level n tile/entries/INDEX[.p/WIDTH]     up to 256 entries, each behind its
///     length (u16, big-endian)
///
/// INDEX has groups of three digits, all but the last behind an x: 1234067 is x001/x234/067.

#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>

namespace lucid::blockchain::tlog {

inline constexpr unsigned tile_width = 256;
inline constexpr unsigned level_max = 63;

struct TilePath {
    std::optional<unsigned> level;  ///< none: entries
    std::uint64_t index = 0;
    unsigned width = tile_width;  ///< 1 to 255: a partial tile

    /// Without a slash in front.
    [[nodiscard]] std::string to_text() const;
    /// Takes exactly what to_text() makes.
    static Result<TilePath> from_text(std::string_view text);

    /// Does a log of this size have the tile, with as many hashes or entries as `width` says?
    [[nodiscard]] bool exists_at(std::uint64_t log_size) const;

    friend bool operator==(const TilePath&, const TilePath&) = default;
};

}  // namespace lucid::blockchain::tlog
