// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/client/settings.hpp>

namespace lucid::rdp::client {

/// CAPS_ADVERTISE of the graphics pipeline (MS-RDPEGFX 2.2.2.18) for these settings; empty where
/// they do not want the pipeline.
[[nodiscard]] Bytes make_graphics_caps(Graphics graphics);

}  // namespace lucid::rdp::client
