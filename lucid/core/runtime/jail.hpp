// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What a role process may still reach once it runs: files and TCP ports by Landlock, other
/// processes and kernel interfaces by seccomp. Irreversible, inherited by children. Sources: Linux
/// documentation, "Landlock: unprivileged access control" (ABI 1 to 6), seccomp(2).

#include <lucid/common/result/result.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace lucid::core::runtime {

/// Paths name files or whole folders and are open to whatever lies below; one that does not exist
/// is left out. What is not listed cannot be opened, made, removed or executed.
struct Jail {
    std::vector<std::string> read;
    std::vector<std::string> write;  ///< read, too
    std::vector<std::string> execute;
    /// TCP ports; nothing given: no rule, an empty list: none at all.
    std::optional<std::vector<std::uint16_t>> bind_tcp;
    std::optional<std::vector<std::uint16_t>> connect_tcp;
};

/// What the kernel could give, for log and `lucid doctor`.
struct JailStrength {
    unsigned landlock_abi = 0;  ///< 0: this kernel has no Landlock, files are not confined
    [[nodiscard]] bool files() const { return landlock_abi >= 1; }
    [[nodiscard]] bool ports() const { return landlock_abi >= 4; }
    [[nodiscard]] bool signals() const { return landlock_abi >= 6; }
};

/// Of this kernel, without confining anything.
[[nodiscard]] JailStrength jail_strength();

/// Confines the calling thread and what it starts: to be called before other threads exist. Needs
/// no_new_privs (harden_process). System folders (libraries, certificates, time zone) stay
/// readable.
Result<JailStrength> enter_jail(const Jail& jail);

/// Refuses what no process of ours needs: tracing, mounting, modules, namespaces, io_uring, keys
/// and the like; with `no_programs` starting programs, too. EPERM for whoever tries. Does nothing
/// in sanitizer builds.
Result<void> refuse_rare_system_calls(bool no_programs);

/// For a process that computes on hostile bytes: from here on it may use descriptors that it has or
/// is handed, manage memory that is not executable, tell the time, and leave. Opening a file,
/// making a socket or a process, and everything else ends it (SIGSYS). Needs no_new_privs and a
/// single thread. In sanitizer builds only files and ports are confined.
Result<void> confine_decoder();

/// A network of its own without any interface: sockets that it has stay what they are, new ones
/// lead nowhere. False where the system does not let users make namespaces.
[[nodiscard]] bool leave_network();

}  // namespace lucid::core::runtime
