// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto {

/// UTF-16LE of UTF-8 text; Errc::bad_value where it is not UTF-8 (RFC 3629).
Result<crypto::Secret> utf16_of(ByteView utf8);
/// UTF-8 of UTF-16LE text up to its end or first NUL; what is no character becomes U+FFFD.
[[nodiscard]] std::string utf8_of(ByteView utf16);

}  // namespace lucid::rdp::proto
