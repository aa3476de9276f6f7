// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What `lucid doctor` looks at. A check says what it found; everything that is broken comes with
/// the command that mends it.

#include <lucid/core/runtime/data_dir.hpp>

#include <optional>
#include <set>
#include <string>
#include <sys/types.h>
#include <vector>

namespace lucid::app::doctor {

enum class State {
    good,
    note,    ///< works, yet somebody should know
    broken,  ///< something does not work, or will not
};

struct Finding {
    State state = State::good;
    std::string check;   ///< what was looked at, in a word or two
    std::string detail;  ///< what was seen
    std::string next;    ///< the command or edit that mends it; empty when good
};

class Findings {
  public:
    void good(std::string check, std::string detail) {
        list_.push_back({State::good, std::move(check), std::move(detail), ""});
    }
    void note(std::string check, std::string detail, std::string next) {
        list_.push_back({State::note, std::move(check), std::move(detail), std::move(next)});
    }
    void broken(std::string check, std::string detail, std::string next) {
        list_.push_back({State::broken, std::move(check), std::move(detail), std::move(next)});
    }
    [[nodiscard]] const std::vector<Finding>& list() const { return list_; }
    [[nodiscard]] std::size_t count(State state) const;

  private:
    std::vector<Finding> list_;
};

/// What a running core says of itself.
struct RunningNode {
    pid_t pid = 0;
    std::string listen;
    pid_t chain_pid = 0;
    std::set<std::string> volumes;  ///< paths that it uses
};

/// Modes, owner, keys: the files as such.
void check_files(const core::runtime::DataDir& data, Findings& findings);
/// Catalog, and that the vault opens what is sealed in it.
void check_catalog(const core::runtime::DataDir& data, Findings& findings);
/// Recordings that are not sealed, not in the catalog, missing, or not anchored in time.
void check_recordings(const core::runtime::DataDir& data, bool running, Findings& findings);

/// Core, recorder and chain; nothing when no core answers.
std::optional<RunningNode> check_processes(const core::runtime::DataDir& data, Findings& findings);
/// Ports: ours when the node runs, free when it does not.
void check_ports(const core::runtime::DataDir& data, const std::optional<RunningNode>& running,
                 Findings& findings);
/// Genesis, trust file, head, and whether this machine's clock can be right.
void check_chain(const core::runtime::DataDir& data, bool running, Findings& findings);

/// Whether the scanner answers, and whether policies want one that is not there.
void check_scanner(const core::runtime::DataDir& data, Findings& findings);
/// Whether there is what makes indexes.
void check_index(const core::runtime::DataDir& data, Findings& findings);
/// Volumes that are absent or full.
void check_volumes(const core::runtime::DataDir& data, const std::optional<RunningNode>& running,
                   Findings& findings);
/// How old the last backup is.
void check_backup(const core::runtime::DataDir& data, Findings& findings);

/// Name, TCP, certificate of each registered host. Goes out to them.
void check_hosts(const core::runtime::DataDir& data, Findings& findings);

/// Kernel features and programs; needs no data directory.
void check_system(Findings& findings);

}  // namespace lucid::app::doctor
