// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// `lucid.toml`: every setting has a default; unknown keys, wrong types and values out of range are
/// errors that name key and line. to_toml(Config{}) is the documented template that `init` writes.

#include <lucid/common/result/result.hpp>

#include <chrono>
#include <string>
#include <variant>
#include <vector>

namespace lucid::core::runtime {

/// An address to listen on: numeric IP and port.
struct Endpoint {
    std::string address = "127.0.0.1";
    std::uint16_t port = 0;
    [[nodiscard]] std::string text() const;  ///< "127.0.0.1:3390", "[::1]:3390"
    /// Accepts what text() gives.
    static Result<Endpoint> parse(std::string_view text);
};

struct Config {
    Endpoint listen{"127.0.0.1", 3390};
    /// NLA is required unless this is set: a man in the middle can strip NLA and take the ticket.
    bool allow_tls_only = false;
    std::chrono::seconds handshake_limit{15};
    unsigned connections_max = 200;
    unsigned connections_per_address_max = 20;

    std::chrono::minutes idle_limit{30};
    std::chrono::minutes total_limit{480};
    std::chrono::seconds recorder_grace{5};
    /// How long a session waits for its client to come back; 0: it ends with the connection.
    std::chrono::seconds resume_window{60};
    /// How long live sessions may go on after SIGTERM before they are ended; 0: not at all.
    std::chrono::seconds shutdown_wait{0};
    /// Make keyframes, thumbnails and an activity track of each session while it runs.
    bool index = true;
    /// Sessions that are indexed at one time; a session that comes when so many are has no index.
    /// Memory: about 15 MB each at 1280x720 in bitmap mode (bench/density).
    unsigned indexers_max = 16;

    /// Where clamd listens, "unix:/PATH" or "tcp:ADDRESS:PORT"; empty: there is none.
    std::string clamd;
    /// From a file's first byte at the scanner to its verdict.
    std::chrono::seconds scan_limit{60};

    Endpoint rpc{"127.0.0.1", 8545};
    /// Sign blocks although the kernel does not call the clock synchronised (containers). Shown in
    /// status.
    bool trust_unsynchronised_clock = false;
    /// Earlier blocks whose state can be asked for; 0: all (archive).
    std::uint64_t history_blocks = 0;

    /// The reserve: with less space no session starts.
    std::uint64_t free_space_min_mib = 256;
    /// With less, live sessions end too, while there is still room to seal them.
    [[nodiscard]] std::uint64_t free_space_live_mib() const;
    /// Where recordings go beside the data directory; absolute paths.
    std::vector<std::string> volumes;
    /// `lucid doctor` complains about a last backup older than this.
    unsigned backup_max_age_days = 7;

    std::string log_level = "info";
};

/// Why a configuration is refused: "lucid.toml:12: gateway.listen: …", ready to print.
struct ConfigProblem {
    std::string message;
};

[[nodiscard]] std::variant<Config, ConfigProblem> parse_config(std::string_view text,
                                                               const std::string& file_name);
/// The whole file with comments.
[[nodiscard]] std::string to_toml(const Config& config);

}  // namespace lucid::core::runtime
