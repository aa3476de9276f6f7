// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <cstdlib>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <string_view>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "finding.hpp"
#include <fmt/format.h>

namespace lucid::app::doctor {

namespace {

/// Descriptors the recorder wants.
constexpr rlim_t files_min = 4096;

struct Program {
    const char* name;
    const char* package;
    const char* purpose;
};
constexpr auto programs = std::to_array<Program>({
    {"xfreerdp", "freerdp2-x11", "shows `lucid session replay` and is the client that was tested"},
    {"age", "age", "opens envelopes without Lucid"},
});

bool is_on_path(std::string_view name) {
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/bin:/bin" : path;
    while (!rest.empty()) {
        const auto colon = rest.find(':');
        const auto file = fmt::format("{}/{}", rest.substr(0, colon), name);
        if (::access(file.c_str(), X_OK) == 0) return true;
        rest = colon == std::string_view::npos ? std::string_view{} : rest.substr(colon + 1);
    }
    return false;
}

bool has_seccomp() {
    const std::uint32_t action = SECCOMP_RET_ERRNO;
    return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

long landlock_version() {
    return ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

/// Tried in a child: the namespace is one's own from then on.
bool has_user_namespaces() {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(::unshare(CLONE_NEWUSER) == 0 ? 0 : 1);
    int status = 1;
    return child > 0 && ::waitpid(child, &status, 0) == child && status == 0;
}

}  // namespace

void check_system(Findings& findings) {
    if (has_seccomp())
        findings.good("kernel", "seccomp filters");
    else
        findings.broken("kernel", "no seccomp filters: a relay cannot be confined",
                        "use a kernel with CONFIG_SECCOMP_FILTER (Debian's has it)");
    const auto landlock = landlock_version();
    if (landlock > 0)
        findings.good("kernel", fmt::format("Landlock version {}", landlock));
    else
        findings.note("kernel", "no Landlock: one of the walls around relays is missing",
                      "boot with lsm=landlock,… (Linux 5.13 or later)");
    if (has_user_namespaces())
        findings.good("kernel", "user namespaces");
    else
        findings.note(
            "kernel", "no user namespaces: one of the walls around relays is missing",
            "sysctl -w kernel.unprivileged_userns_clone=1 user.max_user_namespaces=10000");
    rlimit files{};
    if (::getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_max < files_min)
        findings.broken(
            "limits", fmt::format("{} open files at most", files.rlim_max),
            fmt::format("LimitNOFILE={} in the systemd unit, or ulimit -Hn", files_min));
    for (const auto& program : programs)
        if (!is_on_path(program.name))
            findings.note("programs", fmt::format("no {}: {}", program.name, program.purpose),
                          fmt::format("apt-get install {}", program.package));
}

}  // namespace lucid::app::doctor
