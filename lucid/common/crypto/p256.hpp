// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::crypto {

/// ECDSA over NIST P-256 (FIPS 186-5): does `signature` (r ‖ s, big-endian) of `public_key` (x ‖ y)
/// fit the digest? False also for coordinates and numbers out of range and points off the curve.
[[nodiscard]] bool p256_verify(std::span<const std::uint8_t, 32> digest,
                               std::span<const std::uint8_t, 64> signature,
                               std::span<const std::uint8_t, 64> public_key);

}  // namespace lucid::crypto
