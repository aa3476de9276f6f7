// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/harden.hpp>
#include <lucid/core/runtime/jail.hpp>
#include <lucid/rdp/gateway/pump.hpp>
#include <lucid/rdp/gateway/rdp_traffic.hpp>
#include <lucid/rdp/gateway/relay_process.hpp>
#include <lucid/rdp/gateway/syscall_filter.hpp>

#include <algorithm>
#include <csignal>

#include <fmt/format.h>

namespace lucid::rdp::gateway {

namespace {

/// What an administrator's terminal or a dying parent sends is for core to decide: it closes the
/// channel or says kill, and the session ends in order.
void leave_signals_to_core() {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) std::signal(signal, SIG_IGN);
}

/// The shorter of two limits, of which 0 means none.
std::chrono::seconds shorter(std::chrono::seconds a, std::chrono::seconds b) {
    if (a.count() == 0 || b.count() == 0) return std::max(a, b);
    return std::min(a, b);
}

/// How long the second host may take from the answer of core to MCS.
constexpr std::chrono::seconds redirect_limit{10};

/// Core decides where to; the connection before is gone already.
std::optional<Ended> redirect(CoreLink& core, RdpTraffic& traffic, LoggedIn& session,
                              Traffic::Output& out) {
    auto request = traffic.redirect_request();
    const auto to = request.target.names.empty() ? "itself" : request.target.names.front();
    auto reply = core.demand(Request(std::move(request)));
    if (!reply) {
        if (reply.error().code == Errc::canceled) return Ended{"partial", core.kill_reason()};
        const bool refused = reply.error().code == Errc::refused;
        return Ended{"partial", fmt::format("host redirects to {}: {}", to,
                                            refused ? core.refusal() : "core is gone")};
    }
    auto* dialled = std::get_if<Dialled>(&reply->answer);
    if (dialled == nullptr || !reply->fd.valid())
        return Ended{"partial", "core: redirection without a socket"};
    LegSteps steps(core, LegSteps::Clock::now() + redirect_limit);
    auto host = HostLogin(steps, *dialled).run(std::move(reply->fd));
    if (!host) return *std::move(steps.ended());
    if (!host->input.empty()) return Ended{"partial", "the second host spoke first"};
    session.host = std::move(*host);
    if (const auto on =
            traffic.go_on_with(session.dialled.grant.host, *dialled, session.host.protocol, out);
        !on)
        return Ended{"partial", "host credential is not UTF-8"};
    session.dialled.grant.host = dialled->grant.host;
    return std::nullopt;
}

/// A desktop has twice the time of a login: a host may have to start it first.
constexpr int start_share = 2;

Ended run_session(CoreLink& core, LoggedIn session, std::chrono::milliseconds login_deadline) {
    EventPipe pipe;
    auto traffic = RdpTraffic::make(core, pipe, session);
    if (!traffic) return {"partial", "policy: " + traffic.error().message()};
    const auto& grant = session.dialled.grant;
    if (session.ready.authenticated) {
        auto reply = core.demand(RecordRequest{});
        if (!reply) {
            const bool refused = reply.error().code == Errc::refused;
            return {"partial", refused ? core.refusal() : "core: " + reply.error().message()};
        }
        if (!reply->fd.valid()) return {"partial", "core gave no event pipe"};
        pipe.attach(std::move(reply->fd));
    }
    if (session.dialled.leg > 1) (*traffic)->note_return(session);
    const PumpLimits limits{shorter(grant.idle_limit, (*traffic)->limits().idle),
                            shorter(grant.total_limit, (*traffic)->limits().total),
                            start_share * login_deadline, session.dialled.resumable};
    Pump pump(core, session.client, session.host.leg, pipe, **traffic, limits,
              session.dialled.start_boottime_us);
    pump.on_redirect([&](Traffic::Output& out) { return redirect(core, **traffic, session, out); });
    return pump.run(session.client_input, session.host.input);
}

Ended run_connection(CoreLink& core) {
    auto first = core.receive_first();
    if (!first || !first->fd.valid()) return {"partial", "no connection from core"};
    auto welcome = decode_welcome(first->payload);
    if (!welcome) return {"partial", "welcome: " + welcome.error().message()};
    auto client = Leg::adopt(std::move(first->fd));
    if (!client) return {"partial", "client leg: " + client.error().message()};
    const auto login_deadline = welcome->login_deadline;
    Login login(core, std::move(*welcome), std::move(*client));
    auto outcome = login.run();
    if (auto* ended = std::get_if<Ended>(&outcome)) return std::move(*ended);
    return run_session(core, std::move(std::get<LoggedIn>(outcome)), login_deadline);
}

}  // namespace

Result<void> confine_relay() {
    LUCID_CHECK(core::runtime::harden_process(relay_descriptors_max));
    // OpenSSL reads its configuration once; that has to happen while files can be opened.
    HostTrust none;
    none.certificate_pin.emplace();
    if (const auto context = make_client_context(none); !context) return fail(context.error());
    // No namespace where the system allows none: the other two hold without it.
    (void)core::runtime::leave_network();
    core::runtime::Jail jail;
    jail.bind_tcp.emplace();
    jail.connect_tcp.emplace();
    LUCID_CHECK(core::runtime::enter_jail(jail));
    return confine_to_open_descriptors();
}

int run_relay_process(core::net::Fd channel) {
    leave_signals_to_core();
    core::runtime::close_descriptors_from(channel.get() + 1);
    if (!confine_relay()) return 1;
    CoreLink core{core::net::FrameChannel(std::move(channel))};
    auto ended = run_connection(core);
    if (ended.handed_over) return core.tell(HandedOverRequest{}) ? 0 : 1;
    if (ended.reason.size() > reason_bytes_max) ended.reason.resize(reason_bytes_max);
    return core.ask(EndRequest{ended.state, ended.reason}) ? 0 : 1;
}

}  // namespace lucid::rdp::gateway
