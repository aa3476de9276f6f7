// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/channels/usb.hpp>

#include <algorithm>

namespace lucid::rdp::proto::channels {
namespace {

/// InterfaceId of the device sink with STREAM_ID_PROXY (2.2.1), and ADD_DEVICE's function.
constexpr std::uint32_t proxy_device_sink = 0x40000001;
constexpr std::uint32_t add_device = 0x101;
constexpr std::string_view class_mark = "Class_";

char upper(char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
}

/// A counted list of UTF-16 strings, each ended by NUL, as ASCII; what is not becomes '?'.
Result<std::vector<std::string>> take_ids(Reader& r, const char* field) {
    LUCID_TRY(const auto units, r.u32_le(field));
    if (units > usb_ids_units_max) return fail(Errc::limit_exceeded, field, units);
    LUCID_TRY(const auto bytes, r.take(std::size_t{units} * 2, field));
    std::vector<std::string> ids;
    std::string id;
    for (std::size_t i = 0; i + 1 < bytes.size(); i += 2) {
        const auto unit = static_cast<unsigned>(bytes[i] | bytes[i + 1] << 8);
        if (unit != 0) {
            id.push_back(unit >= 0x20 && unit < 0x7f ? static_cast<char>(unit) : '?');
        } else if (!id.empty()) {
            ids.push_back(std::move(id));
            id.clear();
        }
    }
    if (!id.empty()) ids.push_back(std::move(id));
    return ids;
}

/// "…Class_XX…" but not SubClass_: of each id the first one.
void add_classes(const std::vector<std::string>& ids, std::vector<std::string>& classes) {
    for (const auto& id : ids) {
        const auto at = id.find(class_mark);
        if (at == std::string::npos || at + class_mark.size() + 2 > id.size()) continue;
        const std::string code = {upper(id[at + class_mark.size()]),
                                  upper(id[at + class_mark.size() + 1])};
        if (std::find(classes.begin(), classes.end(), code) == classes.end())
            classes.push_back(code);
    }
}

}  // namespace

Result<std::optional<UsbDevice>> decode_usb_add_device(ByteView message) {
    Reader r(message);
    LUCID_TRY(const auto interface_id, r.u32_le("InterfaceId"));
    LUCID_CHECK(r.skip(4, "MessageId"));
    if (interface_id != proxy_device_sink || r.remaining() < 4) return std::optional<UsbDevice>();
    LUCID_TRY(const auto function, r.u32_le("FunctionId"));
    if (function != add_device) return std::optional<UsbDevice>();
    LUCID_CHECK(r.skip(4 + 4, "NumUsbDevice, UsbDevice"));
    LUCID_TRY(const auto instance, take_ids(r, "DeviceInstanceId"));
    LUCID_TRY(const auto hardware, take_ids(r, "HardwareIds"));
    LUCID_TRY(const auto compatible, take_ids(r, "CompatibilityIds"));
    UsbDevice device;
    if (!hardware.empty()) device.hardware_id = hardware.front();
    add_classes(hardware, device.classes);
    add_classes(compatible, device.classes);
    return std::optional(std::move(device));
}

}  // namespace lucid::rdp::proto::channels
