// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/frame_channel.hpp>
#include <lucid/rdp/gateway/dial.hpp>
#include <lucid/rdp/gateway/gateway.hpp>

#include <chrono>

#include "../core/control.hpp"
#include "finding.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app::doctor {

namespace {

using Json = nlohmann::json;
namespace gateway = rdp::gateway;

void check_role(const Json& role, const core::runtime::DataDir& data, Findings& findings) {
    const auto name = role.value("role", "");
    const auto log = data.log(name);
    if (!role.value("running", false))
        return findings.broken("processes", name + " is down, core starts it again and again",
                               "the end of " + log + " says why");
    const auto restarts = role.value("restarts", 0);
    if (restarts > 0)
        findings.note("processes", fmt::format("{} was started again {} times", name, restarts),
                      "the end of " + log + " says why");
}

/// Whose the port is while our node runs.
void check_own_port(const char* check, const core::runtime::Endpoint& endpoint, pid_t owner,
                    Findings& findings) {
    const auto holder = gateway::port_holder(endpoint.port);
    const auto ours = holder.starts_with(fmt::format("process {} ", owner));
    if (ours || holder == "another user's process") {
        findings.good(check, endpoint.text() + ", " + holder);
    } else {
        findings.broken(check,
                        holder.empty() ? fmt::format("nobody listens on {}", endpoint.text())
                                       : fmt::format("{} is taken by {}", endpoint.text(), holder),
                        "end that process and restart lucid, or choose another port in lucid.toml");
    }
}

void check_free_port(const char* check, const core::runtime::Endpoint& endpoint,
                     const std::string& setting, const std::string& file, Findings& findings) {
    const auto listener = gateway::listen_tcp(endpoint);
    if (listener) return findings.good(check, endpoint.text() + " is free");
    const auto next = "end that process, or change " + setting + " in " + file;
    if (listener.error().code != std::errc::address_in_use)
        return findings.broken(check, endpoint.text() + ": " + listener.error().message(),
                               "change " + setting + " in " + file);
    const auto holder = gateway::port_holder(endpoint.port);
    findings.broken(check,
                    fmt::format("{} is taken by {}", endpoint.text(),
                                holder.empty() ? "another process" : holder),
                    next);
}

}  // namespace

std::optional<RunningNode> check_processes(const core::runtime::DataDir& data, Findings& findings) {
    const auto answer = ask_core(data.core_socket(), Json{{"op", "status"}});
    if (!answer) {
        if (core::net::FrameChannel::connect(data.core_socket()))
            findings.broken("processes", "core takes connections and does not answer",
                            "the end of " + data.log("core") + " says more");
        else if (core::net::FrameChannel::connect(data.chain_socket()))
            findings.broken("processes", "a chain process of an earlier run is still there",
                            "fuser -k " + data.chain_socket());
        else
            findings.note("processes", "lucid does not run here", "lucid up");
        return std::nullopt;
    }
    RunningNode node;
    node.pid = answer->value("pid", 0);
    node.listen = answer->value("listen", "");
    for (const auto& volume : answer->value("volumes", Json::array()))
        if (volume.value("ready", false)) node.volumes.insert(volume.value("path", ""));
    const auto before = findings.count(State::broken);
    for (const auto& role : answer->value("processes", Json::array())) {
        if (role.value("role", "") == "chain") node.chain_pid = role.value("pid", 0);
        check_role(role, data, findings);
    }
    if (findings.count(State::broken) == before)
        findings.good("processes", fmt::format("core is process {}, up {} s", node.pid,
                                               answer->value("uptime_s", 0)));
    return node;
}

void check_ports(const core::runtime::DataDir& data, const std::optional<RunningNode>& running,
                 Findings& findings) {
    const auto file = data.file("lucid.toml");
    if (!running) {
        check_free_port("gateway port", data.config().listen, "gateway.listen", file, findings);
        check_free_port("rpc port", data.config().rpc, "chain.rpc", file, findings);
        return;
    }
    const auto listen = core::runtime::Endpoint::parse(running->listen);
    check_own_port("gateway port", listen ? *listen : data.config().listen, running->pid, findings);
    check_own_port("rpc port", data.config().rpc, running->chain_pid, findings);
}

}  // namespace lucid::app::doctor
