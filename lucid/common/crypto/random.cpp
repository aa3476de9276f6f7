// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/common/result/assert.hpp>

#include <cerrno>
#include <sys/random.h>

namespace lucid::crypto {

void fill_random(MutableByteView out) {
    std::size_t done = 0;
    while (done < out.size()) {
        const auto got = ::getrandom(out.data() + done, out.size() - done, 0);
        if (got < 0 && errno == EINTR) continue;
        LUCID_ASSERT(got > 0);
        done += static_cast<std::size_t>(got);
    }
}

}  // namespace lucid::crypto
