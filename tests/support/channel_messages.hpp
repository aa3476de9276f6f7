// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Messages of the clipboard and of redirected devices, as clients and hosts send them.

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/channels/rdpdr.hpp>

#include <optional>
#include <tests/support/rdp_session.hpp>

namespace lucid::test {

using namespace rdp::proto::channels;

inline constexpr std::uint32_t cf_unicodetext = 13;
inline constexpr std::uint32_t file_list = 0xc0aa;

inline Bytes caps(std::uint32_t flags) {
    Writer w;
    w.u16_le(1).u16_le(0).u16_le(1).u16_le(12).u32_le(2).u32_le(flags);
    return encode_clip_message(ClipType::clip_caps, 0, w.view());
}
/// A list of one format, with its name where it is a registered one.
inline Bytes one_format(std::uint32_t id, std::string_view name) {
    Writer w;
    w.u32_le(id).bytes(wide(name)).u16_le(0);
    return encode_clip_message(ClipType::format_list, 0, w.view());
}
inline Bytes formats(bool with_files = false) {
    Writer w;
    w.u32_le(cf_unicodetext).u16_le(0);
    if (with_files) w.u32_le(file_list).bytes(wide("FileGroupDescriptorW")).u16_le(0);
    return encode_clip_message(ClipType::format_list, 0, w.view());
}
inline Bytes request(std::uint32_t format) {
    Writer w;
    w.u32_le(format);
    return encode_clip_message(ClipType::format_data_request, 0, w.view());
}
inline Bytes response(ByteView data) {
    return encode_clip_message(ClipType::format_data_response, cb_response_ok, data);
}
inline Bytes failure() {
    return encode_clip_message(ClipType::format_data_response, cb_response_fail, {});
}
inline Bytes file_request(std::uint32_t stream, std::uint32_t index, std::uint32_t bytes,
                          std::uint64_t position = 0) {
    Writer w;
    w.u32_le(stream).u32_le(index).u32_le(2).u64_le(position).u32_le(bytes);
    return encode_clip_message(ClipType::file_contents_request, 0, w.view());
}
/// Contents of FileGroupDescriptorW with one file; FD_FILESIZE where a size is given.
inline Bytes file_list_of(std::string_view name, std::optional<std::uint64_t> size) {
    Writer w;
    const auto text = wide(name);
    w.u32_le(1).u32_le(size ? 0x40 : 0).zeros(32 + 4 + 16 + 8);
    w.u32_le(static_cast<std::uint32_t>(size.value_or(0) >> 32));
    w.u32_le(static_cast<std::uint32_t>(size.value_or(0)));
    w.bytes(text).zeros(520 - text.size());
    return w.take();
}
inline Bytes file_response(std::uint32_t stream, ByteView data) {
    Writer w;
    w.u32_le(stream).bytes(data);
    return encode_clip_message(ClipType::file_contents_response, cb_response_ok, w.view());
}

struct Device {
    std::uint32_t type;
    std::uint32_t id;
    const char* name;
};
inline Bytes entry(const Device& device) {
    Writer w;
    w.u32_le(device.type).u32_le(device.id);
    Bytes name(8);
    for (std::size_t i = 0; device.name[i] != 0; ++i)
        name[i] = static_cast<std::uint8_t>(device.name[i]);
    w.bytes(name).u32_le(3).bytes(Bytes{'x', 'y', 'z'});
    return w.take();
}
inline Bytes announce(const std::vector<Device>& devices) {
    std::vector<Bytes> entries;
    for (const auto& device : devices) entries.push_back(entry(device));
    return encode_device_list({entries.begin(), entries.end()});
}
inline Bytes io_request(std::uint32_t device, std::uint32_t file, std::uint32_t completion,
                        std::uint32_t major, ByteView parameters) {
    Writer w;
    w.u16_le(0x4472).u16_le(0x4952).u32_le(device).u32_le(file).u32_le(completion);
    w.u32_le(major).u32_le(0).bytes(parameters);
    return w.take();
}
inline Bytes io_completion(std::uint32_t device, std::uint32_t completion, std::uint32_t status,
                           ByteView parameters) {
    Writer w;
    w.u16_le(0x4472).u16_le(0x4943).u32_le(device).u32_le(completion).u32_le(status);
    w.bytes(parameters);
    return w.take();
}
/// A create request for a path; opens what is there unless told otherwise.
inline Bytes create_parameters(std::string_view path, std::uint32_t disposition = 1,
                               std::uint32_t options = 0) {
    Writer w;
    const auto text = wide(path);
    w.zeros(20).u32_le(disposition).u32_le(options);
    w.u32_le(static_cast<std::uint32_t>(text.size() + 2)).bytes(text).u16_le(0);
    return w.take();
}

inline constexpr Device drive{8, 1, "home"};
inline constexpr Device printer{4, 2, "PRN1"};
inline constexpr Device card{0x20, 3, "SCARD"};
inline constexpr Device serial{1, 4, "COM1"};
inline constexpr Device parallel{2, 5, "LPT1"};
inline constexpr Device unknown{0x40, 6, "WHAT"};

}  // namespace lucid::test
