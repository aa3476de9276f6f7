// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/result/result.hpp>

#include <cstddef>

namespace lucid::rdp::gateway {

/// False in builds with a sanitizer, whose runtime opens files and starts threads.
[[nodiscard]] bool has_syscall_filter();

/// How many different calls the filter lets through.
[[nodiscard]] std::size_t allowed_system_calls();

/// From here on this thread may move bytes over descriptors it has or is handed, manage memory that
/// is not executable, tell the time, and leave; everything else fails with EPERM: no files,
/// sockets, processes, no new code (seccomp-bpf). Needs no_new_privs. Irreversible. Does nothing
/// where has_syscall_filter() is false.
Result<void> confine_to_open_descriptors();

/// The same with accepting connections and waiting for many of them: for the door.
Result<void> confine_to_listener();

}  // namespace lucid::rdp::gateway
