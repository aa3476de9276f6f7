// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/fd.hpp>
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/core/runtime/sanitized.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <netinet/in.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

// Each claim is tried by a child that was confined; its exit code says which one failed.

namespace lucid::core::runtime {
namespace {

namespace fs = std::filesystem;

class Jails : public testing::Test {
  protected:
    Jails() : folder_(::testing::TempDir() + "lucid-jail-" + std::to_string(::getpid())) {
        fs::create_directories(folder_ + "/mine");
        fs::create_directories(folder_ + "/theirs");
        for (const auto* name : {"/mine/a", "/theirs/a"}) std::ofstream(folder_ + name) << "x";
    }
    ~Jails() override { fs::remove_all(folder_); }
    void SetUp() override {
        if (!jail_strength().files()) GTEST_SKIP() << "this kernel has no Landlock";
    }
    [[nodiscard]] std::string mine(const char* name) const { return folder_ + "/mine/" + name; }
    [[nodiscard]] std::string theirs(const char* name) const { return folder_ + "/theirs/" + name; }

    /// Runs `attempts` in a confined child; gives the number that it returned.
    static int confined(const Jail& jail, const std::function<int()>& attempts) {
        const auto child = ::fork();
        if (child == 0) {
            if (!harden_process(64) || !enter_jail(jail)) ::_exit(100);
            ::_exit(attempts());
        }
        int status = 0;
        EXPECT_EQ(::waitpid(child, &status, 0), child);
        EXPECT_TRUE(WIFEXITED(status));
        return WEXITSTATUS(status);
    }
    static bool opens(const std::string& path, int flags) {
        const net::Fd file(::open(path.c_str(), flags | O_CLOEXEC, 0600));
        return file.valid();
    }
    static int connect_error(std::uint16_t port) {
        const net::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) ==
            0)
            return 0;
        return errno;
    }

    std::string folder_;
};

TEST_F(Jails, only_listed_files_can_be_read) {
    Jail jail;
    jail.read = {folder_ + "/mine"};
    EXPECT_EQ(confined(jail,
                       [&] {
                           if (!opens(mine("a"), O_RDONLY)) return 1;
                           if (opens(mine("a"), O_RDWR)) return 2;
                           if (opens(mine("new"), O_WRONLY | O_CREAT)) return 3;
                           if (opens(theirs("a"), O_RDONLY)) return 4;
                           if (opens("/etc/passwd", O_RDONLY)) return 5;
                           if (::unlink(mine("a").c_str()) == 0) return 6;
                           return 0;
                       }),
              0);
}

TEST_F(Jails, a_writable_folder_is_one_s_own_and_ends_there) {
    Jail jail;
    jail.write = {folder_ + "/mine"};
    EXPECT_EQ(confined(jail,
                       [&] {
                           if (!opens(mine("new"), O_RDWR | O_CREAT)) return 1;
                           if (::rename(mine("new").c_str(), mine("named").c_str()) != 0) return 2;
                           if (::truncate(mine("named").c_str(), 0) != 0) return 3;
                           if (::unlink(mine("named").c_str()) != 0) return 4;
                           if (::mkdir(mine("folder").c_str(), 0700) != 0) return 5;
                           if (::rename(mine("a").c_str(), theirs("b").c_str()) == 0) return 6;
                           if (::link(mine("a").c_str(), theirs("b").c_str()) == 0) return 7;
                           if (opens(mine("../theirs/a"), O_RDONLY)) return 8;
                           if (::symlink(theirs("a").c_str(), mine("link").c_str()) == 0 &&
                               opens(mine("link"), O_RDONLY))
                               return 9;
                           return 0;
                       }),
              0);
}

TEST_F(Jails, programs_start_only_from_the_list) {
    EXPECT_EQ(confined({},
                       [] {
                           ::execl("/bin/true", "true", static_cast<char*>(nullptr));
                           return errno == EACCES ? 0 : 1;
                       }),
              0);
    Jail jail;
    jail.execute = {"/bin/true"};
    EXPECT_EQ(confined(jail,
                       [] {
                           ::execl("/bin/true", "true", static_cast<char*>(nullptr));
                           return 1;
                       }),
              0);
}

TEST_F(Jails, ports_outside_the_list_are_refused) {
    if (!jail_strength().ports()) GTEST_SKIP() << "this kernel's Landlock knows no ports";
    const net::Fd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener.get(), 4), 0);
    ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    const auto port = ntohs(address.sin_port);
    Jail none;
    none.connect_tcp.emplace();
    none.bind_tcp.emplace();
    EXPECT_EQ(
        confined(none,
                 [&] {
                     if (connect_error(port) != EACCES) return 1;
                     const net::Fd socket(::socket(AF_INET, SOCK_STREAM, 0));
                     sockaddr_in any{};
                     any.sin_family = AF_INET;
                     if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&any), sizeof any) == 0)
                         return 2;
                     return errno == EACCES ? 0 : 3;
                 }),
        0);
    Jail one;
    one.connect_tcp = {port};
    EXPECT_EQ(confined(one, [&] { return connect_error(port); }), 0);
}

TEST_F(Jails, other_processes_cannot_be_signalled) {
    if (!jail_strength().signals()) GTEST_SKIP() << "this kernel's Landlock knows no signals";
    EXPECT_EQ(confined({}, [] { return ::kill(::getppid(), 0) == 0 ? 1 : 0; }), 0);
}

TEST_F(Jails, the_network_is_left_where_the_system_allows_it) {
    const auto child = ::fork();
    if (child == 0) {
        if (!leave_network()) ::_exit(77);
        // Not even loopback is up in there.
        ::_exit(connect_error(1) == ENETUNREACH ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WEXITSTATUS(status) == 77) GTEST_SKIP() << "user namespaces are not allowed here";
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(RareSystemCalls, are_refused_and_the_rest_works) {
    if (sanitized) GTEST_SKIP() << "a sanitizer's runtime needs more";
    const auto child = ::fork();
    if (child == 0) {
        if (!harden_process(64) || !refuse_rare_system_calls(true)) ::_exit(100);
        if (::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0) ::_exit(1);
        if (::unshare(CLONE_NEWUSER) == 0) ::_exit(2);
        if (::mount("none", "/tmp", "tmpfs", 0, nullptr) == 0 || errno != EPERM) ::_exit(3);
        if (::execl("/bin/true", "true", static_cast<char*>(nullptr)) == 0 || errno != EPERM)
            ::_exit(4);
        const int file = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
        if (file < 0) ::_exit(5);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

}  // namespace
}  // namespace lucid::core::runtime
