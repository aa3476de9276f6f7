// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Fast-path input (MS-RDPBCGR 2.2.8.1.2) and slow-path input (2.2.8.1.1.3), as far as recording
/// and policy need them; fast-path output (2.2.9.1.2) as far as its updates can be told apart.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <span>
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

/// A whole PDU with at most fast_path_events_max events.
[[nodiscard]] Bytes encode_fast_path_input(std::span<const InputEvent> events);

/// eventFlags of keys (2.2.8.1.2.2.1).
inline constexpr std::uint8_t key_release = 0x01;
inline constexpr std::uint8_t key_extended = 0x02;
inline constexpr std::uint8_t key_extended1 = 0x04;
/// eventFlags of a sync event (2.2.8.1.2.2.5): locks that are on.
inline constexpr std::uint8_t sync_scroll_lock = 0x01;
inline constexpr std::uint8_t sync_num_lock = 0x02;
inline constexpr std::uint8_t sync_caps_lock = 0x04;
/// pointerFlags (2.2.8.1.1.3.1.1.3) and those of an extended mouse event (2.2.8.1.1.3.1.1.4).
inline constexpr std::uint16_t pointer_flag_hwheel = 0x0400;
inline constexpr std::uint16_t pointer_flag_wheel = 0x0200;
inline constexpr std::uint16_t pointer_flag_wheel_negative = 0x0100;
inline constexpr std::uint16_t pointer_flag_move = 0x0800;
inline constexpr std::uint16_t pointer_flag_button1 = 0x1000;
inline constexpr std::uint16_t pointer_flag_button2 = 0x2000;
inline constexpr std::uint16_t pointer_flag_button3 = 0x4000;
inline constexpr std::uint16_t pointer_flag_down = 0x8000;

/// Payload of an input share data PDU, in the same terms.
Result<std::vector<InputEvent>> decode_slow_path_input(ByteView payload);
inline constexpr std::size_t slow_path_events_max = 1024;

enum class UpdateCode : std::uint8_t {
    orders = 0,
    bitmap = 1,
    palette = 2,
    synchronize = 3,
    surface_commands = 4,
    pointer_hidden = 5,
    pointer_default = 6,
    pointer_position = 8,
    pointer_color = 9,
    pointer_cached = 10,
    pointer_new = 11,
    pointer_large = 12,
};
enum class Fragmentation : std::uint8_t { single = 0, last = 1, first = 2, next = 3 };

/// One TS_FP_UPDATE of an output PDU.
struct FastPathUpdate {
    UpdateCode code{};
    Fragmentation fragmentation{};
    /// compressionFlags byte; 0 when absent. PACKET_COMPRESSED is 0x20.
    std::uint8_t compression = 0;
    ByteView data;
};
/// Updates of one whole fast-path output PDU without encryption. An unknown code is kept as sent.
Result<std::vector<FastPathUpdate>> decode_fast_path_output(ByteView pdu);
inline constexpr std::size_t fast_path_updates_max = 4096;

}  // namespace lucid::rdp::proto
