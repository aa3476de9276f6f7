// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/bulk/zgfx.hpp>

#include <algorithm>

/// Input: messages of length u16 and data. Oracle: no result above the limit.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    Reader r(ByteView(data, size));
    rdp::bulk::Zgfx zgfx;
    for (int messages = 0; messages < 16; ++messages) {
        const auto length = r.u16_le("length");
        if (!length) break;
        const auto message = r.take(std::min<std::size_t>(*length, r.remaining()), "message");
        const auto plain = zgfx.decompress(*message);
        if (!plain) break;
        LUCID_ASSERT(plain->size() <= rdp::bulk::zgfx_message_bytes_max);
    }
    return 0;
}
