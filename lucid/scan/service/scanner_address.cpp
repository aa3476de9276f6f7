// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/config.hpp>
#include <lucid/scan/service/scanner_address.hpp>

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace lucid::scan::service {
namespace {

constexpr std::string_view unix_head = "unix:";
constexpr std::string_view tcp_head = "tcp:";
constexpr std::size_t path_bytes_max = sizeof(sockaddr_un{}.sun_path) - 1;

Result<core::net::Fd> connect_to(int family, const sockaddr* address, socklen_t size) {
    core::net::Fd socket(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return fail_errno(errno, "scanner socket");
    if (::connect(socket.get(), address, size) != 0 && errno != EINPROGRESS)
        return fail_errno(errno, "connect to scanner");
    return socket;
}

}  // namespace

std::string ScannerAddress::text() const {
    if (is_unix()) return std::string(unix_head) + path;
    return std::string(tcp_head) + core::runtime::Endpoint{address, port}.text();
}

Result<ScannerAddress> ScannerAddress::parse(std::string_view text) {
    ScannerAddress out;
    if (text.starts_with(unix_head)) {
        out.path = text.substr(unix_head.size());
        if (!out.path.starts_with('/') || out.path.size() > path_bytes_max)
            return fail(Errc::bad_value, "scanner address");
        return out;
    }
    if (!text.starts_with(tcp_head)) return fail(Errc::bad_value, "scanner address");
    LUCID_TRY(const auto endpoint, core::runtime::Endpoint::parse(text.substr(tcp_head.size())));
    in6_addr unused{};
    const bool numeric = ::inet_pton(AF_INET, endpoint.address.c_str(), &unused) == 1 ||
                         ::inet_pton(AF_INET6, endpoint.address.c_str(), &unused) == 1;
    if (!numeric || endpoint.port == 0) return fail(Errc::bad_value, "scanner address");
    out.address = endpoint.address;
    out.port = endpoint.port;
    return out;
}

Result<core::net::Fd> begin_connect(const ScannerAddress& to) {
    if (to.is_unix()) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, to.path.c_str(), to.path.size() + 1);
        return connect_to(AF_UNIX, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    }
    sockaddr_in v4{};
    if (::inet_pton(AF_INET, to.address.c_str(), &v4.sin_addr) == 1) {
        v4.sin_family = AF_INET;
        v4.sin_port = htons(to.port);
        return connect_to(AF_INET, reinterpret_cast<const sockaddr*>(&v4), sizeof v4);
    }
    sockaddr_in6 v6{};
    if (::inet_pton(AF_INET6, to.address.c_str(), &v6.sin6_addr) != 1)
        return fail(Errc::bad_value, "scanner address");
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(to.port);
    return connect_to(AF_INET6, reinterpret_cast<const sockaddr*>(&v6), sizeof v6);
}

}  // namespace lucid::scan::service
