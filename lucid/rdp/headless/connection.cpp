// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/rdp/gateway/dial.hpp>
#include <lucid/rdp/handshake/connector.hpp>
#include <lucid/rdp/headless/connection.hpp>
#include <lucid/rdp/headless/ticket_file.hpp>
#include <lucid/rdp/proto/utf16.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <cerrno>
#include <poll.h>

#include <fmt/format.h>

namespace lucid::rdp::headless {
namespace {

using Clock = std::chrono::steady_clock;

/// NTSTATUS that a host or gateway gives (MS-ERREF 2.3.1) in words.
Trouble login_trouble(const Error& error, bool nla) {
    constexpr std::uint32_t logon_failure = 0xc000006d;
    constexpr std::uint32_t access_denied = 0xc0000022;
    switch (static_cast<std::uint32_t>(error.offset)) {
        case logon_failure:
        case 0xc000006a:
            return {"the host refused user or password",
                    "try again with the right ones; a ticket works once and not for ever"};
        case access_denied:
            return {
                "the login was right, but access was denied (a gateway says so when the "
                "desktop behind it cannot be reached)",
                "lucid doctor, on the gateway"};
        case 0xc0000234:
            return {"the account is locked", ""};
        case 0xc0000071:
        case 0xc0000224:
            return {"the password has expired", "set a new one on the host"};
        case 0xc0000072:
            return {"the account is disabled", ""};
        default:
            break;
    }
    if (std::string_view(error.context).find("weaker security") != std::string_view::npos)
        return nla ? Trouble{"the host does not do NLA (CredSSP)",
                             "add --security tls if you accept TLS alone"}
                   : Trouble{"the host wants NLA", "add --security nla"};
    if (std::string_view(error.context).find("refused the security") != std::string_view::npos) {
        if (error.offset ==
            static_cast<std::uint64_t>(proto::NegotiationFailure::hybrid_required_by_server))
            return {"the host wants NLA", "add --security nla"};
        return {"the host refused the security that was offered", "add --security tls"};
    }
    return {fmt::format("login failed: {}", error.message()), ""};
}

class Opening {
  public:
    explicit Opening(const Order& order)
        : order_(order), deadline_(Clock::now() + order.login_limit) {}

    Outcome<Connection> run() {
        auto socket = gateway::connect_tcp({order_.address, order_.port}, order_.login_limit);
        if (!socket)
            return unexpected(Trouble{
                fmt::format("{}:{}: {}", order_.address, order_.port, socket.error().message()),
                "is the address right, and does an RDP server listen there?"});
        auto leg = gateway::Leg::adopt(std::move(*socket));
        if (!leg) return unexpected(Trouble{leg.error().message(), ""});
        connection_.emplace(Connection{{}, std::move(*leg), 0, false, {}});
        auto connector = make_connector();
        if (!connector) return unexpected(Trouble{"user, domain or password is not UTF-8", ""});
        if (!drive(*connector)) return unexpected(std::move(trouble_));
        return std::move(*connection_);
    }

  private:
    Result<handshake::Connector> make_connector() {
        handshake::ConnectorInput input;
        input.security = order_.nla ? handshake::HostSecurity::nla : handshake::HostSecurity::tls;
        LUCID_TRY(const auto user, proto::utf16_of(as_bytes(order_.user)));
        LUCID_TRY(const auto domain, proto::utf16_of(as_bytes(order_.domain)));
        LUCID_TRY(input.password, proto::utf16_of(order_.password.expose()));
        input.user_name = to_bytes(user.expose());
        input.domain_name = to_bytes(domain.expose());
        input.target_name = "TERMSRV/" + order_.address;
        input.client_challenge = crypto::random_array<8>();
        input.nonce = crypto::random_array<32>();
        input.session_key = crypto::random_array<16>();
        return handshake::Connector(std::move(input));
    }

    bool fail_with(Trouble trouble) {
        trouble_ = std::move(trouble);
        return false;
    }

    bool wait(short events) {
        auto& leg = connection_->leg;
        for (;;) {
            const auto left =
                std::chrono::ceil<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
            if (left <= 0)
                return fail_with(
                    {fmt::format("no login within {} s ({})", order_.login_limit.count(), state_),
                     "--login-limit gives it more time"});
            if (leg.pending_out_bytes() > 0) events |= POLLOUT;
            pollfd item{leg.fd(), events, 0};
            const int ready = ::poll(&item, 1, static_cast<int>(left));
            if (ready > 0) return true;
            if (ready < 0 && errno != EINTR) return fail_with({"poll failed", ""});
        }
    }

