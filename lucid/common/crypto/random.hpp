// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::crypto {

/// Fills from the operating system's generator (getrandom); aborts if that fails. L1 code does not
/// call this: randomness is an argument there.
void fill_random(MutableByteView out);
template <std::size_t N>
[[nodiscard]] ByteArray<N> random_array() {
    ByteArray<N> out;
    fill_random(out);
    return out;
}

}  // namespace lucid::crypto
