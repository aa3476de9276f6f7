// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>

#include <cstdio>
#include <cstdlib>

namespace lucid {

void assertion_failed(const char* claim, const char* file, int line) noexcept {
    std::fprintf(stderr, "lucid: assertion failed: %s (%s:%d)\n", claim, file, line);
    std::abort();
}

}  // namespace lucid
