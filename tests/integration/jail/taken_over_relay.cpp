// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
//
// An attacker who runs his own code in a relay: the process confines itself exactly as a relay does
// and then tries to get out. Prints "ok …" or "not ok …" for each attempt.

#include <lucid/core/runtime/jail.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>
#include <lucid/rdp/gateway/syscall_filter.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <linux/keyctl.h>
#include <mqueue.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

namespace lucid::rdp::gateway::test {
namespace {

namespace fs = std::filesystem;

/// What stands around a relay on a real node.
struct Surroundings {
    std::string folder;      ///< vault key, catalog, chain socket
    pid_t other_relay = -1;  ///< another session of the same user
    int other_listener = -1;
    sockaddr_in other_address{};
    int host_leg = -1;  ///< connected to its own peer
    int host_peer = -1;
};

struct Attempt {
    const char* what;
    std::function<bool()> succeeds;
};

bool opens(const std::string& path, int flags) {
    return ::open(path.c_str(), flags, 0600) >= 0;
}

bool works(long result) {
    return result >= 0;
}

std::vector<Attempt> attempts_on_files(const Surroundings& s) {
    return {
        {"read the vault key", [&] { return opens(s.folder + "/vault.key", O_RDONLY); }},
        {"write the catalog", [&] { return opens(s.folder + "/catalog.sqlite", O_RDWR); }},
        {"read /etc/passwd", [] { return opens("/etc/passwd", O_RDONLY); }},
        {"read its own memory file", [] { return opens("/proc/self/mem", O_RDWR); }},
        {"read the environment of another process",
         [] { return opens(fmt::format("/proc/{}/environ", ::getppid()), O_RDONLY); }},
        {"make a file", [] { return opens("/tmp/lucid-escape", O_WRONLY | O_CREAT); }},
        {"make a file without a name", [] { return opens("/tmp", O_TMPFILE | O_RDWR); }},
        {"list a folder", [] { return works(::syscall(SYS_openat, AT_FDCWD, "/", O_DIRECTORY)); }},
        {"remove a file", [&] { return ::unlink((s.folder + "/vault.key").c_str()) == 0; }},
        {"rename a file",
         [&] { return ::rename((s.folder + "/vault.key").c_str(), "/tmp/k") == 0; }},
        {"look at a file", [&] { return ::access((s.folder + "/vault.key").c_str(), F_OK) == 0; }},
        {"change folder", [] { return ::chdir("/") == 0; }},
        {"make a named pipe", [] { return ::mkfifo("/tmp/lucid-pipe", 0600) == 0; }},
        {"open a message queue", [] { return ::mq_open("/lucid", O_CREAT | O_RDWR) >= 0; }},
        {"share memory", [] { return ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600) >= 0; }},
        {"make a file in memory", [] { return ::memfd_create("x", 0) >= 0; }},
    };
}

std::vector<Attempt> attempts_on_network(const Surroundings& s) {
    const auto* other = reinterpret_cast<const sockaddr*>(&s.other_address);
    const auto size = static_cast<socklen_t>(sizeof s.other_address);
    return {
        {"make a TCP socket", [] { return ::socket(AF_INET, SOCK_STREAM, 0) >= 0; }},
        {"make an IPv6 socket", [] { return ::socket(AF_INET6, SOCK_STREAM, 0) >= 0; }},
        {"make a UDP socket", [] { return ::socket(AF_INET, SOCK_DGRAM, 0) >= 0; }},
        {"make a Unix socket", [] { return ::socket(AF_UNIX, SOCK_STREAM, 0) >= 0; }},
        {"make a netlink socket", [] { return ::socket(AF_NETLINK, SOCK_RAW, 0) >= 0; }},
        {"make a raw socket", [] { return ::socket(AF_INET, SOCK_RAW, IPPROTO_TCP) >= 0; }},
        {"make a vsock", [] { return ::socket(AF_VSOCK, SOCK_STREAM, 0) >= 0; }},
        {"point its host socket elsewhere",
         [=, &s] { return ::connect(s.host_leg, other, size) == 0; }},
        {"disconnect its host socket",
         [&s] {
             sockaddr unspecified{};
             unspecified.sa_family = AF_UNSPEC;
             return ::connect(s.host_leg, &unspecified, sizeof unspecified) == 0;
         }},
        {"listen", [&s] { return ::listen(s.host_leg, 1) == 0; }},
        {"bind", [=, &s] { return ::bind(s.host_leg, other, size) == 0; }},
    };
}

std::vector<Attempt> attempts_on_processes(const Surroundings& s) {
    const auto other = s.other_relay;
    return {
        {"signal another session", [=] { return ::kill(other, SIGKILL) == 0; }},
        {"signal a thread of another session",
         [=] { return ::syscall(SYS_tgkill, other, other, SIGKILL) == 0; }},
        {"signal everybody", [] { return ::kill(-1, SIGKILL) == 0; }},
        {"trace another session",
         [=] { return ::ptrace(PTRACE_ATTACH, other, nullptr, nullptr) == 0; }},
        {"read another session's memory",
         [=] {
             char byte = 0;
             iovec mine{&byte, 1};
             iovec theirs{&byte, 1};
             return ::process_vm_readv(other, &mine, 1, &theirs, 1, 0) >= 0;
         }},
        {"take a descriptor of another session",
         [=] { return works(::syscall(SYS_pidfd_open, other, 0)); }},
        {"fork", [] { return ::fork() >= 0; }},
        {"start a thread",
         [] { return works(::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr)); }},
        {"start a shell",
         [] { return ::execl("/bin/sh", "sh", "-c", "true", static_cast<char*>(nullptr)) == 0; }},
        {"run another program from a descriptor",
         [] { return works(::syscall(SYS_execveat, 0, "", nullptr, nullptr, AT_EMPTY_PATH)); }},
    };
}

