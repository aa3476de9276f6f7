// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fast-path input (MS-RDPBCGR 2.2.8.1.2), as far as recording and policy need it.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <vector>

namespace lucid::rdp::proto {

enum class FastPathEvent : std::uint8_t {
    scancode = 0,
    mouse = 1,
    mouse_ex = 2,
    sync = 3,
    unicode = 4,
    rel_mouse = 5,
    qoe_timestamp = 6,
};

struct InputEvent {
    FastPathEvent code{};
    std::uint8_t flags = 0;     ///< eventFlags: 1 release, 2 extended, 4 extended1
    std::uint16_t key = 0;      ///< scancode, UTF-16 unit
    std::uint16_t pointer = 0;  ///< pointerFlags
    std::uint16_t x = 0;
    std::uint16_t y = 0;
};

inline constexpr std::size_t fast_path_events_max = 255;

/// One whole fast-path input PDU without encryption.
Result<std::vector<InputEvent>> decode_fast_path_input(ByteView pdu);

}  // namespace lucid::rdp::proto
