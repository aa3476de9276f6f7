// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/keyboard.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace lucid::rdp::client {

using proto::FastPathEvent;
using proto::InputEvent;

namespace {

struct NamedKey {
    std::string_view name;
    std::uint8_t scancode;  ///< of set 1
    bool extended;
};
constexpr NamedKey named_keys[] = {
    {"escape", 0x01, false},     {"esc", 0x01, false},      {"backspace", 0x0e, false},
    {"tab", 0x0f, false},        {"enter", 0x1c, false},    {"return", 0x1c, false},
    {"ctrl", 0x1d, false},       {"rightctrl", 0x1d, true}, {"shift", 0x2a, false},
    {"rightshift", 0x36, false}, {"alt", 0x38, false},      {"altgr", 0x38, true},
    {"space", 0x39, false},      {"capslock", 0x3a, false}, {"numlock", 0x45, false},
    {"scrolllock", 0x46, false}, {"f1", 0x3b, false},       {"f2", 0x3c, false},
    {"f3", 0x3d, false},         {"f4", 0x3e, false},       {"f5", 0x3f, false},
    {"f6", 0x40, false},         {"f7", 0x41, false},       {"f8", 0x42, false},
    {"f9", 0x43, false},         {"f10", 0x44, false},      {"f11", 0x57, false},
    {"f12", 0x58, false},        {"home", 0x47, true},      {"up", 0x48, true},
    {"pageup", 0x49, true},      {"left", 0x4b, true},      {"right", 0x4d, true},
    {"end", 0x4f, true},         {"down", 0x50, true},      {"pagedown", 0x51, true},
    {"insert", 0x52, true},      {"delete", 0x53, true},    {"win", 0x5b, true},
    {"rightwin", 0x5c, true},    {"menu", 0x5d, true},      {"print", 0x37, true},
};

/// The rows of a US keyboard from their first scancode on: plain, then with shift.
struct KeyRow {
    std::uint8_t first;
    std::string_view plain;
    std::string_view shifted;
};
constexpr KeyRow key_rows[] = {
    {0x02, "1234567890-=", "!@#$%^&*()_+"},
    {0x10, "qwertyuiop[]", "QWERTYUIOP{}"},
    {0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~"},
    {0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?"},
};

struct CharacterKey {
    std::uint8_t scancode = 0;
    bool shift = false;
};
std::optional<CharacterKey> key_of(char c) {
    if (c == ' ') return CharacterKey{0x39, false};
    if (c == '\n') return CharacterKey{0x1c, false};
    if (c == '\t') return CharacterKey{0x0f, false};
    if (c == '\b') return CharacterKey{0x0e, false};
    for (const auto& row : key_rows) {
        if (const auto at = row.plain.find(c); at != std::string_view::npos)
            return CharacterKey{static_cast<std::uint8_t>(row.first + at), false};
        if (const auto at = row.shifted.find(c); at != std::string_view::npos)
            return CharacterKey{static_cast<std::uint8_t>(row.first + at), true};
    }
    return std::nullopt;
}

InputEvent scancode(std::uint8_t code, bool extended, bool down) {
    InputEvent event;
    event.code = FastPathEvent::scancode;
    event.key = code;
    event.flags = static_cast<std::uint8_t>((down ? 0U : unsigned{proto::key_release}) |
                                            (extended ? unsigned{proto::key_extended} : 0U));
    return event;
}

InputEvent unicode(std::uint16_t unit, bool down) {
    InputEvent event;
    event.code = FastPathEvent::unicode;
    event.key = unit;
    event.flags = down ? 0 : proto::key_release;
    return event;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

void put_key(InputEvents& events, CharacterKey key) {
    if (key.shift) events.push_back(scancode(0x2a, false, true));
    events.push_back(scancode(key.scancode, false, true));
    events.push_back(scancode(key.scancode, false, false));
    if (key.shift) events.push_back(scancode(0x2a, false, false));
}

}  // namespace

Result<InputEvents> type_text(std::string_view utf8, Typing typing) {
    LUCID_TRY(const auto wide, proto::utf16_of(as_bytes(utf8)));
    const auto units = wide.expose();
    InputEvents events;
    for (std::size_t i = 0; i + 1 < units.size(); i += 2) {
        const auto unit = static_cast<std::uint16_t>(units[i] | units[i + 1] << 8);
        const auto key =
            unit < 0x80 ? key_of(static_cast<char>(unit)) : std::optional<CharacterKey>();
        const bool is_control = unit < 0x20;
        if (key && (typing == Typing::scancodes || is_control)) {
            put_key(events, *key);
        } else {
            events.push_back(unicode(unit, true));
            events.push_back(unicode(unit, false));
        }
    }
    return events;
}

Result<InputEvent> key_event(std::string_view name, bool down) {
    if (name.size() == 1) {
        const auto key = key_of(lower(name[0]));
        if (!key || key->shift) return fail(Errc::not_found, "key");
        return scancode(key->scancode, false, down);
    }
    const auto* found =
        std::find_if(std::begin(named_keys), std::end(named_keys), [name](const NamedKey& key) {
            return std::equal(name.begin(), name.end(), key.name.begin(), key.name.end(),
                              [](char a, char b) { return lower(a) == b; });
        });
    if (found == std::end(named_keys)) return fail(Errc::not_found, "key");
    return scancode(found->scancode, found->extended, down);
}

Result<InputEvents> press_keys(std::string_view names) {
    constexpr std::size_t keys_max = 8;
    InputEvents events;
    InputEvents releases;
    for (;;) {
        const auto end = names.find('+');
        const auto name = names.substr(0, end);
        if (releases.size() == keys_max) return fail(Errc::limit_exceeded, "keys", keys_max);
        LUCID_TRY(const auto down, key_event(name, true));
        LUCID_TRY(const auto up, key_event(name, false));
        events.push_back(down);
        releases.insert(releases.begin(), up);
        if (end == std::string_view::npos) break;
        names = names.substr(end + 1);
    }
    events.insert(events.end(), releases.begin(), releases.end());
    return events;
}

InputEvent mouse_move(std::uint16_t x, std::uint16_t y) {
    InputEvent event;
    event.code = FastPathEvent::mouse;
    event.pointer = proto::pointer_flag_move;
    event.x = x;
    event.y = y;
    return event;
}

InputEvent mouse_button(MouseButton button, bool down, std::uint16_t x, std::uint16_t y) {
    auto event = mouse_move(x, y);
    event.pointer = button == MouseButton::left    ? proto::pointer_flag_button1
                    : button == MouseButton::right ? proto::pointer_flag_button2
                                                   : proto::pointer_flag_button3;
    if (down) event.pointer |= proto::pointer_flag_down;
    return event;
}

InputEvents mouse_wheel(int clicks, bool horizontal, std::uint16_t x, std::uint16_t y) {
    constexpr unsigned click_units = 120;
    InputEvents events;
    auto event = mouse_move(x, y);
    const unsigned kind = horizontal ? proto::pointer_flag_hwheel : proto::pointer_flag_wheel;
    // WheelRotationMask: nine bits in two's complement, the sign bit among them.
    const unsigned rotation =
        clicks < 0 ? proto::pointer_flag_wheel_negative | (0x100U - click_units) : click_units;
    event.pointer = static_cast<std::uint16_t>(kind | rotation);
    const int count = std::min(std::abs(clicks), wheel_clicks_max);
    events.insert(events.end(), static_cast<std::size_t>(count), event);
    return events;
}

InputEvent lock_sync(bool scroll, bool num, bool caps) {
    InputEvent event;
    event.code = FastPathEvent::sync;
    event.flags = static_cast<std::uint8_t>((scroll ? unsigned{proto::sync_scroll_lock} : 0U) |
                                            (num ? unsigned{proto::sync_num_lock} : 0U) |
                                            (caps ? unsigned{proto::sync_caps_lock} : 0U));
    return event;
}

}  // namespace lucid::rdp::client