std::vector<Attempt> attempts_on_kernel(const Surroundings&) {
    const auto call = [](long number) {
        return [number] { return works(::syscall(number, 0, 0, 0, 0, 0, 0)); };
    };
    return {
        {"make memory executable",
         [] {
             return ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
         }},
        {"turn written memory into code",
         [] {
             void* page =
                 ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
             return page != MAP_FAILED && ::mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0;
         }},
        {"make a user namespace", [] { return ::unshare(CLONE_NEWUSER) == 0; }},
        {"enter another namespace", [] { return ::setns(0, 0) == 0; }},
        {"mount", [] { return ::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0; }},
        {"change root", [] { return ::chroot("/tmp") == 0; }},
        {"become another user", [] { return ::setuid(0) == 0; }},
        {"raise its limits",
         [] {
             const rlimit more{1 << 20, 1 << 20};
             return ::setrlimit(RLIMIT_NOFILE, &more) == 0;
         }},
        {"become dumpable", [] { return ::prctl(PR_SET_DUMPABLE, 1) == 0; }},
        {"replace the filter", [] { return ::prctl(PR_SET_SECCOMP, 0) == 0; }},
        {"use io_uring", call(SYS_io_uring_setup)},
        {"load a BPF program", call(SYS_bpf)},
        {"use userfaultfd", call(SYS_userfaultfd)},
        {"use performance counters", call(SYS_perf_event_open)},
        {"use the keyring",
         [] {
             return works(::syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_USER_KEYRING, 1));
         }},
        {"set the clock", call(SYS_clock_settime)},
    };
}

/// Inside: everything is tried, answers go out over the one pipe that the test adds.
int try_everything(const Surroundings& s, int report) {
    if (!confine_relay()) return 1;
    const auto say = [&](bool good, const char* what) {
        const auto line = fmt::format("{} {}\n", good ? "ok" : "not ok", what);
        (void)!::write(report, line.data(), line.size());
    };
    for (const auto& attempts : {attempts_on_files(s), attempts_on_network(s),
                                 attempts_on_processes(s), attempts_on_kernel(s)})
        for (const auto& attempt : attempts) {
            const auto line = std::string("a taken-over relay cannot ") + attempt.what;
            say(!attempt.succeeds(), line.c_str());
        }
    char byte = 0;
    say(::write(s.host_leg, "x", 1) == 1 && ::read(s.host_leg, &byte, 1) == 1,
        "it still serves its own host connection");
    return 0;
}

Surroundings prepare() {
    Surroundings s;
    s.folder = fs::temp_directory_path().string() + "/lucid-jail-XXXXXX";
    if (::mkdtemp(s.folder.data()) == nullptr) ::_exit(2);
    for (const auto* name : {"/vault.key", "/catalog.sqlite"}) std::ofstream(s.folder + name) << 1;
    s.other_relay = ::fork();
    if (s.other_relay == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) ::pause();
    }
    s.other_listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    s.other_address.sin_family = AF_INET;
    s.other_address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof s.other_address;
    if (::bind(s.other_listener, reinterpret_cast<sockaddr*>(&s.other_address), size) != 0 ||
        ::listen(s.other_listener, 4) != 0 ||
        ::getsockname(s.other_listener, reinterpret_cast<sockaddr*>(&s.other_address), &size) != 0)
        ::_exit(2);
    s.host_leg = ::socket(AF_INET, SOCK_STREAM, 0);
    if (::connect(s.host_leg, reinterpret_cast<sockaddr*>(&s.other_address), size) != 0) ::_exit(2);
    s.host_peer = ::accept(s.other_listener, nullptr, nullptr);
    (void)!::write(s.host_peer, "y", 1);
    return s;
}

int run() {
    auto s = prepare();
    int report[2];
    if (::pipe(report) != 0) return 2;
    const auto relay = ::fork();
    if (relay == 0) ::_exit(try_everything(s, report[1]));
    ::close(report[1]);
    std::string lines;
    char buffer[4096];
    for (ssize_t got = 0; (got = ::read(report[0], buffer, sizeof buffer)) > 0;)
        lines.append(buffer, static_cast<std::size_t>(got));
    int status = 0;
    ::waitpid(relay, &status, 0);
    fmt::print("{}", lines);
    bool good = WIFEXITED(status) && WEXITSTATUS(status) == 0 && !lines.empty() &&
                lines.find("not ok") == std::string::npos;
    const auto claim = [&](bool holds, const std::string& what) {
        fmt::print("{} {}\n", holds ? "ok" : "not ok", what);
        good = good && holds;
    };
    claim(::waitpid(s.other_relay, nullptr, WNOHANG) == 0, "the other session lives on");
    claim(fs::exists(s.folder + "/vault.key"), "the vault key is still there");
    const auto calls = allowed_system_calls();
    claim(calls <= 60, fmt::format("{} system calls are allowed, 60 at most", calls));
    if (!core::runtime::jail_strength().files())
        fmt::print("skip Landlock: this kernel has none; seccomp alone held\n");
    ::kill(s.other_relay, SIGKILL);
    ::waitpid(s.other_relay, &status, 0);
    fs::remove_all(s.folder);
    return good ? 0 : 1;
}

}  // namespace
}  // namespace lucid::rdp::gateway::test

int main() {
    return lucid::rdp::gateway::test::run();
}
