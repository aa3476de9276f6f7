// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/clock.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/x224.hpp>
#include <lucid/sessions/replay/replay_server.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <memory>
#include <netinet/in.h>
#include <poll.h>
#include <span>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/bio.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

namespace lucid::sessions::replay {
namespace {

namespace proto = rdp::proto;
using proto::McsPduType;

constexpr std::size_t read_bytes = 64 * 1024;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* object) const {
        Free(object);
    }
};
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Connection = std::unique_ptr<SSL, Deleter<SSL_free>>;
using Memory = std::unique_ptr<BIO, Deleter<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;

Result<Context> make_context(const ReplayOptions& options) {
    Context context(SSL_CTX_new(TLS_server_method()));
    const Memory pem(BIO_new_mem_buf(options.certificate_pem.data(),
                                     static_cast<int>(options.certificate_pem.size())));
    const auto key_text = options.key_pem.expose();
    const Memory key_pem(BIO_new_mem_buf(key_text.data(), static_cast<int>(key_text.size())));
    const Certificate certificate(PEM_read_bio_X509(pem.get(), nullptr, nullptr, nullptr));
    const Key key(PEM_read_bio_PrivateKey(key_pem.get(), nullptr, nullptr, nullptr));
    if (!context || !certificate || !key ||
        SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION) != 1 ||
        SSL_CTX_use_certificate(context.get(), certificate.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context.get(), key.get()) != 1)
        return fail(Errc::internal, "replay certificate");
    return context;
}

/// The client's connection: blocking, in the clear until start_tls().
class Client {
  public:
    explicit Client(core::net::Fd socket) : socket_(std::move(socket)) {}

    Result<void> write(ByteView bytes) {
        while (!bytes.empty()) {
            const auto done =
                tls_ ? SSL_write(tls_.get(), bytes.data(),
                                 static_cast<int>(std::min<std::size_t>(bytes.size(), 1 << 20)))
                     : static_cast<int>(
                           ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL));
            if (done <= 0) return fail(Errc::peer_closed, "replay client");
            bytes = bytes.subspan(static_cast<std::size_t>(done));
        }
        return {};
    }
    /// One whole PDU; waits for it.
    Result<Bytes> read_pdu() {
        for (;;) {
            LUCID_TRY(const auto frame, proto::peek_pdu(buffer_));
            if (frame && buffer_.size() >= frame->length) {
                Bytes pdu(buffer_.begin(),
                          buffer_.begin() + static_cast<std::ptrdiff_t>(frame->length));
                buffer_.erase(buffer_.begin(),
                              buffer_.begin() + static_cast<std::ptrdiff_t>(frame->length));
                return pdu;
            }
            LUCID_CHECK(fill());
        }
    }
    /// Waits up to `wait_us`, reading and dropping what the client says.
    Result<void> drop_input(std::uint64_t wait_us) {
        const auto end = static_cast<std::uint64_t>(core::runtime::boottime_us()) + wait_us;
        for (;;) {
            while (SSL_pending(tls_.get()) > 0) LUCID_CHECK(fill());
            buffer_.clear();
            const auto now = static_cast<std::uint64_t>(core::runtime::boottime_us());
            if (now >= end && wait_us != 0) return {};
            pollfd item{socket_.get(), POLLIN, 0};
            const auto left_ms =
                wait_us == 0
                    ? 0
                    : static_cast<int>(std::min<std::uint64_t>((end - now) / 1000 + 1, 1000));
            if (::poll(&item, 1, left_ms) > 0) {
                LUCID_CHECK(fill());
            } else if (wait_us == 0) {
                return {};
            }
        }
    }
    Result<void> start_tls(SSL_CTX& context) {
        tls_.reset(SSL_new(&context));
        if (!tls_ || SSL_set_fd(tls_.get(), socket_.get()) != 1 || SSL_accept(tls_.get()) != 1)
            return fail(Errc::refused, "TLS handshake with the replay client");
        return {};
    }

  private:
    Result<void> fill() {
        const auto before = buffer_.size();
        buffer_.resize(before + read_bytes);
        const auto got =
            tls_ ? SSL_read(tls_.get(), buffer_.data() + before, static_cast<int>(read_bytes))
                 : static_cast<int>(::recv(socket_.get(), buffer_.data() + before, read_bytes, 0));
        buffer_.resize(before + static_cast<std::size_t>(std::max(got, 0)));
        if (got <= 0) return fail(Errc::peer_closed, "replay client");
        return {};
    }
    core::net::Fd socket_;
    Connection tls_;
    Bytes buffer_;
};

