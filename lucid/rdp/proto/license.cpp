// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/license.hpp>

namespace lucid::rdp::proto {

Result<LicensePdu> decode_license_pdu(ByteView user_data) {
    Reader r(user_data);
    LUCID_CHECK(r.skip(4, "security header"));
    LicensePdu pdu;
    LUCID_TRY(const auto type, r.u8("bMsgType"));
    pdu.type = static_cast<LicenseMessage>(type);
    LUCID_CHECK(r.skip(1, "license flags"));
    LUCID_CHECK(r.skip(2, "wMsgSize"));
    switch (pdu.type) {
        case LicenseMessage::request:
        case LicenseMessage::platform_challenge:
        case LicenseMessage::new_license:
        case LicenseMessage::upgrade_license:
            return pdu;
        case LicenseMessage::error_alert: {
            LUCID_TRY(pdu.error_code, r.u32_le("dwErrorCode"));
            return pdu;
        }
    }
    return fail(Errc::bad_value, "bMsgType", type);
}

Bytes encode_license_error(std::uint32_t error_code) {
    constexpr std::uint8_t preamble_version_3 = 0x03;
    constexpr std::uint16_t message_bytes = 16;
    constexpr std::uint32_t st_total_abort = 1;
    constexpr std::uint16_t bb_error_blob = 4;
    Writer w;
    w.u16_le(sec_license_pkt).u16_le(0);
    w.u8(static_cast<std::uint8_t>(LicenseMessage::error_alert)).u8(preamble_version_3);
    w.u16_le(message_bytes).u32_le(error_code).u32_le(st_total_abort);
    w.u16_le(bb_error_blob).u16_le(0);
    return w.take();
}

}  // namespace lucid::rdp::proto