    bool closed() {
        return fail_with({fmt::format("the host closed the connection ({})", state_),
                          order_.nla ? "wrong user or password; or it does not do NLA: --security "
                                       "tls"
                                     : ""});
    }

    bool flush() {
        auto& leg = connection_->leg;
        while (leg.flush()) {
            if (leg.pending_out_bytes() == 0) return true;
            if (!wait(POLLOUT)) return false;
        }
        return closed();
    }

    bool receive() {
        for (;;) {
            const auto bytes = connection_->leg.read();
            if (!bytes) return closed();
            if (!bytes->empty()) {
                append(connection_->input, *bytes);
                return true;
            }
            if (!wait(POLLIN)) return false;
        }
    }

    bool drive(handshake::Connector& connector) {
        auto& input = connection_->input;
        for (;;) {
            std::size_t consumed = 0;
            auto action = connector.step(input, consumed);
            state_ = connector.state_name();
            input.erase(input.begin(), input.begin() + static_cast<std::ptrdiff_t>(consumed));
            if (std::holds_alternative<handshake::NeedMore>(action)) {
                if (!receive()) return false;
            } else if (auto* send = std::get_if<handshake::Send>(&action)) {
                if (!connection_->leg.write(send->bytes) || !flush()) return closed_if_silent();
            } else if (std::holds_alternative<handshake::StartTls>(action)) {
                if (!secure(connector)) return false;
            } else if (const auto* connected = std::get_if<handshake::Connected>(&action)) {
                connection_->protocol = connected->selected_protocol;
                connection_->takes_monitors = connected->extended_client_data;
                return true;
            } else {
                return fail_with(
                    login_trouble(std::get<handshake::ConnectFailed>(action).reason, order_.nla));
            }
        }
    }
    bool closed_if_silent() { return trouble_.what.empty() ? closed() : false; }

    bool secure(handshake::Connector& connector) {
        auto& [context, leg, protocol, takes_monitors, input] = *connection_;
        if (!flush()) return false;
        if (!input.empty()) return fail_with({"bytes behind the connection confirm", ""});
        // The certificate is compared below; a pin of zeros fits none.
        gateway::HostTrust trust;
        trust.certificate_pin = order_.pin.value_or(Hash32{});
        auto made = gateway::make_client_context(trust);
        if (!made) return fail_with({made.error().message(), ""});
        context = std::move(*made);
        if (!leg.start_tls(*context, gateway::Leg::Role::client, order_.address))
            return fail_with({"TLS could not be started", ""});
        for (;;) {
            const auto done = leg.handshake();
            (void)leg.flush();
            if (!done) return fail_with({"TLS handshake: " + done.error().message(), ""});
            if (*done) break;
            if (!wait(POLLIN)) return false;
        }
        if (!flush()) return false;
        if (!check_certificate()) return false;
        const auto key = gateway::subject_public_key_of_peer(*leg.tls());
        if (!key) return fail_with({"certificate: " + key.error().message(), ""});
        connector.on_tls(*key);
        return true;
    }

    bool check_certificate() {
        const auto seen = gateway::peer_fingerprint(*connection_->leg.tls());
        if (!seen) return fail_with({"certificate: " + seen.error().message(), ""});
        if (!order_.pin)
            return fail_with({fmt::format("{}:{} shows a certificate nobody has vouched for, "
                                          "sha256 {}",
                                          order_.address, order_.port, fingerprint_text(*seen)),
                              fmt::format("compare it with the host's own; if it is the same, add "
                                          "--pin {}",
                                          fingerprint_text(*seen))});
        if (!crypto::equal_constant_time(*seen, *order_.pin))
            return fail_with({fmt::format("{}:{} shows another certificate than the pinned one: "
                                          "sha256 {}",
                                          order_.address, order_.port, fingerprint_text(*seen)),
                              "find out why before you log in: somebody may stand in between"});
        return true;
    }

    const Order& order_;
    Clock::time_point deadline_;
    std::optional<Connection> connection_;
    const char* state_ = "";
    Trouble trouble_;
};

}  // namespace

Outcome<Connection> open_connection(const Order& order) {
    return Opening(order).run();
}

}  // namespace lucid::rdp::headless
