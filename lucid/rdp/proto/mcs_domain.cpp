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

}  // namespace

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

}  // namespace lucid::rdp::proto
