// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/bulk/decompressor.hpp>

#include <algorithm>

/// Input: packets of flags u8, length u8, data. Oracle: no result is larger than a packet may be,
/// and a decompressor restored from the state of another gives the same for the next packet.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace lucid;
    Reader r(ByteView(data, size));
    rdp::bulk::Decompressor bulk;
    for (int packets = 0; packets < 64; ++packets) {
        const auto flags = r.u8("flags");
        const auto length = r.u8("length");
        if (!flags || !length) break;
        const auto packet = r.take(std::min<std::size_t>(*length, r.remaining()), "packet");
        const bool check_state = packets == 3;
        rdp::bulk::Decompressor other;
        if (check_state) {
            Writer w;
            bulk.save(w);
            Reader state(w.view());
            LUCID_ASSERT(other.restore(state) && state.empty());
        }
        const auto plain = bulk.decompress(*flags, *packet);
        if (plain) LUCID_ASSERT(plain->size() <= rdp::bulk::packet_bytes_max);
        if (check_state) {
            const auto same = other.decompress(*flags, *packet);
            LUCID_ASSERT(same.has_value() == plain.has_value());
            if (plain)
                LUCID_ASSERT(std::equal(plain->begin(), plain->end(), same->begin(), same->end()));
        }
        if (!plain) break;
    }
    return 0;
}
