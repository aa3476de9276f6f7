// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/config.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/volumes.hpp>

#include <algorithm>
#include <charconv>
#include <functional>
#include <map>
#include <optional>

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#include <fmt/format.h>
#include <toml++/toml.h>

namespace lucid::core::runtime {
namespace {

/// Reads one value into a Config; gives the complaint if it does not fit.
using Setter = std::function<std::optional<std::string>(Config&, const toml::node&)>;

Setter boolean(bool Config::* member) {
    return [member](Config& config, const toml::node& node) -> std::optional<std::string> {
        const auto value = node.value_exact<bool>();
        if (!value) return "must be true or false";
        config.*member = *value;
        return std::nullopt;
    };
}

template <class T>
Setter number(T Config::* member, std::int64_t low, std::int64_t high) {
    return [=](Config& config, const toml::node& node) -> std::optional<std::string> {
        const auto value = node.value_exact<std::int64_t>();
        if (!value || *value < low || *value > high)
            return fmt::format("must be a whole number from {} to {}", low, high);
        config.*member = T(static_cast<std::uint32_t>(*value));
        return std::nullopt;
    };
}

Setter endpoint(Endpoint Config::* member) {
    return [member](Config& config, const toml::node& node) -> std::optional<std::string> {
        const auto value = node.value_exact<std::string>();
        const auto parsed = value ? Endpoint::parse(*value) : fail(Errc::bad_value, "endpoint");
        if (!parsed) return "must be ADDRESS:PORT with a numeric address, as \"127.0.0.1:3390\"";
        config.*member = *parsed;
        return std::nullopt;
    };
}

Setter scanner() {
    return [](Config& config, const toml::node& node) -> std::optional<std::string> {
        const auto value = node.value_exact<std::string>().value_or("?");
        const bool fits = value.empty() || value.starts_with("unix:/") ||
                          (value.starts_with("tcp:") && Endpoint::parse(value.substr(4)));
        if (!fits)
            return "must be \"unix:/PATH\", \"tcp:ADDRESS:PORT\" with a numeric address, or \"\"";
        config.clamd = value;
        return std::nullopt;
    };
}

Setter level() {
    return [](Config& config, const toml::node& node) -> std::optional<std::string> {
        const auto value = node.value_exact<std::string>();
        log::Level unused{};
        if (!value || !log::parse_level(*value, unused))
            return "must be one of trace, debug, info, warning, error";
        config.log_level = *value;
        return std::nullopt;
    };
}

Setter folders(std::vector<std::string> Config::* member) {
    return [member](Config& config, const toml::node& node) -> std::optional<std::string> {
        const auto* list = node.as_array();
        if (list == nullptr || list->size() > Volumes::count_max)
            return fmt::format("must be a list of at most {} folders, as [\"/mnt/disk1\"]",
                               Volumes::count_max);
        std::vector<std::string> paths;
        for (const auto& item : *list) {
            auto path = item.value_exact<std::string>().value_or("");
            while (path.size() > 1 && path.ends_with('/')) path.pop_back();
            if (!path.starts_with('/') || path == "/")
                return "must name folders with absolute paths, as [\"/mnt/disk1\"]";
            if (std::find(paths.begin(), paths.end(), path) != paths.end())
                return "names " + path + " twice";
            paths.push_back(std::move(path));
        }
        config.*member = std::move(paths);
        return std::nullopt;
    };
}

std::string list_text(const std::vector<std::string>& paths) {
    std::string out;
    for (const auto& path : paths) out += fmt::format("{}\"{}\"", out.empty() ? "" : ", ", path);
    return "[" + out + "]";
}

const std::map<std::string, Setter>& setters() {
    static const std::map<std::string, Setter> table = {
        {"gateway.listen", endpoint(&Config::listen)},
        {"gateway.allow_tls_only", boolean(&Config::allow_tls_only)},
        {"gateway.handshake_limit_s", number(&Config::handshake_limit, 1, 300)},
        {"gateway.connections_max", number(&Config::connections_max, 1, 10000)},
        {"gateway.connections_per_address_max",
         number(&Config::connections_per_address_max, 1, 10000)},
        {"session.idle_limit_min", number(&Config::idle_limit, 1, 1440)},
        {"session.total_limit_min", number(&Config::total_limit, 1, 10080)},
        {"session.recorder_grace_s", number(&Config::recorder_grace, 1, 60)},
        {"session.resume_window_s", number(&Config::resume_window, 0, 60)},
        {"session.shutdown_wait_s", number(&Config::shutdown_wait, 0, 86'400)},
        {"session.index", boolean(&Config::index)},
        {"session.indexers_max", number(&Config::indexers_max, 1, 1000)},
        {"scanner.clamd", scanner()},
        {"scanner.timeout_s", number(&Config::scan_limit, 1, 300)},
        {"chain.rpc", endpoint(&Config::rpc)},
        {"chain.trust_unsynchronised_clock", boolean(&Config::trust_unsynchronised_clock)},
        {"chain.history_blocks", number(&Config::history_blocks, 0, 1 << 30)},
        {"storage.free_space_min_mib", number(&Config::free_space_min_mib, 16, 1 << 30)},
        {"storage.volumes", folders(&Config::volumes)},
        {"storage.backup_max_age_days", number(&Config::backup_max_age_days, 1, 3650)},
        {"log.level", level()},
    };
    return table;
}

}  // namespace

std::uint64_t Config::free_space_live_mib() const {
    return free_space_min_mib / 4;
}

std::string Endpoint::text() const {
    return address.find(':') == std::string::npos ? fmt::format("{}:{}", address, port)
                                                  : fmt::format("[{}]:{}", address, port);
}

Result<Endpoint> Endpoint::parse(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos) return fail(Errc::bad_value, "endpoint");
    auto address = text.substr(0, colon);
    const auto port_text = text.substr(colon + 1);
    if (address.starts_with('[') && address.ends_with(']'))
        address = address.substr(1, address.size() - 2);
    if (address.empty() || address.find_first_not_of("0123456789abcdefABCDEF.:") != address.npos)
        return fail(Errc::bad_value, "endpoint address");
    Endpoint endpoint{std::string(address), 0};
    const std::string port(port_text);
    const auto* end = port.data() + port.size();
    const auto parsed = std::from_chars(port.data(), end, endpoint.port);
    if (parsed.ec != std::errc{} || parsed.ptr != end)
        return fail(Errc::bad_value, "endpoint port");
    return endpoint;
}

std::variant<Config, ConfigProblem> parse_config(std::string_view text,
                                                 const std::string& file_name) {
    const auto parsed = toml::parse(text);
    if (!parsed)
        return ConfigProblem{fmt::format("{}:{}: {}", file_name, parsed.error().source().begin.line,
                                         parsed.error().description())};
    Config config;
    for (const auto& [section_key, section] : parsed.table()) {
        const auto* table = section.as_table();
        const std::string section_name(section_key.str());
        if (table == nullptr)
            return ConfigProblem{fmt::format("{}:{}: {}: no such setting outside a section",
                                             file_name, section.source().begin.line, section_name)};
        for (const auto& [key, node] : *table) {
            const auto name = section_name + "." + std::string(key.str());
            const auto setter = setters().find(name);
            const auto line = node.source().begin.line;
            if (setter == setters().end())
                return ConfigProblem{
                    fmt::format("{}:{}: {}: no such setting", file_name, line, name)};
            if (const auto complaint = setter->second(config, node))
                return ConfigProblem{
                    fmt::format("{}:{}: {} {}", file_name, line, name, *complaint)};
        }
    }
    return config;
}

std::string to_toml(const Config& config) {
    return fmt::format(
        R"(# Lucid. Every setting has the default shown unless changed; `lucid doctor` checks this file.

[gateway]
listen = "{}"            # where RDP clients connect
allow_tls_only = {}              # clients without NLA; a man in the middle can then take the ticket
handshake_limit_s = {}
connections_max = {}
connections_per_address_max = {}

[session]
idle_limit_min = {}                 # no input for so long ends the session
total_limit_min = {}
recorder_grace_s = {}                # a recorder that does not take events for so long ends the session
resume_window_s = {}               # so long the same ticket leads back to a session whose client's line broke
shutdown_wait_s = {}                # so long live sessions may go on at a shutdown; a second signal ends them at once
index = {}                       # keyframes for seeking, thumbnails, activity: a process per session with low priority
indexers_max = {}                   # so many at one time, 15 MB and more each; sessions beyond that have no index

[scanner]
clamd = "{}"                          # virus scanner for files that policy wants scanned: "unix:/run/clamav/clamd.ctl", "tcp:127.0.0.1:3310"
timeout_s = {}                     # a file whose verdict takes longer counts as not scanned

[chain]
rpc = "{}"               # Ethereum JSON-RPC
trust_unsynchronised_clock = {}  # sign although the kernel does not call the clock synchronised
history_blocks = {}                  # JSON-RPC knows the state after so many earlier blocks; 0: after every block

[storage]
free_space_min_mib = {}            # the reserve: no new session below this, live ones end below a quarter of it
volumes = {}                       # more folders for recordings; prepare each once: lucid volume add /mnt/disk1
backup_max_age_days = {}             # lucid doctor complains about an older last backup

[log]
level = "{}"                     # trace, debug, info, warning, error
)",
        config.listen.text(), config.allow_tls_only, config.handshake_limit.count(),
        config.connections_max, config.connections_per_address_max, config.idle_limit.count(),
        config.total_limit.count(), config.recorder_grace.count(), config.resume_window.count(),
        config.shutdown_wait.count(), config.index, config.indexers_max, config.clamd,
        config.scan_limit.count(), config.rpc.text(), config.trust_unsynchronised_clock,
        config.history_blocks, config.free_space_min_mib, list_text(config.volumes),
        config.backup_max_age_days, config.log_level);
}

}  // namespace lucid::core::runtime
