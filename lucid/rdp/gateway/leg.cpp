// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/gateway/leg.hpp>

#include <cerrno>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <climits>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

namespace lucid::rdp::gateway {

/// What OpenSSL reads from and writes to: the socket itself for reading, a buffer for writing, so
/// that many records leave in one send().
struct Leg::Wire {
    core::net::Fd socket;
    Bytes out;
    std::size_t sent = 0;
    bool ended = false;  ///< the peer closed its direction
};

namespace {

Result<void> set_options(int fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
        return fail_errno(errno, "socket mode");
    const int on = 1;
    // Not a TCP socket in some tests; what counts there is only that bytes flow.
    if (::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 && errno != EOPNOTSUPP)
        return fail_errno(errno, "socket options");
    // A peer that vanished is known to be gone within half a minute, by probes or because
    // it acknowledged nothing for as long: only then may another connection take its place.
    constexpr int silence_before_probe_s = 15;
    constexpr int probe_interval_s = 5;
    constexpr int probes = 3;
    constexpr unsigned unacknowledged_ms_max = 30'000;
    (void)::setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &silence_before_probe_s, sizeof(int));
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &probe_interval_s, sizeof(int));
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &probes, sizeof(int));
    (void)::setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms_max,
                       sizeof unacknowledged_ms_max);
    return {};
}

/// Errors of the last TLS call in words of ours.
Error tls_error(const char* context) {
    const unsigned long code = ERR_peek_error();
    ERR_clear_error();
    switch (ERR_GET_REASON(code)) {
        case SSL_R_UNSUPPORTED_PROTOCOL:
        case SSL_R_NO_SHARED_CIPHER:
        case SSL_R_WRONG_VERSION_NUMBER:
        case SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        case SSL_R_VERSION_TOO_LOW:
        case SSL_R_UNKNOWN_PROTOCOL:
            return make_error(Errc::unsupported, context, ERR_GET_REASON(code));
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
            return make_error(Errc::bad_signature, context, ERR_GET_REASON(code));
        default:
            return make_error(Errc::io_failed, context, ERR_GET_REASON(code));
    }
}

}  // namespace

namespace {

template <class Wire>
struct WireBio {
    static int write(BIO* bio, const char* data, int size) {
        auto* wire = static_cast<Wire*>(BIO_get_data(bio));
        append(wire->out,
               {reinterpret_cast<const std::uint8_t*>(data), static_cast<std::size_t>(size)});
        return size;
    }
    static int read(BIO* bio, char* data, int size) {
        auto* wire = static_cast<Wire*>(BIO_get_data(bio));
        BIO_clear_retry_flags(bio);
        const auto got = ::recv(wire->socket.get(), data, static_cast<std::size_t>(size), 0);
        if (got > 0) return static_cast<int>(got);
        if (got == 0) {
            wire->ended = true;
            return 0;
        }
        if (errno == EAGAIN || errno == EINTR) BIO_set_retry_read(bio);
        if (errno == ECONNRESET || errno == EPIPE) wire->ended = true;
        return -1;
    }
    static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }
    static int create(BIO* bio) {
        BIO_set_init(bio, 1);
        return 1;
    }
    static BIO_METHOD* method() {
        static BIO_METHOD* const made = [] {
            BIO_METHOD* m = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "leg");
            LUCID_ASSERT(m != nullptr);
            BIO_meth_set_write(m, write);
            BIO_meth_set_read(m, read);
            BIO_meth_set_ctrl(m, control);
            BIO_meth_set_create(m, create);
            return m;
        }();
        return made;
    }
};

}  // namespace

void SslDeleter::operator()(ssl_st* connection) const noexcept {
    SSL_free(connection);
}

Leg::Leg(std::unique_ptr<Wire> wire) : wire_(std::move(wire)) {}
Leg::Leg(Leg&&) noexcept = default;
Leg& Leg::operator=(Leg&&) noexcept = default;
Leg::~Leg() = default;

Result<Leg> Leg::adopt(core::net::Fd socket) {
    LUCID_CHECK(set_options(socket.get()));
    auto wire = std::make_unique<Wire>();
    wire->socket = std::move(socket);
    return Leg(std::move(wire));
}

int Leg::fd() const {
    return wire_->socket.get();
}

std::size_t Leg::pending_out_bytes() const {
    return wire_->out.size() - wire_->sent;
}

Result<void> Leg::start_tls(ssl_ctx_st& context, Role role, const std::string& server_name) {
    LUCID_ASSERT(!tls_);
    tls_.reset(SSL_new(&context));
    BIO* bio = BIO_new(WireBio<Wire>::method());
    if (!tls_ || bio == nullptr) {
        BIO_free(bio);
        return fail(Errc::internal, "TLS connection");
    }
    BIO_set_data(bio, wire_.get());
    SSL_set_bio(tls_.get(), bio, bio);
    if (role == Role::server) {
        SSL_set_accept_state(tls_.get());
        return {};
    }
    SSL_set_connect_state(tls_.get());
    // An address is no server name (RFC 6066, section 3).
    const bool is_address = server_name.find_first_not_of("0123456789.") == std::string::npos ||
                            server_name.find(':') != std::string::npos;
    if (!is_address && SSL_set_tlsext_host_name(tls_.get(), server_name.c_str()) != 1)
        return fail(Errc::bad_value, "server name");
    return {};
}

