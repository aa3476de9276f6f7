// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/channels/camera.hpp>
#include <lucid/rdp/proto/channels/drdynvc.hpp>

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::uint8_t device_added_notification = 0x05;

}  // namespace

Result<std::optional<CameraAdded>> decode_camera_added(ByteView message) {
    Reader r(message);
    LUCID_CHECK(r.skip(1, "Version"));
    LUCID_TRY(const auto id, r.u8("MessageId"));
    if (id != device_added_notification) return std::optional<CameraAdded>();
    CameraAdded camera;
    const auto rest = r.rest();
    std::size_t end = 0;
    while (end + 1 < rest.size() && (rest[end] != 0 || rest[end + 1] != 0)) end += 2;
    if (end + 1 >= rest.size()) return fail(Errc::truncated, "DeviceName");
    camera.name = rest.first(end);
    const auto text = as_text(rest.subspan(end + 2));
    if (text.empty() || text.find('\0') != text.size() - 1)
        return fail(Errc::bad_value, "VirtualChannelName");
    if (text.size() > dvc_name_bytes_max)
        return fail(Errc::limit_exceeded, "VirtualChannelName", text.size());
    camera.channel = std::string(text.substr(0, text.size() - 1));
    return std::optional(std::move(camera));
}

}  // namespace lucid::rdp::proto::channels
