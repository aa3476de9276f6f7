// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/core/runtime/log.hpp>

#include <array>
#include <ctime>
#include <fcntl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::core::runtime::log {
namespace {

constexpr std::array<std::string_view, 5> level_names = {"trace", "debug", "info", "warning",
                                                         "error"};

/// Process-wide on purpose: where lines go is a property of the process, set once before threads.
struct Sink {
    std::string process = "lucid";
    Level lowest = Level::info;
    int file = -1;
};
Sink& sink() {
    static Sink instance;
    return instance;
}

std::string time_text() {
    const auto us = wall_time_us();
    const auto seconds = static_cast<std::time_t>(us / 1'000'000);
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       us / 1000 % 1000);
}

/// A peer's text must not forge lines or colours.
std::string quoted(std::string_view value) {
    bool plain = !value.empty();
    for (const char c : value)
        if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f) plain = false;
    if (plain) return std::string(value);
    std::string out = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            out += '\\';
            out += c;
        } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            out += c;
        }
    }
    return out + '"';
}

}  // namespace

bool parse_level(std::string_view text, Level& level) {
    for (std::size_t i = 0; i < level_names.size(); ++i) {
        if (level_names[i] != text) continue;
        level = static_cast<Level>(i);
        return true;
    }
    return false;
}

void open(std::string_view process, Level lowest, const std::string& file_path) {
    auto& s = sink();
    s.process = process;
    s.lowest = lowest;
    if (!file_path.empty())
        s.file = ::open(file_path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

std::string format_line(std::string_view time, std::string_view process, Level level,
                        std::string_view message, std::initializer_list<Field> fields) {
    auto line = fmt::format("{} {} {} {}", time, level_names[static_cast<std::size_t>(level)],
                            process, message);
    for (const auto& field : fields) line += fmt::format(" {}={}", field.key, quoted(field.value));
    return line;
}

void write(Level level, std::string_view message, std::initializer_list<Field> fields) {
    const auto& s = sink();
    if (level < s.lowest) return;
    const auto line = format_line(time_text(), s.process, level, message, fields) + "\n";
    // One write per line: lines of several threads and processes do not mix.
    for (const int fd : {STDERR_FILENO, s.file})
        if (fd >= 0) (void)!::write(fd, line.data(), line.size());
}

}  // namespace lucid::core::runtime::log