Result<bool> Leg::handshake() {
    LUCID_ASSERT(tls_);
    ERR_clear_error();
    const int done = SSL_do_handshake(tls_.get());
    if (done == 1) {
        secured_ = true;
        // Application data may have come with the last flight and sit in OpenSSL's buffer.
        may_read_more_ = true;
        return true;
    }
    const int why = SSL_get_error(tls_.get(), done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) return false;
    const bool ended = wire_->ended;
    const bool peer_spoke = why == SSL_ERROR_SSL && ERR_peek_error() != 0 &&
                            ERR_GET_REASON(ERR_peek_error()) != SSL_R_UNEXPECTED_EOF_WHILE_READING;
    if (ended && !peer_spoke) {
        ERR_clear_error();
        return fail(Errc::peer_closed, "TLS handshake");
    }
    return fail(tls_error("TLS handshake"));
}

Result<ByteView> Leg::read() {
    plain_in_.resize(read_bytes_max);
    may_read_more_ = false;
    return secured_ ? read_secured() : read_clear();
}

Result<ByteView> Leg::read_clear() {
    const auto got = ::recv(fd(), plain_in_.data(), clear_bytes_max, 0);
    if (got > 0) return ByteView(plain_in_).first(static_cast<std::size_t>(got));
    if (got == 0 || errno == ECONNRESET) return fail(Errc::peer_closed, "leg");
    if (errno == EAGAIN || errno == EINTR) return ByteView{};
    return fail_errno(errno, "leg read");
}

Result<ByteView> Leg::read_secured() {
    std::size_t filled = 0;
    while (filled < plain_in_.size()) {
        ERR_clear_error();
        const int got = SSL_read(tls_.get(), plain_in_.data() + filled,
                                 static_cast<int>(plain_in_.size() - filled));
        if (got > 0) {
            filled += static_cast<std::size_t>(got);
            continue;
        }
        const int why = SSL_get_error(tls_.get(), got);
        if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE)
            return ByteView(plain_in_).first(filled);
        const bool ended = why == SSL_ERROR_ZERO_RETURN || wire_->ended;
        // What came before the end is delivered first; the end shows itself again.
        if (filled > 0) {
            may_read_more_ = true;
            return ByteView(plain_in_).first(filled);
        }
        if (ended) {
            ERR_clear_error();
            return fail(Errc::peer_closed, "leg");
        }
        return fail(tls_error("TLS read"));
    }
    may_read_more_ = true;
    return ByteView(plain_in_).first(filled);
}

Result<void> Leg::write(ByteView bytes) {
    if (bytes.empty()) return {};
    if (!secured_) {
        LUCID_ASSERT(!tls_);
        append(wire_->out, bytes);
        return {};
    }
    while (!bytes.empty()) {
        ERR_clear_error();
        const auto size = std::min<std::size_t>(bytes.size(), INT_MAX);
        const int done = SSL_write(tls_.get(), bytes.data(), static_cast<int>(size));
        // The wire buffer takes everything, so an incomplete write is an error, never a retry.
        if (done <= 0) return fail(tls_error("TLS write"));
        bytes = bytes.subspan(static_cast<std::size_t>(done));
    }
    return {};
}

Result<void> Leg::flush() {
    auto& wire = *wire_;
    while (wire.sent < wire.out.size()) {
        const auto sent =
            ::send(fd(), wire.out.data() + wire.sent, wire.out.size() - wire.sent, MSG_NOSIGNAL);
        if (sent >= 0) {
            wire.sent += static_cast<std::size_t>(sent);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) break;
        if (errno == EPIPE || errno == ECONNRESET) return fail(Errc::peer_closed, "leg");
        return fail_errno(errno, "leg write");
    }
    if (wire.sent == wire.out.size()) {
        wire.out.clear();
        wire.sent = 0;
    } else if (wire.sent > wire.out.size() / 2) {
        wire.out.erase(wire.out.begin(), wire.out.begin() + static_cast<std::ptrdiff_t>(wire.sent));
        wire.sent = 0;
    }
    return {};
}

bool Leg::closed_in_order() const {
    return tls_ && (SSL_get_shutdown(tls_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

void Leg::close_tls() {
    if (!secured_) return;
    ERR_clear_error();
    (void)SSL_shutdown(tls_.get());
    ERR_clear_error();
}

}  // namespace lucid::rdp::gateway
