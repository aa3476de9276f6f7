// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Keys by name and text as input events.

#include <lucid/rdp/proto/fast_path.hpp>

#include <string_view>

namespace lucid::rdp::client {

using InputEvents = std::vector<proto::InputEvent>;

/// How text becomes keys.
enum class Typing : std::uint8_t {
    scancodes,  ///< keys of a US keyboard where there is one, Unicode events for the rest
    unicode,    ///< Unicode events only (Enter, Tab and Backspace stay keys)
};

/// Down and up of every character. Errc::bad_value: not UTF-8.
Result<InputEvents> type_text(std::string_view utf8, Typing typing);

/// A key or a chord by names joined with '+': "F4", "ctrl+alt+Delete", "shift+a". Keys go down in
/// order and up in reverse; those with characters are called by the one they have without shift.
/// Errc::not_found: no such key.
Result<InputEvents> press_keys(std::string_view names);
/// Only down, or only up, of one key.
Result<proto::InputEvent> key_event(std::string_view name, bool down);

enum class MouseButton : std::uint8_t { left, right, middle };

[[nodiscard]] proto::InputEvent mouse_move(std::uint16_t x, std::uint16_t y);
[[nodiscard]] proto::InputEvent mouse_button(MouseButton button, bool down, std::uint16_t x,
                                             std::uint16_t y);
/// `clicks`: positive is away from the user (or to the right, `horizontal`); one is 120 units, and
/// an event has at most two.
[[nodiscard]] InputEvents mouse_wheel(int clicks, bool horizontal, std::uint16_t x,
                                      std::uint16_t y);
inline constexpr int wheel_clicks_max = 100;

/// What locks are on, as the host should know it.
[[nodiscard]] proto::InputEvent lock_sync(bool scroll, bool num, bool caps);

}  // namespace lucid::rdp::client
