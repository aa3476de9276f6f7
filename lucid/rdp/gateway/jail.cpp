// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/jail.hpp>

#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <vector>

namespace lucid::rdp::gateway {

namespace {

Result<void> limit(int resource, rlim_t value, const char* context) {
    rlimit wanted{value, value};
    rlimit now{};
    // A hard limit that is already lower stays.
    if (::getrlimit(resource, &now) == 0 && now.rlim_max < value) wanted = {now.rlim_max, now.rlim_max};
    if (::setrlimit(resource, &wanted) != 0) return fail_errno(errno, context);
    return {};
}

}  // namespace

void close_descriptors_except(std::span<const int> kept) {
    std::vector<int> sorted(kept.begin(), kept.end());
    std::sort(sorted.begin(), sorted.end());
    unsigned next = STDERR_FILENO + 1;
    for (const int fd : sorted) {
        if (fd < static_cast<int>(next)) continue;
        if (fd > static_cast<int>(next))
            (void)::close_range(next, static_cast<unsigned>(fd) - 1, 0);
        next = static_cast<unsigned>(fd) + 1;
    }
    (void)::close_range(next, ~0U, 0);
}

Result<void> give_up_privileges() {
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno(errno, "no_new_privs");
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return fail_errno(errno, "dumpable");
    LUCID_CHECK(limit(RLIMIT_CORE, 0, "core dump limit"));
    LUCID_CHECK(limit(RLIMIT_NOFILE, relay_descriptors_max, "descriptor limit"));
    LUCID_CHECK(limit(RLIMIT_FSIZE, 0, "file size limit"));
    return {};
}

}  // namespace lucid::rdp::gateway
