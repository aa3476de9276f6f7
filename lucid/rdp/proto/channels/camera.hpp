// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Camera redirection (MS-RDPECAM 2.2), as far as a filter needs it.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>

namespace lucid::rdp::proto::channels {

struct CameraAdded {
    ByteView name;        ///< DeviceName, UTF-16LE without its NUL
    std::string channel;  ///< VirtualChannelName
};
/// Device Added Notification (2.2.2.3); nothing for other messages.
Result<std::optional<CameraAdded>> decode_camera_added(ByteView message);

}  // namespace lucid::rdp::proto::channels
