// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "rig.hpp"

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/signals.hpp>
#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/rdp/relay/policy.hpp>

#include <csignal>
#include <poll.h>

#include "../../unit/rdp/gateway/certificates.hpp"
#include "desk_double.hpp"
#include <fmt/format.h>

namespace lucid::rdp::gateway::test {

int run_rig(const std::map<std::string, std::string>& arguments) {
    const auto get = [&](const char* name, const char* otherwise) {
        const auto found = arguments.find(name);
        return found == arguments.end() ? std::string(otherwise) : found->second;
    };
    core::runtime::log::open("rig", core::runtime::log::Level::debug, "");
    auto signals = core::runtime::open_signal_descriptor();
    const auto identity = make_identity("lucid.test");
    DeskDouble desk;
    const auto host = core::runtime::Endpoint::parse(get("host", "127.0.0.1:3389"));
    const auto pin = hash32_from_hex(get("pin", ""));
    if (!host || !pin) {
        fmt::print(stderr, "usage: rig host=ADDRESS:PORT pin=HEX [security=nla|tls] …\n");
        return 2;
    }
    desk.host.address = host->address;
    desk.host.port = host->port;
    desk.host.trust.certificate_pin = *pin;
    desk.host.security = get("security", "nla") == "tls" ? HostSecurity::tls : HostSecurity::nla;
    desk.host.user = get("user", "rdpuser");
    desk.host.password = get("password", "");
    const auto policy = relay::policy_preset(get("preset", "custom"));
    desk.host.policy = relay::policy_to_json(*policy);
    const int tickets = std::stoi(get("tickets", "20"));
    for (int i = 0; i < tickets; ++i) desk.add(fmt::format("ticket{}", i), get("secret", "secret"));
    RecorderLink recorder(get("events", "."), {});
    core::runtime::Metrics metrics;
    GatewayOptions options;
    options.listen = *core::runtime::Endpoint::parse(get("listen", "127.0.0.1:0"));
    options.allow_tls_only = get("tls_only", "0") == "1";
    options.certificate_pem = identity.certificate_pem;
    auto started = Gateway::start(std::move(options), *LocalSigner::from_pem(identity.key_pem),
                                  desk, recorder, metrics);
    if (auto* problem = std::get_if<StartProblem>(&started)) {
        fmt::print(stderr, "{}\n  next: {}\n", problem->message, problem->next);
        return 1;
    }
    auto& gateway = *std::get<std::unique_ptr<Gateway>>(started);
    fmt::print("listening {}\n", gateway.listening_on().text());
    std::fflush(stdout);
    for (int signal = 0; signal != SIGINT && signal != SIGTERM;
         signal = core::runtime::read_signal(*signals)) {
        pollfd item{signals->get(), POLLIN, 0};
        (void)::poll(&item, 1, -1);
    }
    gateway.drain("gateway shut down", std::chrono::seconds(5));
    recorder.drain(std::chrono::seconds(5));
    fmt::print("{}", metrics.prometheus_text());
    return 0;
}

}  // namespace lucid::rdp::gateway::test
