// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The data directory: one format version, one layout (docs/design/processes.md, Data directory).

#include <lucid/core/runtime/config.hpp>
#include <lucid/core/runtime/volumes.hpp>

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
    /// Checks format and configuration of an existing one. An older format is refused with the
    /// command that upgrades it, a newer one is not touched.
    static std::variant<DataDir, Problem> open(const std::string& path);
    /// The same for a directory of an older format, by who upgrades it (`found` tells which).
    static std::variant<DataDir, Problem> open_older(const std::string& path, unsigned& found);
    /// The last step of an upgrade.
    [[nodiscard]] Result<void> write_format() const;

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
    /// Where the recording is, on whatever volume; else where it would be here.
    [[nodiscard]] std::string session(const std::string& id_hex) const {
        return volumes_.find(id_hex);
    }
    [[nodiscard]] const Volumes& volumes() const { return volumes_; }
    /// The account that this node's volumes are marked with; empty before keys are made.
    [[nodiscard]] std::string node() const;
    /// Held by `lucid up`, and by whoever mends, upgrades or restores.
    [[nodiscard]] std::string node_lock() const { return file("run/node.lock"); }
    /// Held by the recorder, which may outlive core for a moment.
    [[nodiscard]] std::string recorder_lock() const { return file("run/recorder.lock"); }
    [[nodiscard]] std::string chain() const { return file("chain"); }
    [[nodiscard]] std::string core_socket() const { return file("run/core.sock"); }
    [[nodiscard]] std::string chain_socket() const { return file("run/chain.sock"); }
    [[nodiscard]] std::string log(const std::string& process) const {
        return file("log/" + process + ".log");
    }

  private:
    DataDir(std::string path, Config config);
    static std::variant<DataDir, Problem> open_any(const std::string& path, unsigned version);
    std::string path_;
    Config config_;
    Volumes volumes_;
};

/// 2: recordings on several volumes (catalog schema 3).
inline constexpr unsigned data_format_version = 2;

}  // namespace lucid::core::runtime
