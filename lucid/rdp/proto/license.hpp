// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Licensing PDUs as far as a client without a license needs them (MS-RDPBCGR 2.2.1.12;
/// MS-RDPELE 2.2.2).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::proto {

/// bMsgType of the preamble (MS-RDPELE 2.2.2.1, 2.2.1).
enum class LicenseMessage : std::uint8_t {
    request = 0x01,
    platform_challenge = 0x02,
    new_license = 0x03,
    upgrade_license = 0x04,
    error_alert = 0xff,
};

struct LicensePdu {
    LicenseMessage type{};
    std::uint32_t error_code = 0;  ///< of an error_alert
};
/// dwErrorCode of 2.2.1.12.1.3.
inline constexpr std::uint32_t license_valid_client = 7;
inline constexpr std::uint32_t license_err_no_license_server = 6;

/// User data with its security header.
Result<LicensePdu> decode_license_pdu(ByteView user_data);
/// License Error Message (2.2.1.12.1.3) with state transition ST_TOTAL_ABORT, as user data.
[[nodiscard]] Bytes encode_license_error(std::uint32_t error_code);

}  // namespace lucid::rdp::proto
