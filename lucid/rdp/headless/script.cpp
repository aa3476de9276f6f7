// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/clipboard_formats.hpp>
#include <lucid/rdp/headless/script.hpp>
#include <lucid/rdp/proto/channels/rdpei.hpp>

#include <charconv>

namespace lucid::rdp::headless::script {
namespace {

constexpr std::string_view blanks = " \t\r";

/// The words of a line, one after the other.
class Words {
  public:
    explicit Words(std::string_view line) : rest_(line) { skip(); }
    [[nodiscard]] bool empty() const { return rest_.empty(); }
    std::string_view next() {
        const auto end = rest_.find_first_of(blanks);
        const auto word = rest_.substr(0, end);
        rest_ = end == std::string_view::npos ? "" : rest_.substr(end);
        skip();
        return word;
    }
    [[nodiscard]] std::string_view peek() const {
        return rest_.substr(0, rest_.find_first_of(blanks));
    }
    /// Everything that is left, blanks inside included.
    [[nodiscard]] std::string_view rest() const {
        const auto end = rest_.find_last_not_of("\r");
        return rest_.substr(0, end + 1);
    }

  private:
    void skip() {
        const auto start = rest_.find_first_not_of(blanks);
        rest_ = start == std::string_view::npos ? "" : rest_.substr(start);
    }
    std::string_view rest_;
};

template <class T>
bool number(std::string_view text, T& value, int base = 10) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

bool decimal(std::string_view text, double& value) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && !text.empty();
}

/// "500ms", "2s", "1.5s", "3" (seconds).
bool duration(std::string_view text, Milliseconds& value) {
    constexpr double seconds_max = 24 * 3600;
    double scale = 1000;
    if (text.ends_with("ms")) {
        scale = 1;
        text.remove_suffix(2);
    } else if (text.ends_with("s")) {
        text.remove_suffix(1);
    }
    double amount = 0;
    if (!decimal(text, amount) || !(amount >= 0) || amount * scale > seconds_max * 1000)
        return false;
    value = Milliseconds(static_cast<std::int64_t>(amount * scale));
    return true;
}
/// \n, \t, \\ as in C; a backslash before anything else stays.
std::string unescape(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char next = text[i] == '\\' && i + 1 < text.size() ? text[i + 1] : '\0';
        if (next == 'n' || next == 't' || next == '\\') {
            out += next == 'n' ? '\n' : next == 't' ? '\t' : '\\';
            ++i;
        } else {
            out += text[i];
        }
    }
    return out;
}

/// Formats that can be printed, and those that only fit into a file or a folder.
bool is_text_format(std::string_view word) {
    return word == client::clipboard_text || word == client::clipboard_html;
}
bool is_format(std::string_view word) {
    return is_text_format(word) || word == client::clipboard_image ||
           word == client::clipboard_png || word == client::clipboard_files;
}

using Found = std::optional<Command>;

bool limit(Words& words, Milliseconds& value) {
    return words.empty() || (duration(words.next(), value) && words.empty());
}
template <class T>
Found with_limit(Words& words, T command) {
    if (!limit(words, command.limit)) return std::nullopt;
    return command;
}

Found wait(Words& words) {
    const auto what = words.next();
    if (what == "picture") return with_limit(words, WaitPicture{});
    if (what == "change") return with_limit(words, WaitChange{});
    if (what == "clipboard") {
        WaitClipboard command;
        if (is_format(words.peek())) command.format = words.next();
        return with_limit(words, command);
    }
    if (what == "end") return with_limit(words, WaitEnd{});
    if (what == "still") {
        WaitStill command;
        if (!words.empty() && !duration(words.next(), command.span)) return std::nullopt;
        return with_limit(words, command);
    }
    if (what == "size") {
        WaitSize command;
        if (!number(words.next(), command.width) || !number(words.next(), command.height))
            return std::nullopt;
        return with_limit(words, command);
    }
    if (what == "pixel") {
        WaitPixel command;
        if (!number(words.next(), command.x) || !number(words.next(), command.y))
            return std::nullopt;
        const auto colour = words.next();
        if (colour.size() != 6 || !number(colour, command.colour, 16)) return std::nullopt;
        return with_limit(words, command);
    }
    return std::nullopt;
}

Found key(Words& words, bool down, bool up) {
    Key command{std::string(words.next()), down, up};
    if (!words.empty()) return std::nullopt;
    if (down && up ? !client::press_keys(command.names) : !client::key_event(command.names, down))
        return std::nullopt;
    return command;
}

