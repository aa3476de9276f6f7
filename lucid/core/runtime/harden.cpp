// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/harden.hpp>

#include <cerrno>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

namespace lucid::core::runtime {

Result<void> harden_process(unsigned files_max) {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno(errno, "no_new_privs");
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail_errno(errno, "not dumpable");
    const rlimit no_core{0, 0};
    if (::setrlimit(RLIMIT_CORE, &no_core) != 0) return fail_errno(errno, "core limit");
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) != 0) return fail_errno(errno, "descriptor limit");
    if (files.rlim_max == RLIM_INFINITY || files.rlim_max > files_max) files.rlim_max = files_max;
    files.rlim_cur = files.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &files) != 0) return fail_errno(errno, "descriptor limit");
    return {};
}

void close_descriptors_from(int first) {
    ::close_range(static_cast<unsigned>(first), ~0U, 0);
}

}  // namespace lucid::core::runtime
