// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/recorder/prune.hpp>
#include <lucid/sessions/replay/directory_bundle.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <ctime>
#include <filesystem>
#include <memory>

#include "../chain_setup.hpp"
#include "../commands.hpp"
#include "../core/control.hpp"
#include "../open_node.hpp"
#include "../verdict.hpp"
#include "all.hpp"
#include "session_export.hpp"
#include "session_hold.hpp"
#include "session_replay.hpp"
#include <CLI/CLI.hpp>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

using Json = nlohmann::json;
using storage::catalog::Session;

std::string time_text(std::int64_t seconds) {
    return seconds == 0 ? "-"
                        : fmt::format("{:%Y-%m-%d %H:%M:%S}Z",
                                      fmt::gmtime(static_cast<std::time_t>(seconds)));
}

/// A catalog that was made anew may not know the block.
bool is_anchored(const OpenNode& node, const Session& s) {
    std::error_code error;
    return s.anchor_block >= 0 ||
           std::filesystem::exists(node.data.session(s.id) + "/anchor.json", error);
}

std::string anchor_text(const OpenNode& node, const Session& s) {
    if (s.anchor_block >= 0) return fmt::format("block {}", s.anchor_block);
    return is_anchored(node, s) ? "anchored" : "not anchored yet";
}

Json session_json(const OpenNode& node, const Session& s) {
    return {{"id", s.id},
            {"host", s.host},
            {"user", s.user},
            {"started", s.started_s},
            {"ended", s.ended_s},
            {"state", s.state},
            {"reason", s.reason},
            {"segments", s.segments},
            {"root", s.root},
            {"manifest_hash", s.manifest_hash},
            {"anchored", is_anchored(node, s)},
            {"anchor_block", s.anchor_block},
            {"anchor_transaction", s.anchor_transaction},
            {"volume", s.volume}};
}

/// "recording" in the catalog may be a session that waits for its client: only core knows.
void mark_lost(const OpenNode& node, std::vector<Session>& sessions) {
    const auto status = ask_core(node.data.core_socket(), Json{{"op", "status"}});
    if (!status) return;
    for (const auto& live : status->value("sessions", Json::array())) {
        if (live.value("stage", "") != "lost") continue;
        for (auto& s : sessions)
            if (s.state == "recording" && s.id == live.value("id", "")) s.state = "lost";
    }
}

/// Pruned; or on a volume that is not there, or gone.
void mark_contents(OpenNode& node, std::vector<Session>& sessions) {
    for (auto& s : sessions) {
        if (sessions::recorder::pruned_at(node.data.session(s.id))) {
            s.state = "pruned";
        } else if (const auto why = why_unavailable(node, s); !why.empty()) {
            s.state = why.ends_with("absent") ? "unavailable" : "missing";
            s.reason = why;
        }
    }
}

void list(Context& context) {
    auto node = open_node(context);
    if (!node) return;
    auto sessions = node->catalog.sessions();
    if (!sessions) return report_failure(context, sessions.error().message());
    mark_lost(*node, *sessions);
    mark_contents(*node, *sessions);
    Json out = {{"ok", true}, {"sessions", Json::array()}};
    for (const auto& s : *sessions) {
        out["sessions"].push_back(session_json(*node, s));
        if (!context.json)
            fmt::print("{:12.12}  {}  {:12} {:10} {:>6} segments  {}\n", s.id,
                       time_text(s.started_s), s.host, s.state, s.segments, anchor_text(*node, s));
    }
    if (context.json)
        fmt::print("{}\n", out.dump());
    else if (sessions->empty())
        fmt::print("no sessions yet; next: lucid ticket HOST\n");
}

std::optional<Session> find(Context& context, OpenNode& node, const std::string& id) {
    auto session = node.catalog.find_session(id);
    if (session) return std::move(*session);
    report_failure(context,
                   session.error().code == make_error_code(Errc::bad_value)
                       ? "several sessions start with " + id
                       : "no session starts with " + id,
                   "lucid session ls");
    return std::nullopt;
}

