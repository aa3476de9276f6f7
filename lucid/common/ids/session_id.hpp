// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/encoding.hpp>

#include <compare>

namespace lucid {

/// 32 random bytes that name a session for ever (evidence.md, Time and identity).
struct SessionId {
    Hash32 bytes{};

    [[nodiscard]] std::string hex() const { return to_hex(bytes); }
    static Result<SessionId> from_hex(std::string_view text) {
        LUCID_TRY(const auto hash, hash32_from_hex(text));
        return SessionId{hash};
    }
    friend auto operator<=>(const SessionId&, const SessionId&) = default;
};

}  // namespace lucid