Found mouse(Words& words, Mouse::What what) {
    Mouse command;
    command.what = what;
    auto word = words.next();
    if (what != Mouse::What::move && (word == "left" || word == "right" || word == "middle")) {
        command.button = word == "left"    ? client::MouseButton::left
                         : word == "right" ? client::MouseButton::right
                                           : client::MouseButton::middle;
        word = words.next();
    }
    if (!number(word, command.x) || !number(words.next(), command.y) || !words.empty())
        return std::nullopt;
    return command;
}

Found wheel(Words& words, bool horizontal) {
    Wheel command{0, horizontal};
    if (!number(words.next(), command.clicks) || !words.empty() ||
        command.clicks < -client::wheel_clicks_max || command.clicks > client::wheel_clicks_max)
        return std::nullopt;
    return command;
}

/// How long a tap and a gesture last that name no time.
constexpr Milliseconds tap_span{50};
constexpr Milliseconds gesture_span{300};

bool place(Words& words, std::int32_t& value) {
    constexpr auto max = proto::channels::touch_coordinate_max;
    return number(words.next(), value) && value >= -max && value <= max;
}
bool contact(Words& words, std::size_t& value) {
    if (words.empty()) return true;
    return number(words.next(), value) && value < client::touch_contacts_max && words.empty();
}

Found touch(Words& words) {
    struct Action {
        std::string_view name;
        client::TouchAction action;
    };
    static constexpr Action actions[] = {{"down", client::TouchAction::down},
                                         {"move", client::TouchAction::move},
                                         {"up", client::TouchAction::up},
                                         {"hover", client::TouchAction::hover},
                                         {"cancel", client::TouchAction::cancel}};
    for (const auto& [name, action] : actions) {
        if (words.peek() != name) continue;
        words.next();
        TouchPoint command;
        auto& point = command.point;
        point.action = action;
        if (!place(words, point.x) || !place(words, point.y) || !contact(words, point.contact))
            return std::nullopt;
        return command;
    }
    if (words.peek() == "dismiss") {
        words.next();
        TouchDismiss command;
        if (!contact(words, command.contact)) return std::nullopt;
        return command;
    }
    Gesture command{{{}}, tap_span};
    auto& path = command.paths[0];
    if (!place(words, path.from_x) || !place(words, path.from_y) || !limit(words, command.span))
        return std::nullopt;
    path.to_x = path.from_x;
    path.to_y = path.from_y;
    return command;
}

Found swipe(Words& words) {
    Gesture command{{{}}, gesture_span};
    auto& path = command.paths[0];
    if (!place(words, path.from_x) || !place(words, path.from_y) || !place(words, path.to_x) ||
        !place(words, path.to_y) || !limit(words, command.span))
        return std::nullopt;
    return command;
}

/// Two contacts beside each other around a point.
Found pinch(Words& words) {
    std::int32_t x = 0;
    std::int32_t y = 0;
    std::uint16_t before = 0;
    std::uint16_t after = 0;
    Gesture command{{}, gesture_span};
    if (!place(words, x) || !place(words, y) || !number(words.next(), before) ||
        !number(words.next(), after) || !limit(words, command.span))
        return std::nullopt;
    for (const std::int32_t side : {-1, 1})
        command.paths.push_back({x + side * before / 2, y, x + side * after / 2, y});
    return command;
}

Found locks(Words& words) {
    Locks command;
    while (!words.empty()) {
        const auto word = words.next();
        if (word == "scroll")
            command.scroll = true;
        else if (word == "num")
            command.num = true;
        else if (word == "caps")
            command.caps = true;
        else if (word != "none")
            return std::nullopt;
    }
    return command;
}

Found resize(Words& words) {
    Resize command;
    if (!number(words.next(), command.width) || !number(words.next(), command.height) ||
        !words.empty())
        return std::nullopt;
    return command;
}

Found arrange(Words& words) {
    auto monitors = client::parse_monitors(words.next());
    if (!monitors || !words.empty()) return std::nullopt;
    return Arrange{std::move(*monitors)};
}

Found clipboard(Words& words) {
    const auto what = words.next();
    if (what == "set") return ClipboardSet{"text", unescape(words.rest()), false};
    if (what == "set-file") {
        const auto format = words.next();
        if (!is_format(format) || words.empty()) return std::nullopt;
        return ClipboardSet{std::string(format), std::string(words.rest()), true};
    }
    if (what == "get") {
        if (words.empty()) return ClipboardGet{"text", ""};
        const auto format = words.next();
        if (!is_format(format) || (words.empty() && !is_text_format(format))) return std::nullopt;
        return ClipboardGet{std::string(format), std::string(words.rest())};
    }
    return std::nullopt;
}

