// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// C2SP tlog-checkpoint: the head of a log as the text of a signed note.

#include <lucid/blockchain/tlog/note.hpp>

namespace lucid::blockchain::tlog {

struct Checkpoint {
    std::string origin;
    std::uint64_t size = 0;
    Hash32 root{};
    std::vector<std::string> extensions;  ///< lines, opaque

    /// "ORIGIN\nSIZE\nBASE64(root)\n" and the extension lines.
    [[nodiscard]] std::string to_text() const;
    /// Exactly what to_text() makes: sizes without leading zeros, no empty lines.
    static Result<Checkpoint> from_text(std::string_view text);
};

/// Decimal without sign or leading zeros, to 2^63 - 1.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace lucid::blockchain::tlog