/// clientRequestedProtocols as this client asked, or it takes us for a man in the middle.
Result<Bytes> patched_response(ByteView response, std::uint32_t requested) {
    Bytes patched = to_bytes(response);
    LUCID_TRY(const auto blocks, proto::locate_server_blocks(response));
    const auto* core = proto::find_block(blocks, proto::GccBlockType::sc_core);
    const auto field = proto::sc_core_client_requested_protocols_offset;
    if (core != nullptr && core->length >= field + 4)
        for (std::size_t i = 0; i < 4; ++i)
            patched[core->offset + field + i] = static_cast<std::uint8_t>(requested >> (8 * i));
    return patched;
}

/// MCS confirms (T.125): attach user with our user id, channel joins as asked.
Bytes attach_confirm(std::uint16_t user) {
    const auto id = static_cast<std::uint16_t>(user - 1001);
    return proto::encode_data_tpdu(
        Bytes{0x2e, 0x00, static_cast<std::uint8_t>(id >> 8), static_cast<std::uint8_t>(id)});
}
Bytes join_confirm(ByteView request) {
    // initiator and channel of the request, repeated.
    const auto body = request.subspan(7 + 1, 4);
    Bytes out = {0x3e, 0x00};
    append(out, body);
    append(out, body.last(2));
    return proto::encode_data_tpdu(out);
}

bool is_connect_response(const RecordedEvent& event) {
    return event.kind == format::kind_connect_response;
}

/// One connection of the recorded client, played to one connection of ours.
class Play {
  public:
    using Events = std::span<const RecordedEvent>;
    /// `last`: the picture at its end stays.
    Play(Client& client, Events events, const ReplayOptions& options, bool last)
        : client_(client), events_(events), options_(options), last_(last) {}

    Result<void> run(SSL_CTX& tls) {
        LUCID_CHECK(connect(tls));
        LUCID_CHECK(join());
        return send_events();
    }

  private:
    Result<void> connect(SSL_CTX& tls) {
        LUCID_TRY(const auto packet, client_.read_pdu());
        LUCID_TRY(const auto request, proto::decode_connection_request(packet));
        const auto offered = request.requested_protocols.value_or(0);
        proto::ConnectionConfirm confirm;
        if ((offered & proto::protocol_ssl) == 0) {
            confirm.failure = proto::NegotiationFailure::ssl_required_by_server;
            LUCID_CHECK(client_.write(proto::encode_connection_confirm(confirm)));
            return fail(Errc::refused, "the client does not offer TLS (use /sec:tls)");
        }
        confirm.selected_protocol = proto::protocol_ssl;
        confirm.flags = proto::extended_client_data_supported | proto::dynvc_gfx_protocol_supported;
        LUCID_CHECK(client_.write(proto::encode_connection_confirm(confirm)));
        LUCID_CHECK(client_.start_tls(tls));
        LUCID_TRY(const auto initial, client_.read_pdu());
        LUCID_CHECK(proto::locate_client_blocks(initial));
        const auto response = std::find_if(events_.begin(), events_.end(), is_connect_response);
        if (response == events_.end())
            return fail(Errc::not_found, "connect response in the recording");
        LUCID_TRY(const auto patched, patched_response(response->payload, offered));
        return client_.write(patched);
    }

    /// Answers the domain until Client Info arrives: then the recorded host begins to speak.
    Result<void> join() {
        constexpr std::uint16_t user = 1007;
        for (;;) {
            LUCID_TRY(const auto packet, client_.read_pdu());
            LUCID_TRY(const auto pdu, proto::decode_mcs_pdu(packet));
            switch (pdu.type) {
                case McsPduType::attach_user_request:
                    LUCID_CHECK(client_.write(attach_confirm(user)));
                    break;
                case McsPduType::channel_join_request:
                    if (packet.size() < 12) return fail(Errc::truncated, "channel join request");
                    LUCID_CHECK(client_.write(join_confirm(packet)));
                    break;
                case McsPduType::send_data_request:
                    return {};
                case McsPduType::disconnect_provider_ultimatum:
                    return fail(Errc::peer_closed, "replay client");
                default:
                    break;
            }
        }
    }

