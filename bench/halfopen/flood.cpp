// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "flood.hpp"

#include <lucid/common/result/assert.hpp>
#include <lucid/core/net/fd.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <vector>

namespace lucid::bench {

namespace {

constexpr unsigned connections_per_address = 40;
constexpr long pause_ns = 100'000'000;

struct Connection {
    core::net::Fd socket;
    std::size_t sent = 0;
};

class Flooder {
  public:
    Flooder(Flood kind, std::uint16_t port, unsigned count)
        : kind_(kind), port_(port), connections_(count) {
        rdp::proto::ConnectionRequest request;
        request.cookie = "Cookie: mstshash=lt-aaaaaaaaaa";
        request.requested_protocols = rdp::proto::protocol_ssl | rdp::proto::protocol_hybrid;
        request_ = rdp::proto::encode_connection_request(request);
    }
    /// One look at every connection.
    void turn() {
        for (unsigned i = 0; i < connections_.size(); ++i) {
            auto& connection = connections_[i];
            if (!connection.socket.valid() || !step(i, connection)) open(i, connection);
        }
    }

  private:
    void open(unsigned i, Connection& connection) {
        connection = {};
        core::net::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_in from{};
        from.sin_family = AF_INET;
        from.sin_addr.s_addr = htonl(0x7f010000U + i / connections_per_address + 1);
        const int on = 1;
        (void)::setsockopt(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
        if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&from), sizeof from) != 0) return;
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(port_);
        if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) return;
        connection.socket = std::move(socket);
        if (kind_ == Flood::slow && i % 2 == 1) {
            (void)::send(connection.socket.get(), request_.data(), request_.size(), MSG_NOSIGNAL);
            connection.sent = request_.size();
        }
    }
    /// False when the gateway closed it.
    bool step(unsigned i, Connection& connection) {
        char answer[256];
        const auto got = ::recv(connection.socket.get(), answer, sizeof answer, MSG_DONTWAIT);
        if (got == 0 || (got < 0 && errno != EAGAIN)) return false;
        if (kind_ == Flood::half_open) return true;
        // A TLS record that announces a long hello.
        constexpr unsigned char hello[] = {0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3};
        const auto at = connection.sent++;
        const bool whole = i % 2 == 1;
        if (!whole && at + 1 >= request_.size()) return true;
        const unsigned char byte =
            whole ? hello[std::min(at - request_.size(), sizeof hello - 1)] : request_[at];
        return ::send(connection.socket.get(), &byte, 1, MSG_NOSIGNAL | MSG_DONTWAIT) == 1 ||
               errno == EAGAIN;
    }

    Flood kind_;
    std::uint16_t port_;
    std::vector<Connection> connections_;
    Bytes request_;
};

}  // namespace

pid_t start_flood(Flood kind, std::uint16_t port, unsigned count) {
    int ready[2];
    LUCID_ASSERT(::pipe(ready) == 0);
    const pid_t pid = ::fork();
    LUCID_ASSERT(pid >= 0);
    if (pid == 0) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        rlimit files{};
        (void)::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        (void)::setrlimit(RLIMIT_NOFILE, &files);
        Flooder flooder(kind, port, count);
        flooder.turn();
        (void)!::write(ready[1], "x", 1);
        for (;;) {
            const timespec pause{0, pause_ns};
            (void)::nanosleep(&pause, nullptr);
            flooder.turn();
        }
    }
    ::close(ready[1]);
    char byte = 0;
    LUCID_ASSERT(::read(ready[0], &byte, 1) == 1);
    ::close(ready[0]);
    return pid;
}

}  // namespace lucid::bench
