// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/x224.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint8_t tpdu_connection_request = 0xe0;
constexpr std::uint8_t tpdu_connection_confirm = 0xd0;
constexpr std::uint8_t type_rdp_neg_req = 0x01;
constexpr std::uint8_t type_rdp_neg_rsp = 0x02;
constexpr std::uint8_t type_rdp_neg_failure = 0x03;
constexpr std::uint16_t negotiation_bytes = 8;
constexpr std::uint8_t type_correlation_info = 0x06;
constexpr std::uint16_t correlation_info_bytes = 36;
constexpr ByteArray<3> data_tpdu_header = {0x02, 0xf0, 0x80};
/// Longest cookie or routing token taken from a client.
constexpr std::size_t cookie_bytes_max = 255;

/// Length indicator, TPDU code, destination, source, class: 7 bytes, then the variable part.
Result<ByteView> take_connection_tpdu(ByteView packet, std::uint8_t code) {
    LUCID_TRY(const auto tpdu, decode_tpkt(packet));
    Reader r(tpdu);
    LUCID_TRY(const auto length_indicator, r.u8("x224 length indicator"));
    if (std::size_t{length_indicator} + 1 != tpdu.size())
        return fail(Errc::bad_length, "x224 length indicator", length_indicator);
    LUCID_TRY(const auto found, r.u8("x224 code"));
    if ((found & 0xf0U) != code) return fail(Errc::bad_value, "x224 code", found);
    LUCID_CHECK(r.skip(2, "x224 destination reference"));
    LUCID_CHECK(r.skip(2, "x224 source reference"));
    LUCID_CHECK(r.skip(1, "x224 class option"));
    return r.rest();
}

Bytes encode_connection_tpdu(std::uint8_t code, std::uint16_t source, ByteView variable) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(6 + variable.size())).u8(code).u16_be(0).u16_be(source).u8(0);
    w.bytes(variable);
    return encode_tpkt(w.view());
}

Result<void> check_correlation_info(Reader& r) {
    LUCID_TRY(const auto type, r.u8("correlation info type"));
    if (type != type_correlation_info) return fail(Errc::bad_value, "correlation info type", type);
    LUCID_CHECK(r.skip(1, "correlation info flags"));
    LUCID_TRY(const auto length, r.u16_le("correlation info length"));
    if (length != correlation_info_bytes)
        return fail(Errc::bad_length, "correlation info length", length);
    return r.skip(correlation_info_bytes - 4U, "correlation id");
}

}  // namespace

Result<ConnectionRequest> decode_connection_request(ByteView packet) {
    LUCID_TRY(auto variable, take_connection_tpdu(packet, tpdu_connection_request));
    ConnectionRequest request;
    const auto text = as_text(variable);
    if (text.starts_with("Cookie: ") || text.starts_with("tsv://") || text.starts_with("mth://")) {
        const auto end = text.find("\r\n");
        if (end == std::string_view::npos) return fail(Errc::truncated, "x224 cookie");
        // unreached: the length indicator of one byte leaves at most 249 bytes for all of this.
        if (end > cookie_bytes_max) return fail(Errc::limit_exceeded, "x224 cookie", end);
        request.cookie = std::string(text.substr(0, end));
        variable = variable.subspan(end + 2);
    }
    if (variable.empty()) return request;
    Reader r(variable);
    LUCID_TRY(const auto type, r.u8("rdp negotiation type"));
    if (type != type_rdp_neg_req) return fail(Errc::bad_value, "rdp negotiation type", type);
    LUCID_TRY(request.flags, r.u8("rdp negotiation flags"));
    LUCID_TRY(const auto length, r.u16_le("rdp negotiation length"));
    if (length != negotiation_bytes)
        return fail(Errc::bad_length, "rdp negotiation length", length);
    LUCID_TRY(request.requested_protocols, r.u32_le("requested protocols"));
    if ((request.flags & correlation_info_present) != 0) LUCID_CHECK(check_correlation_info(r));
    LUCID_CHECK(r.finish("x224 connection request"));
    return request;
}

Bytes encode_connection_request(const ConnectionRequest& request) {
    Writer w;
    if (!request.cookie.empty()) w.text(request.cookie).text("\r\n");
    if (request.requested_protocols)
        w.u8(type_rdp_neg_req)
            .u8(request.flags)
            .u16_le(negotiation_bytes)
            .u32_le(*request.requested_protocols);
    return encode_connection_tpdu(tpdu_connection_request, 0, w.view());
}

Result<ConnectionConfirm> decode_connection_confirm(ByteView packet) {
    LUCID_TRY(const auto variable, take_connection_tpdu(packet, tpdu_connection_confirm));
    ConnectionConfirm confirm;
    if (variable.empty()) return confirm;
    Reader r(variable);
    LUCID_TRY(const auto type, r.u8("rdp negotiation type"));
    LUCID_TRY(confirm.flags, r.u8("rdp negotiation flags"));
    LUCID_TRY(const auto length, r.u16_le("rdp negotiation length"));
    if (length != negotiation_bytes)
        return fail(Errc::bad_length, "rdp negotiation length", length);
    LUCID_TRY(const auto value, r.u32_le("rdp negotiation value"));
    LUCID_CHECK(r.finish("x224 connection confirm"));
    if (type == type_rdp_neg_rsp) {
        confirm.selected_protocol = value;
    } else if (type == type_rdp_neg_failure) {
        confirm.flags = 0;
        confirm.failure = static_cast<NegotiationFailure>(value);
    } else {
        return fail(Errc::bad_value, "rdp negotiation type", type);
    }
    return confirm;
}

Bytes encode_connection_confirm(const ConnectionConfirm& confirm) {
    Writer w;
    if (confirm.failure) {
        w.u8(type_rdp_neg_failure)
            .u8(0)
            .u16_le(negotiation_bytes)
            .u32_le(static_cast<std::uint32_t>(*confirm.failure));
    } else if (confirm.selected_protocol) {
        w.u8(type_rdp_neg_rsp)
            .u8(confirm.flags)
            .u16_le(negotiation_bytes)
            .u32_le(*confirm.selected_protocol);
    }
    return encode_connection_tpdu(tpdu_connection_confirm, 0x1234, w.view());
}

Result<ByteView> decode_data_tpdu(ByteView packet) {
    LUCID_TRY(const auto tpdu, decode_tpkt(packet));
    Reader r(tpdu);
    LUCID_CHECK(r.expect(data_tpdu_header, "x224 data header"));
    return r.rest();
}

Bytes encode_data_tpdu(ByteView payload) {
    Writer w(payload.size() + data_tpdu_header.size());
    w.bytes(data_tpdu_header).bytes(payload);
    return encode_tpkt(w.view());
}

}  // namespace lucid::rdp::proto
