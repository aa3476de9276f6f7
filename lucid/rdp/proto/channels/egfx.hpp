// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Graphics pipeline capabilities (MS-RDPEGFX 2.2.2.18 RDPGFX_CAPS_ADVERTISE_PDU, 2.2.2.19
/// RDPGFX_CAPS_CONFIRM_PDU) and acknowledgements (2.2.2.13 RDPGFX_FRAME_ACKNOWLEDGE_PDU).

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <vector>

namespace lucid::rdp::proto::channels {

inline constexpr std::uint16_t egfx_frame_acknowledge = 0x000d;
inline constexpr std::uint16_t egfx_caps_advertise = 0x0012;
inline constexpr std::uint16_t egfx_caps_confirm = 0x0013;

struct EgfxCapability {
    std::uint32_t version = 0;
    ByteView data;  ///< capsData
};
inline constexpr std::size_t egfx_capabilities_max = 32;

/// cmdId of RDPGFX_HEADER.
Result<std::uint16_t> decode_egfx_command(ByteView message);
Result<std::vector<EgfxCapability>> decode_caps_advertise(ByteView message);
[[nodiscard]] Bytes encode_caps_advertise(const std::vector<EgfxCapability>& capabilities);
Result<EgfxCapability> decode_caps_confirm(ByteView message);

/// The same acknowledgement with queueDepth SUSPEND_FRAME_ACKNOWLEDGEMENT: the host is to send
/// frames without waiting for more of them. Errc::bad_length: it is none.
Result<Bytes> suspend_acknowledgements(ByteView frame_acknowledge);

/// Versions that MS-RDPEGFX 2.2.3 defines: 8, 8.1, 10, 10.1 to 10.7.
[[nodiscard]] bool is_known_egfx_version(std::uint32_t version);

}  // namespace lucid::rdp::proto::channels
