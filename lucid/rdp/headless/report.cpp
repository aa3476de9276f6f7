// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/clipboard.hpp>
#include <lucid/rdp/headless/report.hpp>

#include <cstdio>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace lucid::rdp::headless {

using Json = nlohmann::json;

namespace {

/// Undrawn updates that are told one by one.
constexpr std::uint64_t undrawn_told_max = 10;

const char* name_of(client::SoundCodec codec) {
    switch (codec) {
        case client::SoundCodec::pcm:
            return "pcm";
        case client::SoundCodec::opus:
            return "opus";
        case client::SoundCodec::aac:
            return "aac";
    }
    return "";
}

/// Text of a host may be anything.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

void Report::event(std::string_view name, Json details, const std::string& text) {
    if (json_) {
        details["event"] = std::string(name);
        fmt::print("{}\n", dump(details));
        std::fflush(stdout);
    } else if (!text.empty()) {
        fmt::print(stderr, "{}\n", text);
    }
}

void Report::answer(std::string_view name, Json details, std::string_view text) {
    if (json_) return event(name, std::move(details), "");
    fmt::print("{}\n", text);
    std::fflush(stdout);
}

void Report::trouble(const Trouble& trouble) {
    if (json_) {
        Json out = {{"ok", false}, {"error", trouble.what}};
        if (!trouble.next.empty()) out["next"] = trouble.next;
        fmt::print("{}\n", dump(out));
        return;
    }
    fmt::print(stderr, "lucid: {}\n", trouble.what);
    if (!trouble.next.empty()) fmt::print(stderr, "  next: {}\n", trouble.next);
}

void Report::client_event(const client::Event& any) {
    if (const auto* active = std::get_if<client::Activated>(&any)) {
        event("active",
              {{"width", active->width}, {"height", active->height}, {"again", active->again}},
              fmt::format("desktop of {} x {}{}", active->width, active->height,
                          active->again ? ", again" : ""));
    } else if (const auto* layout = std::get_if<client::HostMonitors>(&any)) {
        Json list = Json::array();
        for (const auto& monitor : layout->monitors)
            list.push_back({{"left", monitor.left},
                            {"top", monitor.top},
                            {"width", monitor.width},
                            {"height", monitor.height}});
        event("monitors", {{"monitors", std::move(list)}},
              fmt::format("the host has {} monitors", layout->monitors.size()));
    } else if (const auto* undrawn = std::get_if<client::Undrawn>(&any)) {
        if (++undrawn_ > undrawn_told_max) return;
        event("undrawn", {{"why", undrawn->why.message()}},
              "an update could not be drawn: " + undrawn->why.message());
    } else if (const auto* error = std::get_if<client::HostError>(&any)) {
        const auto* text = client::host_error_text(error->code);
        event("host_error", {{"code", error->code}, {"text", text}},
              fmt::format("the host says: {} ({:#x})", *text != 0 ? text : "error", error->code));
    } else if (std::holds_alternative<client::LoggedOn>(any)) {
        event("logged_on", Json::object(), "logged on");
    } else if (std::holds_alternative<client::CookieGiven>(any)) {
        event("reconnect_cookie", Json::object(), "");
    } else if (const auto* ended = std::get_if<client::Ended>(&any)) {
        event("ended", {{"reason", ended->reason}}, "the host ended the session");
    } else if (const auto* channel = std::get_if<client::ChannelOpened>(&any)) {
        event("channel", {{"name", channel->name}, {"accepted", channel->accepted}}, "");
    } else if (const auto* offered = std::get_if<client::ClipboardOffered>(&any)) {
        event("clipboard_offered", {{"formats", offered->formats}},
              fmt::format("the host's clipboard has: {}", fmt::join(offered->formats, ", ")));
    } else if (const auto* taken = std::get_if<client::ClipboardTaken>(&any)) {
        event("clipboard_taken", {{"format", taken->format}},
              "the host took the clipboard's " + taken->format);
    } else if (const auto* sound = std::get_if<client::SoundStarted>(&any)) {
        event("sound",
              {{"codec", name_of(sound->codec)},
               {"channels", sound->format.channels},
               {"samples_per_second", sound->format.samples_per_second},
               {"bits_per_sample", sound->format.bits_per_sample}},
              fmt::format("sound: {}, {} Hz, {} channels", name_of(sound->codec),
                          sound->format.samples_per_second, sound->format.channels));
    } else if (const auto* drive = std::get_if<client::DriveAnswered>(&any)) {
        event("drive", {{"accepted", drive->accepted}},
              drive->accepted ? "the host has the drive" : "the host refused the drive");
    } else if (const auto* change = std::get_if<client::DriveChanged>(&any)) {
        Json details = {{"what", change->what}, {"path", change->path}};
        if (!change->to.empty()) details["to"] = change->to;
        if (change->bytes != 0) details["bytes"] = change->bytes;
        event("drive_changed", std::move(details),
              fmt::format("the host's drive: {} {}{}", change->what, change->path,
                          change->to.empty() ? "" : " to " + change->to));
    } else if (const auto* touch = std::get_if<client::TouchChanged>(&any)) {
        event("touch", {{"what", touch->what}}, "touch is " + touch->what);
    } else if (const auto* line = std::get_if<client::NetworkMeasured>(&any)) {
        event("measured", {{"what", line->what}}, "");
    }
}

}  // namespace lucid::rdp::headless
