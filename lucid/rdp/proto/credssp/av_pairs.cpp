// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/credssp/av_pairs.hpp>

namespace lucid::rdp::proto::credssp {

Result<AvPairs> decode_av_pairs(ByteView bytes, ByteView& rest) {
    Reader r(bytes);
    AvPairs pairs;
    for (;;) {
        LUCID_TRY(const auto id, r.u16_le("AvId"));
        LUCID_TRY(const auto length, r.u16_le("AvLen"));
        LUCID_TRY(const auto value, r.take(length, "AvPair value"));
        if (static_cast<AvId>(id) == AvId::eol) {
            if (length != 0) return fail(Errc::bad_length, "MsvAvEOL", length);
            break;
        }
        if (pairs.size() == av_pairs_max)
            return fail(Errc::limit_exceeded, "AvPairs", av_pairs_max);
        pairs.push_back({static_cast<AvId>(id), to_bytes(value)});
    }
    rest = r.rest();
    return pairs;
}

Bytes encode_av_pairs(const AvPairs& pairs) {
    Writer w;
    for (const auto& pair : pairs)
        w.u16_le(static_cast<std::uint16_t>(pair.id))
            .u16_le(static_cast<std::uint16_t>(pair.value.size()))
            .bytes(pair.value);
    w.u16_le(0).u16_le(0);
    return w.take();
}

const AvPair* find_av_pair(const AvPairs& pairs, AvId id) {
    for (const auto& pair : pairs)
        if (pair.id == id) return &pair;
    return nullptr;
}

}  // namespace lucid::rdp::proto::credssp
