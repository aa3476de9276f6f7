// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "session_replay.hpp"

#include <lucid/rdp/gateway/listener_certificate.hpp>
#include <lucid/rdp/gateway/tls_context.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/replay_server.hpp>

#include <csignal>
#include <cstdio>

#include "../open_node.hpp"
#include "../verdict.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

void session_replay(Context& context, const std::string& id, const std::string& identity_file,
                    const ReplayFlags& flags) {
    auto node = open_node(context);
    if (!node) return;
    const auto session = node->catalog.find_session(id);
    if (session && !has_contents(context, *node, *session)) return;
    if (!session)
        return report_failure(context, "no single session starts with " + id, "lucid session ls");
    const auto identity =
        read_identity(identity_file.empty() ? node->data.identity(session->user) : identity_file);
    if (!identity)
        return report_failure(
            context,
            "the recording is sealed; an age key of the owner, an auditor or recovery opens it",
            "--identity FILE");
    sessions::replay::DirectoryBundle source(node->data.session(session->id));
    const auto recording = sessions::replay::open_recording(source, *identity);
    if (!recording)
        return report_failure(context, "recording: " + recording.error().message(),
                              "lucid session verify " + id);
    auto certificate = rdp::gateway::make_listener_certificate("Lucid replay");
    if (!certificate) return report_failure(context, certificate.error().message());
    const auto fingerprint = rdp::gateway::certificate_fingerprint(certificate->certificate_pem);
    auto server = sessions::replay::ReplayServer::listen(flags.port);
    if (!server || !fingerprint)
        return report_failure(
            context, "replay port: " + (server ? fingerprint.error() : server.error()).message());
    std::string with_colons;
    for (const auto byte : *fingerprint)
        with_colons += fmt::format("{}{:02x}", with_colons.empty() ? "" : ":", byte);
    const auto address = fmt::format("127.0.0.1:{}", server->port());
    const auto connections = sessions::replay::connection_starts(*recording).size();
    const auto line =
        fmt::format("xfreerdp /v:{} /u:replay /p:replay /sec:tls /cert:fingerprint:sha256:{}{}",
                    address, with_colons, connections > 1 ? " +auto-reconnect" : "");
    if (context.json)
        fmt::print("{}\n",
                   nlohmann::json{{"ok", true},
                                  {"address", address},
                                  {"fingerprint", with_colons},
                                  {"command", line},
                                  {"connections", connections},
                                  {"duration_s", recording->manifest.duration_us / 1'000'000}}
                       .dump());
    else
        fmt::print(
            "{} s recorded on {}. Connect with the options the recorded client had (/gfx…, "
            "/size…):\n\n  {}\n\n",
            recording->manifest.duration_us / 1'000'000, recording->manifest.host, line);
    if (!context.json && connections > 1)
        fmt::print("The client came back {} times: so often this one is to connect again.\n\n",
                   connections - 1);
    std::fflush(stdout);
    std::signal(SIGPIPE, SIG_IGN);
    sessions::replay::ReplayOptions options;
    options.speed = flags.speed;
    if (flags.until_s >= 0) options.until_us = static_cast<std::uint64_t>(flags.until_s * 1e6);
    options.certificate_pem = certificate->certificate_pem;
    options.key_pem = std::move(certificate->key_pem);
    const auto played = server->play(*recording, options);
    if (!played && played.error().code != make_error_code(Errc::peer_closed))
        return report_failure(context, "replay: " + played.error().message());
}

}  // namespace lucid::app
