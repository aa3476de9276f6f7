// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/picture/compositor.hpp>

#include <algorithm>

/// Input: PDUs of length u16 and bytes; the first is a Connect-Response. Oracle: pictures stay in
/// their budget, damage inside the screen, and a snapshot in the middle restores to itself.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    Reader r(ByteView(data, size));
    rdp::picture::CompositorOptions options;
    options.pixel_bytes_max = std::size_t{16} << 20;
    rdp::picture::Compositor compositor(options);
    for (int i = 0; i < 64; ++i) {
        const auto length = r.u16_le("length");
        if (!length) break;
        const auto pdu = r.take(std::min<std::size_t>(*length, r.remaining()), "pdu");
        (void)(i == 0 ? compositor.connect_response(*pdu) : compositor.server_pdu(*pdu));
        LUCID_ASSERT(compositor.pixel_bytes() <= options.pixel_bytes_max);
        const auto bounds = compositor.screen().bounds();
        for (const auto& rect : compositor.take_damage())
            LUCID_ASSERT(rdp::codec::intersect(rect, bounds) == rect);
    }
    if (compositor.pixel_bytes() > (std::size_t{1} << 20)) return 0;
    const auto snapshot = compositor.snapshot();
    LUCID_ASSERT(snapshot);
    rdp::picture::Compositor other(options);
    LUCID_ASSERT(other.restore(*snapshot));
    LUCID_ASSERT(*other.snapshot() == *snapshot);
    return 0;
}
