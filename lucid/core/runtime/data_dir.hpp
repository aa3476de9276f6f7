// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The data directory: one format version, one layout (docs/design/processes.md, Data directory).

#include <lucid/core/runtime/config.hpp>

#include <string>

namespace lucid::core::runtime {

/// A sentence for a person, and the command or edit that mends it.
struct Problem {
    std::string message;
    std::string next;
};

class DataDir {
  public:
    /// Makes a new one (mode 0700) with folders, format file and lucid.toml. A directory that
    /// already holds anything is refused.
    static std::variant<DataDir, Problem> create(const std::string& path, const Config& config);
    /// Checks format and configuration of an existing one.
    static std::variant<DataDir, Problem> open(const std::string& path);

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] const Config& config() const { return config_; }

    [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }
    [[nodiscard]] std::string key(const std::string& name) const { return file("keys/" + name); }
    [[nodiscard]] std::string identity(const std::string& user) const {
        return file("identities/" + user + ".txt");
    }
    [[nodiscard]] std::string catalog() const { return file("catalog.sqlite"); }
    [[nodiscard]] std::string trust() const { return file("trust.json"); }
    [[nodiscard]] std::string sessions() const { return file("sessions"); }
    [[nodiscard]] std::string session(const std::string& id_hex) const {
        return file("sessions/" + id_hex);
    }
    [[nodiscard]] std::string chain() const { return file("chain"); }
    [[nodiscard]] std::string core_socket() const { return file("run/core.sock"); }
    [[nodiscard]] std::string chain_socket() const { return file("run/chain.sock"); }
    [[nodiscard]] std::string log(const std::string& process) const {
        return file("log/" + process + ".log");
    }

  private:
    DataDir(std::string path, Config config) : path_(std::move(path)), config_(std::move(config)) {}
    std::string path_;
    Config config_;
};

inline constexpr unsigned data_format_version = 1;

}  // namespace lucid::core::runtime