void show(Context& context, const std::string& id, const std::string& identity_file,
          const std::string& thumbnail) {
    auto node = open_node(context);
    if (!node) return;
    auto s = find(context, *node, id);
    if (!s) return;
    if (!thumbnail.empty() && !write_thumbnail(context, s->id, identity_file, thumbnail)) return;
    std::vector one{*s};
    mark_contents(*node, one);
    s = one.front();
    if (context.json) {
        auto out = session_json(*node, *s);
        out["ok"] = true;
        if (!thumbnail.empty()) out["thumbnail"] = thumbnail;
        fmt::print("{}\n", out.dump());
        return;
    }
    fmt::print(
        "session   {}\nhost      {}\nuser      {}\nstarted   {}\nended     {}\nstate     {} "
        "({})\nsegments  {}\nroot      {}\nanchor    {}\nfiles     {}\n",
        s->id, s->host, s->user, time_text(s->started_s), time_text(s->ended_s), s->state,
        s->reason, s->segments, s->root,
        s->anchor_block >= 0
            ? fmt::format("block {}, transaction {}", s->anchor_block, s->anchor_transaction)
            : anchor_text(*node, *s),
        node->data.session(s->id));
    if (!thumbnail.empty()) fmt::print("picture   {}\n", thumbnail);
}

/// --identity, else the local owner's file if it is still here.
std::optional<crypto::age::Identity> identity_for(const OpenNode& node, const std::string& given,
                                                  const std::string& user) {
    auto identity = read_identity(given.empty() ? node.data.identity(user) : given);
    return identity ? std::optional(std::move(*identity)) : std::nullopt;
}

void verify_session(Context& context, const std::string& id, const std::string& identity_file) {
    auto node = open_node(context);
    if (!node) return;
    const auto s = find(context, *node, id);
    if (!s || !has_contents(context, *node, *s)) return;
    const auto trust = trust_for(node->data, node->data.session(s->id));
    if (!trust) return report_failure(context, node->data.trust() + ": " + trust.error().message());
    const auto identity = identity_for(*node, identity_file, s->user);
    if (!identity && !identity_file.empty())
        return report_failure(context, identity_file + " is no age key file");
    sessions::format::VerifyOptions options;
    options.trust = *trust;
    options.identity = identity ? &*identity : nullptr;
    sessions::replay::DirectoryBundle source(node->data.session(s->id));
    print_report(context, sessions::format::verify(source, options));
}

const char* class_name(sessions::format::EventClass c) {
    constexpr std::array<const char*, 6> names = {"screen", "input", "channels",
                                                  "audio",  "audit", "index"};
    return names[static_cast<std::size_t>(c)];
}

bool is_text(std::uint8_t kind) {
    return kind == sessions::format::kind_note || kind == sessions::format::kind_transfer ||
           kind == sessions::format::kind_end;
}

void log(Context& context, const std::string& id, const std::string& identity_file, bool all) {
    auto node = open_node(context);
    if (!node) return;
    const auto s = find(context, *node, id);
    if (!s || !has_contents(context, *node, *s)) return;
    const auto identity = identity_for(*node, identity_file, s->user);
    if (!identity)
        return report_failure(
            context,
            "the recording is sealed; an age key of the owner, an auditor or recovery opens it",
            "--identity FILE");
    sessions::replay::DirectoryBundle source(node->data.session(s->id));
    const auto recording = sessions::replay::open_recording(source, *identity);
    if (!recording)
        return report_failure(context, "recording: " + recording.error().message(),
                              "lucid session verify " + id);
    Json out = {{"ok", true}, {"session", s->id}, {"events", Json::array()}};
    for (const auto& e : recording->events) {
        if (!all && !is_text(e.kind)) continue;
        const auto seconds = static_cast<double>(e.time_us) / 1e6;
        if (context.json) {
            Json item = {{"t", seconds},
                         {"class", class_name(e.event_class)},
                         {"kind", e.kind},
                         {"bytes", e.payload.size()}};
            if (is_text(e.kind)) item["text"] = std::string(as_text(e.payload));
            out["events"].push_back(std::move(item));
        } else {
            fmt::print("{:10.3f}  {:8} {:3} {}\n", seconds, class_name(e.event_class), e.kind,
                       is_text(e.kind) ? std::string(as_text(e.payload))
                                       : fmt::format("{} bytes", e.payload.size()));
        }
    }
    if (context.json) fmt::print("{}\n", out.dump(-1, ' ', false, Json::error_handler_t::replace));
}

