// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One leg of a session: a non-blocking TCP socket that starts in the clear (X.224) and is raised
/// to TLS on the same connection. Owned and driven by one thread's poll loop; never blocks.
///
/// Output is encrypted when it is queued and sent in one system call for many records; the caller
/// watches pending_out_bytes() and stops producing (backpressure), since nothing here refuses
/// bytes.

#include <lucid/core/net/fd.hpp>
#include <lucid/rdp/gateway/tls_context.hpp>

namespace lucid::rdp::gateway {

struct SslDeleter {
    void operator()(ssl_st* connection) const noexcept;
};

class Leg {
  public:
    /// Most that one read() gives back.
    static constexpr std::size_t read_bytes_max = 128 * 1024;
    /// The longest message before TLS: an X.224 connection request or confirm (TPKT length u16, but
    /// nobody needs more than cookie, negotiation and correlation block).
    static constexpr std::size_t clear_bytes_max = 4096;

    /// Takes a connected socket; makes it non-blocking and sets TCP_NODELAY.
    static Result<Leg> adopt(core::net::Fd socket);
    Leg(Leg&&) noexcept;
    Leg& operator=(Leg&&) noexcept;
    ~Leg();

    enum class Role { server, client };
    /// Whatever arrived and was not read yet belongs to TLS; bytes that were read in the clear
    /// behind the last X.224 message are the caller's to refuse. `context` must outlive the leg.
    Result<void> start_tls(ssl_ctx_st& context, Role role, const std::string& server_name);
    /// Goes on with the handshake: true when done. Errors: Errc::peer_closed, Errc::unsupported (no
    /// common version or cipher), Errc::bad_signature (certificate refused), Errc::io_failed.
    Result<bool> handshake();
    [[nodiscard]] bool secured() const { return secured_; }

    /// What arrived, at most read_bytes_max, empty when nothing is there; valid until the next
    /// call. Errc::peer_closed at the end of the stream.
    Result<ByteView> read();
    /// The peer closed in order (TLS close_notify, RFC 8446 section 6.1), not by a broken
    /// connection.
    [[nodiscard]] bool closed_in_order() const;
    /// True while a read() may give more without the socket becoming readable.
    [[nodiscard]] bool may_read_more() const { return may_read_more_; }

    /// Queues output (encrypts it once secured).
    Result<void> write(ByteView bytes);
    /// Sends what the socket takes. Errc::peer_closed when the other side is gone.
    Result<void> flush();
    [[nodiscard]] std::size_t pending_out_bytes() const;
    /// Queues close_notify, to be flushed; reading may go on.
    void close_tls();

    [[nodiscard]] int fd() const;
    /// Null before start_tls().
    [[nodiscard]] const ssl_st* tls() const { return tls_.get(); }

  private:
    struct Wire;
    explicit Leg(std::unique_ptr<Wire> wire);
    Result<ByteView> read_clear();
    Result<ByteView> read_secured();

    std::unique_ptr<Wire> wire_;  // before tls_: its BIO points into it
    std::unique_ptr<ssl_st, SslDeleter> tls_;
    bool secured_ = false;
    bool may_read_more_ = false;
    Bytes plain_in_;
};

}  // namespace lucid::rdp::gateway
