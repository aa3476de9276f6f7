// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/x224.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint16_t user_id_base = 1001;

bool is_known(std::uint8_t type) {
    switch (static_cast<McsPduType>(type)) {
        case McsPduType::erect_domain_request:
        case McsPduType::disconnect_provider_ultimatum:
        case McsPduType::attach_user_request:
        case McsPduType::attach_user_confirm:
        case McsPduType::channel_join_request:
        case McsPduType::channel_join_confirm:
        case McsPduType::send_data_request:
        case McsPduType::send_data_indication:
            return true;
    }
    return false;
}

constexpr std::uint8_t optional_present = 0x02;

/// Type, a bit for an optional id, Result in four bits (T.125 §7, Result ::= ENUMERATED).
Result<bool> read_confirm(Reader& r, McsPduType type) {
    LUCID_TRY(const auto head, r.u8("mcs confirm"));
    if (head >> 2 != static_cast<std::uint8_t>(type))
        return fail(Errc::bad_value, "mcs confirm", head);
    LUCID_TRY(const auto rest, r.u8("mcs result"));
    const unsigned result = (head & 1U) << 3 | rest >> 5;
    if (result != 0) return fail(Errc::refused, "mcs result", result);
    return (head & optional_present) != 0;
}

}  // namespace

Result<std::uint16_t> decode_attach_user_confirm(ByteView packet) {
    LUCID_TRY(const auto payload, decode_data_tpdu(packet));
    Reader r(payload);
    LUCID_TRY(const bool has_user, read_confirm(r, McsPduType::attach_user_confirm));
    if (!has_user) return fail(Errc::refused, "mcs user");
    LUCID_TRY(const auto user, r.u16_be("mcs user"));
    LUCID_CHECK(r.finish("attach user confirm"));
    return static_cast<std::uint16_t>(user + user_id_base);
}

Result<std::uint16_t> decode_channel_join_confirm(ByteView packet) {
    LUCID_TRY(const auto payload, decode_data_tpdu(packet));
    Reader r(payload);
    LUCID_TRY(const bool has_channel, read_confirm(r, McsPduType::channel_join_confirm));
    LUCID_CHECK(r.skip(2, "mcs initiator"));
    LUCID_TRY(auto channel, r.u16_be("mcs requested channel"));
    if (has_channel) {
        LUCID_TRY(channel, r.u16_be("mcs channel"));
    }
    LUCID_CHECK(r.finish("channel join confirm"));
    return channel;
}

Bytes encode_erect_domain_request() {
    return encode_data_tpdu(Bytes{4, 1, 0, 1, 0});
}

Bytes encode_attach_user_request() {
    return encode_data_tpdu(Bytes{
        static_cast<std::uint8_t>(static_cast<unsigned>(McsPduType::attach_user_request) << 2)});
}

Bytes encode_channel_join_request(std::uint16_t user, std::uint16_t channel) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(McsPduType::channel_join_request) << 2));
    w.u16_be(static_cast<std::uint16_t>(user - user_id_base)).u16_be(channel);
    return encode_data_tpdu(w.view());
}

Result<McsPdu> decode_mcs_pdu(ByteView packet) {
    LUCID_TRY(const auto payload, decode_data_tpdu(packet));
    Reader r(payload);
    LUCID_TRY(const auto head, r.u8("mcs type"));
    const auto type = static_cast<std::uint8_t>(head >> 2);
    if (!is_known(type)) return fail(Errc::unsupported, "mcs type", type);
    McsPdu pdu;
    pdu.type = static_cast<McsPduType>(type);
    if (pdu.type != McsPduType::send_data_request && pdu.type != McsPduType::send_data_indication)
        return pdu;
    LUCID_TRY(const auto initiator, r.u16_be("mcs initiator"));
    pdu.initiator = static_cast<std::uint16_t>(initiator + user_id_base);
    LUCID_TRY(pdu.channel, r.u16_be("mcs channel"));
    LUCID_CHECK(r.skip(1, "mcs priority and segmentation"));
    LUCID_TRY(const auto first, r.u8("mcs data length"));
    std::size_t length = first;
    if ((first & 0x80U) != 0) {
        if ((first & 0x40U) != 0) return fail(Errc::unsupported, "mcs data length", first);
        LUCID_TRY(const auto second, r.u8("mcs data length"));
        length = std::size_t{first & 0x3fU} << 8 | second;
    }
    if (length != r.remaining()) return fail(Errc::bad_length, "mcs data length", length);
    pdu.data = r.rest();
    return pdu;
}

Bytes encode_send_data(McsPduType type, std::uint16_t initiator, std::uint16_t channel,
                       ByteView data) {
    LUCID_ASSERT(data.size() <= mcs_data_bytes_max);
    Writer w(data.size() + 8);
    w.u8(static_cast<std::uint8_t>(static_cast<unsigned>(type) << 2));
    w.u16_be(static_cast<std::uint16_t>(initiator - user_id_base)).u16_be(channel).u8(0x70);
    w.u16_be(static_cast<std::uint16_t>(0x8000U | data.size()));
    w.bytes(data);
    return encode_data_tpdu(w.view());
}

Bytes encode_disconnect_provider_ultimatum(unsigned reason) {
    // Type in six bits, reason in the next three (T.125: Reason ::= ENUMERATED).
    const auto bits = static_cast<std::uint16_t>(
        static_cast<unsigned>(McsPduType::disconnect_provider_ultimatum) << 10 | reason << 7);
    Writer w;
    w.u16_be(bits);
    return encode_data_tpdu(w.view());
}

Result<unsigned> decode_disconnect_reason(ByteView packet) {
    LUCID_TRY(const auto payload, decode_data_tpdu(packet));
    LUCID_TRY(const auto bits, Reader(payload).u16_be("mcs disconnect reason"));
    if (bits >> 10 != static_cast<unsigned>(McsPduType::disconnect_provider_ultimatum))
        return fail(Errc::bad_value, "mcs type", bits >> 10);
    return (bits >> 7) & 7U;
}

}  // namespace lucid::rdp::proto
