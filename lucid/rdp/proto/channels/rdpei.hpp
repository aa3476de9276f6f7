// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Touch (MS-RDPEI 2.2) on the dynamic channel "Microsoft::Windows::RDS::Input": a host's messages
/// and what a client says. Pens are not here.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <span>
#include <vector>

namespace lucid::rdp::proto::channels {

/// protocolVersion (2.2.3.1): hosts' versions begin here; pens came with 2.0.
inline constexpr std::uint32_t touch_version_1_0 = 0x00010000;
inline constexpr std::uint32_t touch_version_1_1 = 0x00010001;

/// eventId (2.2.2.6 RDPINPUT_HEADER) of what a host says.
enum class TouchHostEvent : std::uint16_t {
    ready = 1,
    suspend = 4,
    resume = 5,
};
struct TouchHostMessage {
    TouchHostEvent event{};
    std::uint32_t version = 0;   ///< of ready
    std::uint32_t features = 0;  ///< of ready, where it has them (from version 3.0 on)
};
/// Errc::bad_length: pduLength is not the message's; Errc::bad_value: nothing a host says.
Result<TouchHostMessage> decode_touch_host_message(ByteView message);

/// contactFlags (2.2.3.3.1.1).
inline constexpr std::uint32_t touch_flag_down = 0x01;
inline constexpr std::uint32_t touch_flag_update = 0x02;
inline constexpr std::uint32_t touch_flag_up = 0x04;
inline constexpr std::uint32_t touch_flag_in_range = 0x08;
inline constexpr std::uint32_t touch_flag_in_contact = 0x10;
inline constexpr std::uint32_t touch_flag_canceled = 0x20;

/// Either way from the origin: FOUR_BYTE_SIGNED_INTEGER (2.2.2.4) ends there.
inline constexpr std::int32_t touch_coordinate_max = 0x1fffffff;
/// Of EIGHT_BYTE_UNSIGNED_INTEGER (2.2.2.5).
inline constexpr std::uint64_t touch_offset_max = 0x1fff'ffff'ffff'ffff;

/// RDPINPUT_TOUCH_CONTACT without its optional fields.
struct TouchContact {
    std::uint8_t id = 0;
    std::int32_t x = 0;
    std::int32_t y = 0;
    std::uint32_t flags = 0;
};
/// RDPINPUT_TOUCH_FRAME.
struct TouchFrame {
    std::uint64_t offset_us = 0;  ///< behind the frame before; 0 of the first
    std::vector<TouchContact> contacts;
};

/// RDPINPUT_CS_READY_PDU (2.2.3.2) without flags.
[[nodiscard]] Bytes encode_touch_ready(std::uint32_t version, std::uint16_t contacts_max);
/// RDPINPUT_TOUCH_EVENT_PDU (2.2.3.3), sent as soon as its first frame is there. Coordinates and
/// offsets are within the limits above.
[[nodiscard]] Bytes encode_touch_event(std::span<const TouchFrame> frames);
/// RDPINPUT_DISMISS_HOVERING_TOUCH_CONTACT_PDU (2.2.3.6).
[[nodiscard]] Bytes encode_touch_dismiss(std::uint8_t id);

}  // namespace lucid::rdp::proto::channels
