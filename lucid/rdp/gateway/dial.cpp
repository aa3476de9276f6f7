// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/dial.hpp>

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <fstream>
#include <memory>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <set>
#include <sstream>
#include <sys/socket.h>
#include <unistd.h>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

namespace {

using Clock = std::chrono::steady_clock;
/// What the kernel allows at most is its own limit; a burst must not wait for the next turn.
constexpr int backlog = 4096;

struct AddressDeleter {
    void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, AddressDeleter>;

Result<Addresses> resolve(const Endpoint& endpoint, int flags) {
    addrinfo hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const auto port = std::to_string(endpoint.port);
    if (::getaddrinfo(endpoint.address.c_str(), port.c_str(), &hints, &found) != 0)
        return fail(Errc::not_found, "address");
    return Addresses(found);
}

Result<core::net::Fd> connect_one(const addrinfo& address, Clock::time_point deadline) {
    core::net::Fd socket(
        ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return fail_errno(errno, "socket");
    if (::connect(socket.get(), address.ai_addr, address.ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS) return fail_errno(errno, "connect to host");
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return fail(Errc::timed_out, "connect to host");
        pollfd item{socket.get(), POLLOUT, 0};
        const int ready = ::poll(&item, 1, static_cast<int>(left.count()));
        if (ready < 0 && errno != EINTR) return fail_errno(errno, "connect to host");
        if (ready > 0) break;
    }
    int error = 0;
    socklen_t size = sizeof error;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error != 0) return fail_errno(error, "connect to host");
    return socket;
}

/// Inode of the socket that listens on `port`, from a table of /proc/net; 0: none.
unsigned long listening_inode(const char* table, std::uint16_t port) {
    std::ifstream in(table);
    std::string line;
    std::getline(in, line);
    while (std::getline(in, line)) {
        std::istringstream fields(line);
        std::string slot, local, remote, state, queues, timer, retransmits, uid, timeout;
        unsigned long inode = 0;
        fields >> slot >> local >> remote >> state >> queues >> timer >> retransmits >> uid >>
            timeout >> inode;
        const auto colon = local.rfind(':');
        if (state != "0A" || colon == std::string::npos) continue;
        unsigned value = 0;
        std::from_chars(local.data() + colon + 1, local.data() + local.size(), value, 16);
        if (value == port) return inode;
    }
    return 0;
}

struct DirectoryDeleter {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

bool holds_socket(const std::string& process, const std::string& wanted) {
    const auto path = "/proc/" + process + "/fd";
    const std::unique_ptr<DIR, DirectoryDeleter> directory(::opendir(path.c_str()));
    if (!directory) return false;
    while (const auto* entry = ::readdir(directory.get())) {
        std::array<char, 64> target{};
        const auto link = path + "/" + entry->d_name;
        const auto size = ::readlink(link.c_str(), target.data(), target.size() - 1);
        if (size > 0 && wanted == target.data()) return true;
    }
    return false;
}

}  // namespace

Result<core::net::Fd> connect_tcp(const Endpoint& to, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    LUCID_TRY(const auto addresses, resolve(to, 0));
    Result<core::net::Fd> last = fail(Errc::not_found, "address");
    for (const auto* address = addresses.get(); address != nullptr; address = address->ai_next) {
        last = connect_one(*address, deadline);
        if (last) break;
    }
    return last;
}

Result<core::net::Fd> listen_tcp(const Endpoint& on) {
    LUCID_TRY(const auto addresses, resolve(on, AI_NUMERICHOST | AI_PASSIVE));
    core::net::Fd socket(::socket(addresses->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail_errno(errno, "socket");
    const int on_value = 1;
    (void)::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on_value, sizeof on_value);
    if (::bind(socket.get(), addresses->ai_addr, addresses->ai_addrlen) != 0)
        return fail_errno(errno, "listen address");
    if (::listen(socket.get(), backlog) != 0) return fail_errno(errno, "listen address");
    return socket;
}

Result<Endpoint> endpoint_of(int socket, bool peer) {
    sockaddr_storage storage{};
    socklen_t size = sizeof storage;
    auto* address = reinterpret_cast<sockaddr*>(&storage);
    if ((peer ? ::getpeername(socket, address, &size) : ::getsockname(socket, address, &size)) != 0)
        return fail_errno(errno, "socket address");
    std::array<char, NI_MAXHOST> host{};
    std::array<char, NI_MAXSERV> service{};
    if (::getnameinfo(address, size, host.data(), host.size(), service.data(), service.size(),
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return fail(Errc::io_failed, "socket address");
    return Endpoint{host.data(), static_cast<std::uint16_t>(std::stoi(service.data()))};
}

std::string port_holder(std::uint16_t port) {
    auto inode = listening_inode("/proc/net/tcp", port);
    if (inode == 0) inode = listening_inode("/proc/net/tcp6", port);
    if (inode == 0) return "";
    const auto wanted = fmt::format("socket:[{}]", inode);
    const std::unique_ptr<DIR, DirectoryDeleter> processes(::opendir("/proc"));
    while (processes) {
        const auto* entry = ::readdir(processes.get());
        if (entry == nullptr) break;
        const std::string process = entry->d_name;
        if (process.find_first_not_of("0123456789") != std::string::npos) continue;
        if (!holds_socket(process, wanted)) continue;
        std::ifstream in("/proc/" + process + "/comm");
        std::string name;
        std::getline(in, name);
        return fmt::format("process {} ({})", process, name);
    }
    return "another user's process";
}

}  // namespace lucid::rdp::gateway
