// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/result/assert.hpp>

#include <csignal>
#include <sys/types.h>

namespace lucid::test {

/// Ends one process at once; false when it is gone already. Not for what a failed fork() or look-up
/// gives: to kill(2), -1 is every process there is and 0 the caller's own group.
inline bool kill_process(pid_t pid) {
    LUCID_ASSERT(pid > 1);
    return ::kill(pid, SIGKILL) == 0;
}

}  // namespace lucid::test
