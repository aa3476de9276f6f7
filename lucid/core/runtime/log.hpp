// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Structured log: one event = constant message + key=value pairs. Secrets have no formatter;
/// screen, keystroke and clipboard content is never logged.
///
///   log::info("session ended", {{"session", id.hex()}, {"reason", reason}});

#include <initializer_list>
#include <string>
#include <string_view>

namespace lucid::core::runtime::log {

enum class Level { trace, debug, info, warning, error };

struct Field {
    std::string_view key;
    std::string value;
    Field(std::string_view k, std::string v) : key(k), value(std::move(v)) {}
    Field(std::string_view k, const char* v) : key(k), value(v) {}
    Field(std::string_view k, std::string_view v) : key(k), value(v) {}
    template <class Integer>
        requires std::is_integral_v<Integer>
    Field(std::string_view k, Integer v) : key(k), value(std::to_string(v)) {}
};

/// Chooses the destination once, before threads start: standard error, and `file_path` when not
/// empty (appended). `process` names the role in every line.
void open(std::string_view process, Level lowest, const std::string& file_path);
/// "trace" … "error"; anything else gives nothing.
[[nodiscard]] bool parse_level(std::string_view text, Level& level);

void write(Level level, std::string_view message, std::initializer_list<Field> fields);

inline void debug(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::debug, message, fields);
}
inline void info(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::info, message, fields);
}
inline void warning(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::warning, message, fields);
}
inline void error(std::string_view message, std::initializer_list<Field> fields = {}) {
    write(Level::error, message, fields);
}

/// One line without its end, for tests: quotes values that need it, escapes control characters.
[[nodiscard]] std::string format_line(std::string_view time, std::string_view process, Level level,
                                      std::string_view message,
                                      std::initializer_list<Field> fields);

}  // namespace lucid::core::runtime::log
