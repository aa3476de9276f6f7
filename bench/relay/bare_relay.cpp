// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "bare_relay.hpp"

#include <arpa/inet.h>
#include <array>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace lucid::bench {

namespace {

constexpr std::size_t buffer_bytes = 64 * 1024;

struct Side {
    int fd = -1;
    SSL* ssl = nullptr;
    /// Read from this side, not yet written to the other one.
    std::array<char, buffer_bytes> buffer{};
    int filled = 0;
    int written = 0;
};

/// One X.224 message, which ends a read on loopback.
bool pass_clear(int from, int to) {
    std::array<char, 1024> message{};
    const auto got = ::recv(from, message.data(), message.size(), 0);
    return got > 0 && ::send(to, message.data(), static_cast<std::size_t>(got), 0) == got;
}

SSL* secure(SSL_CTX* context, int fd, bool server) {
    SSL* ssl = SSL_new(context);
    SSL_set_fd(ssl, fd);
    return (server ? SSL_accept(ssl) : SSL_connect(ssl)) == 1 ? ssl : nullptr;
}

/// False when the connection is over.
bool fill(Side& side) {
    while (side.filled < static_cast<int>(buffer_bytes)) {
        const int got = SSL_read(side.ssl, side.buffer.data() + side.filled,
                                 static_cast<int>(buffer_bytes) - side.filled);
        if (got <= 0) return SSL_get_error(side.ssl, got) == SSL_ERROR_WANT_READ;
        side.filled += got;
    }
    return true;
}

bool drain(Side& side, Side& other) {
    while (side.written < side.filled) {
        const int done =
            SSL_write(other.ssl, side.buffer.data() + side.written, side.filled - side.written);
        if (done <= 0) return SSL_get_error(other.ssl, done) == SSL_ERROR_WANT_WRITE;
        side.written += done;
    }
    side.filled = side.written = 0;
    return true;
}

void pump(Side& client, Side& host) {
    // The last handshake flight may have brought application data along: the first turn does not
    // wait.
    for (bool first = true;; first = false) {
        const auto events = [](const Side& own, const Side& other) {
            return static_cast<short>((own.filled == 0 ? POLLIN : 0) |
                                      (other.filled > 0 ? POLLOUT : 0));
        };
        std::array<pollfd, 2> items{
            {{client.fd, events(client, host), 0}, {host.fd, events(host, client), 0}}};
        if (!first && (client.filled > 0 || SSL_has_pending(client.ssl) == 0) &&
            (host.filled > 0 || SSL_has_pending(host.ssl) == 0))
            (void)::poll(items.data(), items.size(), -1);
        if (client.filled == 0 && !fill(client)) return;
        if (host.filled == 0 && !fill(host)) return;
        if (!drain(client, host) || !drain(host, client)) return;
    }
}

}  // namespace

int run_bare_relay(int listener, std::uint16_t host_port, const std::string& certificate_pem,
                   const std::string& key_pem) {
    SSL_CTX* server = SSL_CTX_new(TLS_server_method());
    SSL_CTX* outward = SSL_CTX_new(TLS_client_method());
    for (SSL_CTX* context : {server, outward}) {
        SSL_CTX_set_mode(context,
                         SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
        SSL_CTX_set_read_ahead(context, 1);
    }
    BIO* bio = BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size()));
    SSL_CTX_use_certificate(server, PEM_read_bio_X509(bio, nullptr, nullptr, nullptr));
    bio = BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size()));
    SSL_CTX_use_PrivateKey(server, PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr));

    Side client, host;
    client.fd = ::accept(listener, nullptr, nullptr);
    host.fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(host_port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(host.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) return 1;
    const int on = 1;
    for (const int fd : {client.fd, host.fd})
        ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (!pass_clear(client.fd, host.fd) || !pass_clear(host.fd, client.fd)) return 1;
    client.ssl = secure(server, client.fd, true);
    host.ssl = secure(outward, host.fd, false);
    if (client.ssl == nullptr || host.ssl == nullptr) return 1;
    for (const int fd : {client.fd, host.fd}) ::fcntl(fd, F_SETFL, O_NONBLOCK);
    pump(client, host);
    return 0;
}

}  // namespace lucid::bench