void kill(Context& context, const std::string& id) {
    auto node = open_node(context);
    if (!node) return;
    const auto s = find(context, *node, id);
    if (!s) return;
    const auto answer =
        ask_core(node->data.core_socket(), Json{{"op", "kill"}, {"session", s->id}});
    if (!answer)
        return report_failure(context, "no lucid runs on " + node->data.path(), "lucid up");
    if (!answer->value("ok", false))
        return report_failure(context, answer->value("reason", "the session is not live"),
                              "lucid status");
    if (context.json)
        fmt::print("{}\n", Json{{"ok", true}}.dump());
    else
        fmt::print("ended {}\n", s->id);
}

struct Flags {
    std::string id;
    std::string identity;
    std::string out;
    bool all = false;
    ReplayFlags replay;
};

}  // namespace

void add_session(CLI::App& app, Context& context) {
    auto* command = app.add_subcommand("session", "Recordings and live sessions");
    command->require_subcommand(1);
    auto f = std::make_shared<Flags>();
    command->add_subcommand("ls", "List them, newest first")->callback([&context] {
        list(context);
    });
    const auto sub = [&](const char* name, const char* text) {
        auto* made = command->add_subcommand(name, text);
        made->add_option("SESSION", f->id, "Id or its beginning")->required();
        return made;
    };
    auto* show_command = sub("show", "What is known of one");
    show_command->add_option("--thumbnail", f->out,
                             "Write a small picture of its middle to this file (PNG)");
    show_command->add_option("--identity", f->identity, "age key file, for the thumbnail");
    show_command->callback([&context, f] { show(context, f->id, f->identity, f->out); });
    auto* verify_command = sub("verify", "Is every byte what was recorded and anchored?");
    verify_command->add_option("--identity", f->identity,
                               "age key file (default: the local owner's)");
    verify_command->footer(
        "Example:\n  lucid session verify 2da527\n\nExit codes: 0 verified, 1 refused.");
    verify_command->callback([&context, f] { verify_session(context, f->id, f->identity); });
    auto* log_command = sub("log", "Audit events: connected, refused, transferred, ended");
    log_command->add_option("--identity", f->identity, "age key file");
    log_command->add_flag("--all", f->all, "Pictures and input too, as sizes");
    log_command->callback([&context, f] { log(context, f->id, f->identity, f->all); });
    auto* replay_command = sub("replay", "Show it again in an RDP client on this machine");
    replay_command->add_option("--identity", f->identity, "age key file");
    replay_command->add_option("--speed", f->replay.speed, "2 is twice as fast")
        ->check(CLI::Range(0.1, 1000.0));
    replay_command->add_option("--until", f->replay.until_s, "Stop at this second of the session");
    replay_command->add_option("--port", f->replay.port, "Loopback port (a free one)");
    replay_command->footer(
        "Example:\n  lucid session replay 2da527 --speed 4\n\nPrints the xfreerdp line to connect "
        "with; ends when that client leaves.");
    replay_command->callback(
        [&context, f] { session_replay(context, f->id, f->identity, f->replay); });
    add_session_export(*command, context);
    add_session_hold(*command, context);
    sub("kill", "End a live session")->callback([&context, f] { kill(context, f->id); });
}

}  // namespace lucid::app
