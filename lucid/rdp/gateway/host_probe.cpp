// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/core/runtime/signals.hpp>
#include <lucid/rdp/gateway/dial.hpp>
#include <lucid/rdp/gateway/host_probe.hpp>
#include <lucid/rdp/handshake/connector.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <cerrno>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <openssl/ssl.h>

namespace lucid::rdp::gateway {
namespace {

constexpr std::chrono::seconds patience{10};
constexpr std::size_t read_bytes = 16 * 1024;

struct ContextDeleter {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
struct ConnectionDeleter {
    void operator()(SSL* connection) const { SSL_free(connection); }
};

/// A blocking connection with a time limit on each operation.
class Probe {
  public:
    static Result<Probe> connect(const std::string& address, std::uint16_t port) {
        LUCID_TRY(auto socket, connect_tcp({address, port}, patience));
        const int flags = ::fcntl(socket.get(), F_GETFL);
        ::fcntl(socket.get(), F_SETFL, flags & ~O_NONBLOCK);
        const timeval limit{patience.count(), 0};
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        Probe probe;
        probe.socket_ = std::move(socket);
        return probe;
    }

    Result<void> write(ByteView bytes) {
        const auto done =
            tls_
                ? SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size()))
                : static_cast<int>(::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
        if (done != static_cast<int>(bytes.size()))
            return fail(Errc::peer_closed, "host connection");
        return {};
    }
    /// Appends what comes next.
    Result<void> read(Bytes& to) {
        ByteArray<read_bytes> block;
        const auto got =
            tls_ ? SSL_read(tls_.get(), block.data(), static_cast<int>(block.size()))
                 : static_cast<int>(::recv(socket_.get(), block.data(), block.size(), 0));
        if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
            return fail(Errc::timed_out, "host connection");
        if (got <= 0) return fail(Errc::peer_closed, "host connection");
        append(to, ByteView(block).first(static_cast<std::size_t>(got)));
        return {};
    }
    /// The certificate is taken, not judged: the administrator compares the fingerprint that is
    /// printed.
    Result<void> start_tls() {
        context_.reset(SSL_CTX_new(TLS_client_method()));
        if (!context_) return fail(Errc::internal, "TLS context");
        SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
        SSL_CTX_set_verify(context_.get(), SSL_VERIFY_NONE, nullptr);
        // Self-signed certificates of desktops often have small keys; what matters is that it stays
        // the same.
        SSL_CTX_set_security_level(context_.get(), 1);
        tls_.reset(SSL_new(context_.get()));
        if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1 || SSL_connect(tls_.get()) != 1)
            return fail(Errc::refused, "TLS handshake with the host");
        return {};
    }
    [[nodiscard]] const SSL& tls() const { return *tls_; }

  private:
    core::net::Fd socket_;
    std::unique_ptr<SSL_CTX, ContextDeleter> context_;
    std::unique_ptr<SSL, ConnectionDeleter> tls_;
};

/// What the host chooses when offered everything.
Result<HostSecurity> negotiate(Probe& probe) {
    proto::ConnectionRequest request;
    request.requested_protocols =
        proto::protocol_ssl | proto::protocol_hybrid | proto::protocol_hybrid_ex;
    LUCID_CHECK(probe.write(proto::encode_connection_request(request)));
    Bytes input;
    for (;;) {
        LUCID_TRY(const auto frame, proto::peek_pdu(input));
        if (frame && input.size() >= frame->length) break;
        LUCID_CHECK(probe.read(input));
    }
    LUCID_TRY(const auto confirm, proto::decode_connection_confirm(input));
    if (confirm.selected_protocol == proto::protocol_ssl) return HostSecurity::tls;
    if (confirm.selected_protocol == proto::protocol_hybrid ||
        confirm.selected_protocol == proto::protocol_hybrid_ex)
        return HostSecurity::nla;
    return fail(Errc::unsupported, "the host offers neither TLS nor NLA");
}

Result<void> log_in(const std::string& address, std::uint16_t port, const Credential& credential) {
    LUCID_TRY(auto probe, Probe::connect(address, port));
    handshake::ConnectorInput input;
    LUCID_TRY(auto user, proto::utf16_of(as_bytes(credential.user)));
    LUCID_TRY(auto domain, proto::utf16_of(as_bytes(credential.domain)));
    LUCID_TRY(input.password, proto::utf16_of(credential.password.expose()));
    input.user_name = to_bytes(user.expose());
    input.domain_name = to_bytes(domain.expose());
    input.target_name = "TERMSRV/" + address;
    input.client_challenge = crypto::random_array<8>();
    input.nonce = crypto::random_array<32>();
    input.session_key = crypto::random_array<16>();
    handshake::Connector connector(std::move(input));
    Bytes received;
    for (;;) {
        std::size_t consumed = 0;
        auto action = connector.step(received, consumed);
        received.erase(received.begin(), received.begin() + static_cast<std::ptrdiff_t>(consumed));
        if (auto* send = std::get_if<handshake::Send>(&action)) {
            LUCID_CHECK(probe.write(send->bytes));
        } else if (std::holds_alternative<handshake::StartTls>(action)) {
            LUCID_CHECK(probe.start_tls());
            LUCID_TRY(const auto key, subject_public_key_of_peer(probe.tls()));
            connector.on_tls(key);
        } else if (std::holds_alternative<handshake::Connected>(action)) {
            return {};
        } else if (auto* failed = std::get_if<handshake::ConnectFailed>(&action)) {
            return fail(failed->reason);
        } else {
            const auto got = probe.read(received);
            if (!got && got.error().code == Errc::timed_out) return fail(got.error());
            if (!got) return fail(Errc::refused, "host login (user, domain or password)");
        }
    }
}

/// What the host chooses and its certificate. The connection ends here: some servers
/// (freerdp-shadow 2) keep a second login waiting while one is begun and idle.
Result<HostProbe> look(const std::string& address, std::uint16_t port) {
    LUCID_TRY(auto probe, Probe::connect(address, port));
    HostProbe result;
    LUCID_TRY(result.security, negotiate(probe));
    LUCID_CHECK(probe.start_tls());
    LUCID_TRY(result.fingerprint, peer_fingerprint(probe.tls()));
    return result;
}

}  // namespace

Result<HostProbe> probe_host(const std::string& address, std::uint16_t port,
                             std::optional<HostSecurity> wanted, const Credential* credential) {
    // OpenSSL writes with write(2), which signals a host that hung up.
    const core::runtime::PipeSignalIgnored ignored;
    LUCID_TRY(auto result, look(address, port));
    if (wanted == HostSecurity::nla && result.security != HostSecurity::nla)
        return fail(Errc::refused, "the host does not do NLA");
    if (wanted == HostSecurity::tls && result.security != HostSecurity::tls)
        return fail(Errc::refused, "the host wants NLA");
    if (credential != nullptr && result.security == HostSecurity::nla) {
        LUCID_CHECK(log_in(address, port, *credential));
        result.login_checked = true;
    }
    return result;
}

}  // namespace lucid::rdp::gateway