Found pixel(Words& words) {
    Pixel command;
    if (!number(words.next(), command.x) || !number(words.next(), command.y) || !words.empty())
        return std::nullopt;
    return command;
}

Found sleep(Words& words) {
    Sleep command;
    if (!duration(words.next(), command.span) || !words.empty()) return std::nullopt;
    return command;
}

template <class T>
Found alone(Words& words) {
    if (!words.empty()) return std::nullopt;
    return T{};
}

Found screenshot(Words& words) {
    if (words.empty()) return std::nullopt;
    return Screenshot{std::string(words.rest())};
}

struct Entry {
    std::string_view name;
    Found (*parse)(Words& words);
    const char* usage;
};
constexpr Entry entries[] = {
    {"wait", wait,
     "wait picture|change|end [TIME], wait clipboard [text|html|image|png|files] [TIME], wait "
     "still "
     "[TIME [LIMIT]], wait size W H [TIME], wait pixel X Y RRGGBB [TIME]"},
    {"type", [](Words& w) -> Found { return Type{unescape(w.rest()), client::Typing::scancodes}; },
     "type TEXT"},
    {"unicode", [](Words& w) -> Found { return Type{unescape(w.rest()), client::Typing::unicode}; },
     "unicode TEXT"},
    {"key", [](Words& w) { return key(w, true, true); }, "key NAME[+NAME…], for example ctrl+c"},
    {"keydown", [](Words& w) { return key(w, true, false); }, "keydown NAME"},
    {"keyup", [](Words& w) { return key(w, false, true); }, "keyup NAME"},
    {"move", [](Words& w) { return mouse(w, Mouse::What::move); }, "move X Y"},
    {"click", [](Words& w) { return mouse(w, Mouse::What::click); },
     "click [left|right|middle] X Y"},
    {"doubleclick", [](Words& w) { return mouse(w, Mouse::What::double_click); },
     "doubleclick [left|right|middle] X Y"},
    {"press", [](Words& w) { return mouse(w, Mouse::What::down); },
     "press [left|right|middle] X Y"},
    {"release", [](Words& w) { return mouse(w, Mouse::What::up); },
     "release [left|right|middle] X Y"},
    {"wheel", [](Words& w) { return wheel(w, false); }, "wheel CLICKS (-100 to 100, up is +)"},
    {"hwheel", [](Words& w) { return wheel(w, true); }, "hwheel CLICKS (-100 to 100)"},
    {"touch", touch,
     "touch X Y [TIME], touch down|move|up|hover|cancel X Y [CONTACT], touch dismiss [CONTACT]; "
     "contacts are 0 to 9"},
    {"swipe", swipe, "swipe X1 Y1 X2 Y2 [TIME]"},
    {"pinch", pinch, "pinch X Y DISTANCE-BEFORE DISTANCE-AFTER [TIME]"},
    {"locks", locks, "locks [num] [caps] [scroll] | none"},
    {"resize", resize, "resize W H"},
    {"monitors", arrange, "monitors WxH+LEFT+TOP[,WxH+LEFT+TOP…]; the primary one is at +0+0"},
    {"clipboard", clipboard,
     "clipboard set TEXT, clipboard set-file text|html|image|png|files FILE, clipboard get "
     "[text|html "
     "[FILE]], clipboard get image|png FILE, clipboard get files FOLDER"},
    {"screenshot", screenshot, "screenshot FILE.png"},
    {"pixel", pixel, "pixel X Y"},
    {"sleep", sleep, "sleep TIME, for example 500ms or 2s"},
    {"disconnect", alone<Disconnect>, "disconnect"},
    {"drop", alone<Drop>, "drop"},
};

}  // namespace

Parsed parse_line(std::string_view line) {
    if (line.size() > line_bytes_max) return {std::nullopt, "the line is too long"};
    Words words(line);
    if (words.empty() || words.rest().starts_with('#')) return {};
    const auto name = words.next();
    for (const auto& entry : entries) {
        if (entry.name != name) continue;
        if (auto command = entry.parse(words)) return {std::move(command), ""};
        return {std::nullopt, std::string("it goes: ") + entry.usage};
    }
    std::string known;
    for (const auto& entry : entries) known += (known.empty() ? "" : " ") + std::string(entry.name);
    return {std::nullopt, "no such command; there are: " + known};
}

}  // namespace lucid::rdp::headless::script
