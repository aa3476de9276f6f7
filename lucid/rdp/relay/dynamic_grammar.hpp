// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Dynamic channels that are known: what they are for, what their messages may begin with in each
/// direction, and how much may be said. A channel that leaves its grammar or budget is closed on
/// both sides. Sources: MS-RDPEGFX 2.2.1.5, 2.2.5; MS-RDPEDISP 2.2.1; MS-RDPEI 2.2.2;
/// MS-RDPEGT 2.2.1; MS-RDPEA 2.2.1; MS-RDPEAI 2.2.1; MS-RDPECAM 2.2.1; MS-RDPEUSB 2.2.1.

#include <lucid/rdp/relay/transfer_event.hpp>

#include <optional>

namespace lucid::rdp::relay {

enum class DynamicKind {
    graphics,
    display,
    touch,
    geometry,
    echo,
    audio_out,
    audio_in,
    camera_list,  ///< says which cameras there are, and the names of their channels
    camera,
    usb,
};

/// By name, which is compared exactly; cameras' channels are known by prefix.
[[nodiscard]] std::optional<DynamicKind> dynamic_kind(std::string_view name);
inline constexpr std::string_view camera_channel_prefix = "RDCamera_Device_";

struct DynamicBudget {
    std::uint32_t message_bytes_max = 0;  ///< 0: nothing may be said in that direction
    std::uint64_t minute_bytes_max = 0;   ///< 0: as much as there is
};
[[nodiscard]] DynamicBudget dynamic_budget(DynamicKind kind, Side from);

/// `head` is what is there of a message of `total` bytes: its first fragment. May it be said?
[[nodiscard]] bool fits_grammar(DynamicKind kind, Side from, ByteView head, std::uint32_t total);

/// One direction of an open channel: where messages begin, and how much was said.
class DynamicFlow {
  public:
    /// A fragment: `total` is given with the first one of a message that has several. Says what is
    /// wrong, or null.
    const char* take(DynamicKind kind, Side from, ByteView data, std::optional<std::uint32_t> total,
                     std::uint64_t now_us);
    [[nodiscard]] std::uint64_t bytes() const { return bytes_; }

  private:
    std::uint32_t total_ = 0;
    std::uint32_t received_ = 0;
    bool open_ = false;
    std::uint64_t bytes_ = 0;
    std::uint64_t minute_began_us_ = 0;
    std::uint64_t minute_bytes_ = 0;
};

}  // namespace lucid::rdp::relay
