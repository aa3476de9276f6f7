// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/atomic_file.hpp>
#include <lucid/core/runtime/data_dir.hpp>

#include <array>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <sys/stat.h>

#include <climits>
#include <fmt/format.h>

namespace lucid::core::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::array<const char*, 6> folders = {"keys",  "identities", "sessions",
                                                "chain", "run",        "log"};
constexpr std::string_view format_prefix = "lucid-data ";
constexpr std::size_t config_bytes_max = 1 << 20;

constexpr std::size_t address_bytes_max = 64;
constexpr std::size_t address_hex_digits = 40;

std::string format_text() {
    return fmt::format("{}{}\n", format_prefix, data_format_version);
}

/// What the format file says.
std::variant<unsigned, Problem> read_format(const std::string& path, const std::string& given) {
    const auto format = read_file(path + "/format", 64);
    if (!format) {
        if (format.error().code == make_error_code(Errc::not_found))
            return Problem{path + " is no Lucid data directory", "lucid --data " + given + " init"};
        return Problem{path + "/format: " + format.error().message(),
                       "run as the user who owns the directory"};
    }
    const auto text = as_text(*format);
    unsigned version = 0;
    const auto number =
        text.starts_with(format_prefix) ? text.substr(format_prefix.size()) : std::string_view{};
    const auto parsed = std::from_chars(number.data(), number.data() + number.size(), version);
    if (parsed.ec != std::errc{} || version == 0 ||
        std::string_view(parsed.ptr, number.data() + number.size()) != "\n")
        return Problem{path + "/format is damaged",
                       fmt::format("restore it from a backup; of this lucid's data it reads "
                                   "\"{}{}\"",
                                   format_prefix, data_format_version)};
    return version;
}

std::string absolute(const std::string& path) {
    std::error_code ignored;
    const auto full = fs::absolute(path, ignored);
    return full.lexically_normal().string();
}

}  // namespace

std::variant<DataDir, Problem> DataDir::create(const std::string& given, const Config& config) {
    const auto path = absolute(given);
    std::error_code error;
    if (fs::exists(path + "/format", error))
        return Problem{path + " is a data directory already",
                       "lucid --data " + given + " status, or choose another --data"};
    if (fs::exists(path, error) && !fs::is_empty(path, error))
        return Problem{path + " exists and is not empty", "choose another --data DIRECTORY"};
    fs::create_directories(path, error);
    if (error) return Problem{fmt::format("cannot make {}: {}", path, error.message()), ""};
    ::chmod(path.c_str(), 0700);
    for (const auto* folder : folders) {
        fs::create_directory(path + "/" + folder, error);
        if (error)
            return Problem{fmt::format("cannot make {}/{}: {}", path, folder, error.message()), ""};
        ::chmod((path + "/" + folder).c_str(), 0700);
    }
    if (const auto done = write_file_atomically(path + "/lucid.toml", as_bytes(to_toml(config)));
        !done)
        return Problem{path + "/lucid.toml: " + done.error().message(), ""};
    // Last: a directory without it never counts as complete.
    DataDir made(path, config);
    if (const auto done = made.write_format(); !done)
        return Problem{path + "/format: " + done.error().message(), ""};
    return made;
}

DataDir::DataDir(std::string path, Config config)
    : path_(std::move(path)),
      config_(std::move(config)),
      volumes_(path_, config_.volumes, node()) {}

std::string DataDir::node() const {
    const auto text = read_file(key("account.address"), address_bytes_max);
    return text ? std::string(as_text(*text).substr(0, address_hex_digits)) : "";
}

Result<void> DataDir::write_format() const {
    return write_file_atomically(path_ + "/format", as_bytes(format_text()));
}

std::variant<DataDir, Problem> DataDir::open_any(const std::string& path, unsigned version) {
    if (version > data_format_version)
        return Problem{
            fmt::format("{} has data format {}, written by a newer lucid; this one knows "
                        "{} and leaves it alone",
                        path, version, data_format_version),
            "install the lucid that wrote it or a newer one: apt-get install lucid"};
    for (const auto* folder : folders) {
        std::error_code error;
        if (!fs::is_directory(path + "/" + folder, error))
            return Problem{fmt::format("{}/{} is missing", path, folder),
                           fmt::format("restore it from a backup; an empty one: mkdir -m 700 {}/{}",
                                       path, folder)};
    }
    const auto config_text = read_file(path + "/lucid.toml", config_bytes_max);
    if (!config_text)
        return Problem{path + "/lucid.toml: " + config_text.error().message(),
                       "an empty file means all defaults: touch " + path + "/lucid.toml"};
    auto config = parse_config(as_text(*config_text), path + "/lucid.toml");
    if (auto* problem = std::get_if<ConfigProblem>(&config))
        return Problem{problem->message, "edit " + path + "/lucid.toml"};
    return DataDir(path, std::get<Config>(std::move(config)));
}

std::variant<DataDir, Problem> DataDir::open(const std::string& given) {
    const auto path = absolute(given);
    const auto version = read_format(path, given);
    if (const auto* problem = std::get_if<Problem>(&version)) return *problem;
    const auto found = std::get<unsigned>(version);
    if (found < data_format_version)
        return Problem{fmt::format("{} has data format {}, this lucid works on {}", path, found,
                                   data_format_version),
                       "lucid --data " + given + " upgrade"};
    return open_any(path, found);
}

std::variant<DataDir, Problem> DataDir::open_older(const std::string& given, unsigned& found) {
    const auto path = absolute(given);
    const auto version = read_format(path, given);
    if (const auto* problem = std::get_if<Problem>(&version)) return *problem;
    found = std::get<unsigned>(version);
    return open_any(path, found);
}

}  // namespace lucid::core::runtime
