// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// USB redirection (MS-RDPEUSB 2.2), as far as a filter by device class needs it.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace lucid::rdp::proto::channels {

/// Longest list of ids of one device, in UTF-16 units.
inline constexpr std::uint32_t usb_ids_units_max = 4096;

struct UsbDevice {
    /// Of hardware and compatibility ids, "USB\Class_08&SubClass_06&Prot_50": the class codes in
    /// their order without repetition, two upper-case hexadecimal digits each.
    std::vector<std::string> classes;
    std::string hardware_id;  ///< the first, ASCII: "USB\VID_0781&PID_5567&REV_0126"
};

/// ADD_DEVICE (2.2.4.2), by which a client offers a device; nothing for other messages.
Result<std::optional<UsbDevice>> decode_usb_add_device(ByteView message);

}  // namespace lucid::rdp::proto::channels
