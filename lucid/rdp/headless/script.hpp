// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The lines that drive a session; docs/operate/connect.md has them for users. One line, one
/// command; empty lines and those that begin with '#' do nothing.

#include <lucid/common/result/result.hpp>
#include <lucid/rdp/client/keyboard.hpp>
#include <lucid/rdp/client/monitors.hpp>
#include <lucid/rdp/client/touch.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <variant>

namespace lucid::rdp::headless::script {

using Milliseconds = std::chrono::milliseconds;

inline constexpr std::size_t line_bytes_max = 64 * 1024;
/// How long a wait lasts that names no time.
inline constexpr Milliseconds wait_default{30'000};

struct WaitPicture {
    Milliseconds limit = wait_default;
};
/// Nothing has changed for `span`.
struct WaitStill {
    Milliseconds span{1000};
    Milliseconds limit = wait_default;
};
/// The picture changed since the last command that looked at it or sent input.
struct WaitChange {
    Milliseconds limit = wait_default;
};
struct WaitSize {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
    Milliseconds limit = wait_default;
};
struct WaitPixel {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
    std::uint32_t colour = 0;  ///< 0xRRGGBB
    Milliseconds limit = wait_default;
};
/// The host's clipboard offers this format.
struct WaitClipboard {
    std::string format = "text";
    Milliseconds limit = wait_default;
};
/// The host ends the session.
struct WaitEnd {
    Milliseconds limit = wait_default;
};
struct Type {
    std::string text;
    client::Typing typing = client::Typing::scancodes;
};
struct Key {
    std::string names;
    bool down = true;
    bool up = true;
};
struct Mouse {
    enum class What : std::uint8_t { move, click, double_click, down, up } what = What::move;
    client::MouseButton button = client::MouseButton::left;
    std::uint16_t x = 0;
    std::uint16_t y = 0;
};
struct Wheel {
    int clicks = 0;
    bool horizontal = false;
};
/// One contact, once.
struct TouchPoint {
    client::TouchPoint point;
};
struct TouchDismiss {
    std::size_t contact = 0;
};
/// Contacts that go down, each on a line to where it is lifted, all in the same time.
struct Gesture {
    struct Path {
        std::int32_t from_x = 0;
        std::int32_t from_y = 0;
        std::int32_t to_x = 0;
        std::int32_t to_y = 0;
    };
    std::vector<Path> paths;
    Milliseconds span{0};
};
struct Locks {
    bool scroll = false;
    bool num = false;
    bool caps = false;
};
struct Resize {
    std::uint16_t width = 0;
    std::uint16_t height = 0;
};
struct Arrange {
    client::Monitors monitors;
};
struct ClipboardSet {
    std::string format;
    std::string value;     ///< the text, or the file that holds it
    bool is_file = false;  ///< the format "files": the file or folder itself is copied
};
struct ClipboardGet {
    std::string format;
    std::string file;  ///< empty: printed; a folder for the format "files"
};
struct Screenshot {
    std::string file;
};
struct Pixel {
    std::uint16_t x = 0;
    std::uint16_t y = 0;
};
struct Sleep {
    Milliseconds span{0};
};
struct Disconnect {};
/// Breaks the line without a good-bye.
struct Drop {};

using Command =
    std::variant<WaitPicture, WaitStill, WaitChange, WaitSize, WaitPixel, WaitClipboard, WaitEnd,
                 Type, Key, Mouse, Wheel, TouchPoint, TouchDismiss, Gesture, Locks, Resize, Arrange,
                 ClipboardSet, ClipboardGet, Screenshot, Pixel, Sleep, Disconnect, Drop>;

/// Nothing for a line without a command. The error is a sentence that says how the command goes.
struct Parsed {
    std::optional<Command> command;
    std::string problem;  ///< not empty: the line means nothing
};
[[nodiscard]] Parsed parse_line(std::string_view line);

}  // namespace lucid::rdp::headless::script
