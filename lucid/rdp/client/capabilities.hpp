// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/client/settings.hpp>

namespace lucid::rdp::client {

/// Capability sets of a Confirm Active (MS-RDPBCGR 2.2.7), with their headers.
struct CapabilitySets {
    std::size_t count = 0;
    Bytes bytes;
};
/// What rdp/picture can draw: no drawing orders at all, bitmaps, surface commands where the
/// settings want them. The desktop's size is the one the host demanded.
[[nodiscard]] CapabilitySets make_capabilities(const Settings& settings, std::uint16_t width,
                                               std::uint16_t height);

}  // namespace lucid::rdp::client
