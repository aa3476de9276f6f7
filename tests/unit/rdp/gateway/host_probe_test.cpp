// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/signals.hpp>
#include <lucid/rdp/gateway/dial.hpp>
#include <lucid/rdp/gateway/host_probe.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <atomic>
#include <fcntl.h>
#include <sys/socket.h>
#include <thread>

#include "certificates.hpp"
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace lucid::rdp::gateway {
namespace {

using namespace std::chrono_literals;

/// A desktop that serves one connection at a time, as freerdp-shadow 2 does while a login is begun.
class OneAtATime {
  public:
    OneAtATime()
        : identity_(test::make_identity("desktop")),
          listener_(*listen_tcp({"127.0.0.1", 0})),
          thread_([this] { serve(); }) {}
    ~OneAtATime() { thread_.join(); }
    OneAtATime(const OneAtATime&) = delete;
    OneAtATime& operator=(const OneAtATime&) = delete;

    [[nodiscard]] std::uint16_t port() const { return endpoint_of(listener_.get(), false)->port; }
    [[nodiscard]] bool first_ended_itself() const { return first_ended_itself_; }

  private:
    static core::net::Fd accept_one(int listener) {
        const int flags = ::fcntl(listener, F_GETFL);
        ::fcntl(listener, F_SETFL, flags & ~O_NONBLOCK);
        return core::net::Fd(::accept(listener, nullptr, nullptr));
    }
    void serve() {
        {
            const auto first = accept_one(listener_.get());
            first_ended_itself_ = greet(first.get()) && ended(first.get());
        }
        const auto second = accept_one(listener_.get());
    }
    /// X.224 (NLA is chosen) and TLS.
    bool greet(int socket) {
        ByteArray<256> request;
        if (::recv(socket, request.data(), request.size(), 0) <= 0) return false;
        proto::ConnectionConfirm confirm;
        confirm.selected_protocol = proto::protocol_hybrid;
        const auto reply = proto::encode_connection_confirm(confirm);
        if (::send(socket, reply.data(), reply.size(), MSG_NOSIGNAL) <= 0) return false;
        context_.reset(SSL_CTX_new(TLS_server_method()));
        const auto load = [](const std::string& pem, auto read) {
            BIO* text = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
            auto* made = read(text, nullptr, nullptr, nullptr);
            BIO_free(text);
            return made;
        };
        X509* certificate = load(identity_.certificate_pem, PEM_read_bio_X509);
        EVP_PKEY* key = load(identity_.key_pem, PEM_read_bio_PrivateKey);
        SSL_CTX_use_certificate(context_.get(), certificate);
        SSL_CTX_use_PrivateKey(context_.get(), key);
        X509_free(certificate);
        EVP_PKEY_free(key);
        tls_.reset(SSL_new(context_.get()));
        return SSL_set_fd(tls_.get(), socket) == 1 && SSL_accept(tls_.get()) == 1;
    }
    /// Does the other side close within 5 s, without waiting for us?
    static bool ended(int socket) {
        const timeval limit{5, 0};
        ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ByteArray<1024> rest;
        ssize_t got = 0;
        while ((got = ::recv(socket, rest.data(), rest.size(), 0)) > 0) {
        }
        return got == 0 || errno == ECONNRESET;
    }

    struct Free {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
        void operator()(SSL* connection) const { SSL_free(connection); }
    };
    // OpenSSL writes session tickets to a peer that may be gone already.
    core::runtime::PipeSignalIgnored ignored_;
    test::Identity identity_;
    core::net::Fd listener_;
    std::unique_ptr<SSL_CTX, Free> context_;
    std::unique_ptr<SSL, Free> tls_;
    std::atomic<bool> first_ended_itself_ = false;
    std::thread thread_;
};

TEST(HostProbe, its_look_at_the_certificate_ends_before_the_login_begins) {
    OneAtATime desktop;
    const Credential credential{"", "alice", crypto::Secret::copy_of(as_bytes("of alice"))};
    const auto probe = probe_host("127.0.0.1", desktop.port(), std::nullopt, &credential);
    ASSERT_FALSE(probe);  // it hangs up on the login
    EXPECT_TRUE(desktop.first_ended_itself());
}

}  // namespace
}  // namespace lucid::rdp::gateway
