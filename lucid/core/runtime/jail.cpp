// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace lucid::core::runtime {
namespace {

// Debian 12's headers end at ABI 2; these are from the kernel's uapi/linux/landlock.h.
constexpr std::uint64_t fs_truncate = 1ULL << 14;                // ABI 3
constexpr std::uint64_t fs_ioctl_dev = 1ULL << 15;               // ABI 5
constexpr std::uint64_t net_bind_tcp = 1ULL << 0;                // ABI 4
constexpr std::uint64_t net_connect_tcp = 1ULL << 1;             // ABI 4
constexpr std::uint64_t scope_abstract_unix_socket = 1ULL << 0;  // ABI 6
constexpr std::uint64_t scope_signal = 1ULL << 1;                // ABI 6
constexpr int rule_net_port = 2;
struct RulesetAttributes {
    std::uint64_t handled_access_fs = 0;
    std::uint64_t handled_access_net = 0;
    std::uint64_t scoped = 0;
};
struct NetPortAttributes {
    std::uint64_t allowed_access = 0;
    std::uint64_t port = 0;
};

constexpr std::uint64_t read_file = LANDLOCK_ACCESS_FS_READ_FILE;
constexpr std::uint64_t read_access = read_file | LANDLOCK_ACCESS_FS_READ_DIR;
/// What may be asked of a file; the rest is for folders only.
constexpr std::uint64_t of_files = read_file | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                   LANDLOCK_ACCESS_FS_EXECUTE | fs_truncate | fs_ioctl_dev;

/// Shared by all programs, secret to nobody; read late by libraries.
constexpr std::array system_readable = {"/usr/lib",         "/lib",
                                        "/lib64",           "/usr/share/zoneinfo",
                                        "/etc/localtime",   "/etc/ld.so.cache",
                                        "/etc/ssl",         "/etc/hosts",
                                        "/etc/resolv.conf", "/etc/nsswitch.conf",
                                        "/etc/host.conf",   "/etc/gai.conf",
                                        "/dev/urandom",     "/dev/null",
                                        "/proc/sys/kernel", "/sys/devices/system/cpu"};

/// The kernel executes these, too, when it starts a program.
constexpr std::array loaders = {"/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1"};
/// What a sanitizer's runtime reads when the process ends.
constexpr std::array sanitizer_readable = {"/proc", "/usr/bin"};

std::uint64_t all_fs(unsigned abi) {
    auto access = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // ABI 1: bits 0 to 12
    if (abi >= 2) access |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= 3) access |= fs_truncate;
    if (abi >= 5) access |= fs_ioctl_dev;
    return access;
}

Result<void> allow_path(int ruleset, const std::string& path, std::uint64_t access) {
    const net::Fd file(::open(path.c_str(), O_PATH | O_CLOEXEC));
    if (!file.valid()) {
        if (errno == ENOENT || errno == ENOTDIR || errno == EACCES) return {};
        return fail_errno(errno, "jail path");
    }
    struct stat info{};
    if (::fstat(file.get(), &info) != 0) return fail_errno(errno, "jail path");
    landlock_path_beneath_attr rule{};
    rule.allowed_access = S_ISDIR(info.st_mode) ? access : access & of_files;
    rule.parent_fd = file.get();
    if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
        return fail_errno(errno, "jail path");
    return {};
}

Result<void> allow_paths(int ruleset, const Jail& jail, std::uint64_t handled) {
    for (const auto* path : system_readable)
        LUCID_CHECK(allow_path(ruleset, path, read_access & handled));
    if constexpr (sanitized)
        for (const auto* path : sanitizer_readable)
            LUCID_CHECK(allow_path(ruleset, path, read_access & handled));
    for (const auto& path : jail.read)
        LUCID_CHECK(allow_path(ruleset, path, read_access & handled));
    for (const auto& path : jail.write)
        LUCID_CHECK(
            allow_path(ruleset, path, handled & ~std::uint64_t{LANDLOCK_ACCESS_FS_EXECUTE}));
    const auto execute = (read_file | LANDLOCK_ACCESS_FS_EXECUTE) & handled;
    for (const auto& path : jail.execute) LUCID_CHECK(allow_path(ruleset, path, execute));
    if (!jail.execute.empty())
        for (const auto* path : loaders) LUCID_CHECK(allow_path(ruleset, path, execute));
    return {};
}

Result<void> allow_ports(int ruleset, const std::optional<std::vector<std::uint16_t>>& ports,
                         std::uint64_t access) {
    if (!ports) return {};
    for (const auto port : *ports) {
        const NetPortAttributes rule{access, port};
        if (::syscall(SYS_landlock_add_rule, ruleset, rule_net_port, &rule, 0) != 0)
            return fail_errno(errno, "jail port");
    }
    return {};
}

}  // namespace

JailStrength jail_strength() {
    const auto abi =
        ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
    return {abi > 0 ? static_cast<unsigned>(abi) : 0};
}

Result<JailStrength> enter_jail(const Jail& jail) {
    const auto strength = jail_strength();
    if (!strength.files()) return strength;
    RulesetAttributes attributes;
    attributes.handled_access_fs = all_fs(strength.landlock_abi);
    if (strength.ports()) {
        if (jail.bind_tcp) attributes.handled_access_net |= net_bind_tcp;
        if (jail.connect_tcp) attributes.handled_access_net |= net_connect_tcp;
    }
    if (strength.signals()) attributes.scoped = scope_abstract_unix_socket | scope_signal;
    // An older kernel refuses a structure that is longer than it knows.
    const std::size_t size = strength.signals() ? sizeof attributes
                             : strength.ports() ? 2 * sizeof(std::uint64_t)
                                                : sizeof(std::uint64_t);
    const net::Fd ruleset(
        static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, size, 0)));
    if (!ruleset.valid()) return fail_errno(errno, "jail");
    LUCID_CHECK(allow_paths(ruleset.get(), jail, attributes.handled_access_fs));
    if (strength.ports()) {
        LUCID_CHECK(allow_ports(ruleset.get(), jail.bind_tcp, net_bind_tcp));
        LUCID_CHECK(allow_ports(ruleset.get(), jail.connect_tcp, net_connect_tcp));
    }
    if (::syscall(SYS_landlock_restrict_self, ruleset.get(), 0) != 0)
        return fail_errno(errno, "jail");
    return strength;
}

bool leave_network() {
    return ::unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0;
}

}  // namespace lucid::core::runtime
