// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/tpkt.hpp>

namespace lucid::rdp::proto {

Result<ByteView> decode_tpkt(ByteView packet) {
    Reader r(packet);
    LUCID_TRY(const auto version, r.u8("tpkt version"));
    if (version != tpkt_version) return fail(Errc::bad_version, "tpkt version", version);
    LUCID_CHECK(r.skip(1, "tpkt reserved"));
    LUCID_TRY(const auto length, r.u16_be("tpkt length"));
    if (length < tpkt_header_bytes || length != packet.size())
        return fail(Errc::bad_length, "tpkt length", length);
    return r.rest();
}

Bytes encode_tpkt(ByteView payload) {
    LUCID_ASSERT(payload.size() + tpkt_header_bytes <= 0xffff);
    Writer w(payload.size() + tpkt_header_bytes);
    w.u8(tpkt_version).u8(0).u16_be(static_cast<std::uint16_t>(payload.size() + tpkt_header_bytes));
    w.bytes(payload);
    return w.take();
}

Result<std::optional<PduFrame>> peek_pdu(ByteView stream) {
    if (stream.size() < 2) return std::nullopt;
    if (stream[0] == tpkt_version) {
        if (stream.size() < tpkt_header_bytes) return std::nullopt;
        const std::size_t length = std::size_t{stream[2]} << 8 | stream[3];
        // Smallest X.224 PDU behind the header is a data TPDU of three bytes.
        if (length < tpkt_header_bytes + 3) return fail(Errc::bad_length, "tpkt length", length);
        return PduFrame{length, false};
    }
    // action lies in the two low bits: FASTPATH_*_ACTION_FASTPATH is 0.
    if ((stream[0] & 0x03U) != 0) return fail(Errc::bad_value, "pdu action", stream[0]);
    if ((stream[1] & 0x80U) == 0) {
        if (stream[1] < 2) return fail(Errc::bad_length, "fast-path length", stream[1]);
        return PduFrame{stream[1], true};
    }
    if (stream.size() < 3) return std::nullopt;
    const std::size_t length = std::size_t{stream[1] & 0x7fU} << 8 | stream[2];
    if (length < 3) return fail(Errc::bad_length, "fast-path length", length);
    return PduFrame{length, true};
}

}  // namespace lucid::rdp::proto