    [[nodiscard]] static bool is_shown(const RecordedEvent& e) {
        return (e.event_class == format::EventClass::screen && e.kind == format::kind_server_pdu) ||
               e.kind == format::kind_server_audio || e.kind == format::kind_server_channel;
    }
    /// Demand Active in a slow-path PDU: the client answers it before it may be sent pictures.
    [[nodiscard]] static bool is_demand_active(ByteView packet) {
        if (packet.empty() || packet[0] != proto::tpkt_version) return false;
        const auto pdu = proto::decode_mcs_pdu(packet);
        if (!pdu) return false;
        const auto control = proto::decode_share_control(pdu->data);
        return control && control->type == proto::PduType::demand_active;
    }
    Result<void> wait_for_confirm_active() {
        for (;;) {
            LUCID_TRY(const auto packet, client_.read_pdu());
            const auto pdu = packet[0] == proto::tpkt_version ? proto::decode_mcs_pdu(packet)
                                                              : fail(Errc::bad_value, "");
            if (!pdu || pdu->type != McsPduType::send_data_request) continue;
            const auto control = proto::decode_share_control(pdu->data);
            if (control && control->type == proto::PduType::confirm_active) return {};
        }
    }

    Result<void> send_events() {
        std::uint64_t played_us = events_.front().time_us;
        for (const auto& event : events_) {
            if (event.time_us > options_.until_us) break;
            if (!is_shown(event)) continue;
            const auto wait = static_cast<std::uint64_t>(
                static_cast<double>(event.time_us - std::min(event.time_us, played_us)) /
                options_.speed);
            played_us = std::max(played_us, event.time_us);
            LUCID_CHECK(client_.drop_input(wait > 1000 ? wait : 0));
            LUCID_CHECK(client_.write(event.payload));
            if (is_demand_active(event.payload)) LUCID_CHECK(wait_for_confirm_active());
        }
        if (!last_) return {};
        // The last picture stays; a client that leaves now has seen everything.
        const auto held =
            client_.drop_input(options_.hold_us == 0 ? ~std::uint64_t{0} / 2 : options_.hold_us);
        if (!held && held.error().code != make_error_code(Errc::peer_closed)) return held;
        return {};
    }

    Client& client_;
    Events events_;
    const ReplayOptions& options_;
    bool last_;
};

}  // namespace

Result<ReplayServer> ReplayServer::listen(std::uint16_t port) {
    ReplayServer server;
    server.listener_ = core::net::Fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(port);
    const int yes = 1;
    ::setsockopt(server.listener_.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    socklen_t size = sizeof address;
    if (!server.listener_.valid() ||
        ::bind(server.listener_.get(), reinterpret_cast<const sockaddr*>(&address),
               sizeof address) != 0 ||
        ::listen(server.listener_.get(), 1) != 0 ||
        ::getsockname(server.listener_.get(), reinterpret_cast<sockaddr*>(&address), &size) != 0)
        return fail_errno(errno, "replay port");
    server.port_ = ntohs(address.sin_port);
    return server;
}

Result<void> ReplayServer::play(const Recording& recording, const ReplayOptions& options) {
    LUCID_TRY(const auto context, make_context(options));
    const std::span<const RecordedEvent> events(recording.events);
    auto starts = connection_starts(recording);
    if (starts.empty()) starts.push_back(0);
    for (std::size_t i = 0; i < starts.size(); ++i) {
        const auto end = i + 1 < starts.size() ? starts[i + 1] : events.size();
        const bool last =
            i + 1 == starts.size() || events[starts[i + 1]].time_us > options.until_us;
        core::net::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket.valid()) return fail_errno(errno, "replay client");
        Client client(std::move(socket));
        const auto connection = events.subspan(starts[i], end - starts[i]);
        LUCID_CHECK(Play(client, connection, options, last).run(*context));
        if (last) break;
        // Without a good-bye: a client that reconnects by itself does so now.
    }
    return {};
}

std::vector<std::size_t> connection_starts(const Recording& recording) {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < recording.events.size(); ++i)
        if (is_connect_response(recording.events[i])) starts.push_back(i);
    return starts;
}

}  // namespace lucid::sessions::replay
