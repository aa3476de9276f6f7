// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <sys/socket.h>

#include "channels.hpp"
#include "connection.hpp"
#include "painter.hpp"

// The verbs of the script.

namespace lucid::test_host {
namespace {

constexpr std::chrono::milliseconds default_patience{15'000};

unsigned number(const Step& step, std::size_t index, unsigned otherwise = 0) {
    return step.words.size() > index
               ? static_cast<unsigned>(std::stoul(step.words[index], nullptr, 0))
               : otherwise;
}

std::string word(const Step& step, std::size_t index) {
    return step.words.size() > index ? step.words[index] : std::string();
}

/// Everything behind the first `count` words.
std::string text_behind(const Step& step, std::size_t count) {
    std::string text;
    for (std::size_t i = count; i < step.words.size(); ++i)
        text += (text.empty() ? "" : " ") + step.words[i];
    return text;
}

}  // namespace

Connection::Outcome Connection::wait(const Step& step) {
    const std::chrono::milliseconds patience(
        number(step, 1, static_cast<unsigned>(default_patience.count())));
    if (report_.take(word(step, 0))) return Outcome::done;
    if (std::chrono::steady_clock::now() - step_since_ < patience) return Outcome::again;
    report_.say("failed", "waited for " + word(step, 0));
    return Outcome::end;
}

Connection::Outcome Connection::perform(const Step& step) {
    const auto elapsed = std::chrono::steady_clock::now() - step_since_;
    if (step.verb == "wait") return wait(step);
    if (step.verb == "sleep")
        return elapsed < std::chrono::milliseconds(number(step, 0)) ? Outcome::again
                                                                    : Outcome::done;
    if (step.verb == "paint") {
        paint(static_cast<unsigned>(std::stoul(word(step, 0), nullptr, 16)));
        return Outcome::done;
    }
    if (step.verb == "resize") {
        resize(number(step, 0), number(step, 1));
        return Outcome::done;
    }
    if (step.verb == "reactivate") {
        resize(settings()->DesktopWidth, settings()->DesktopHeight);
        return Outcome::done;
    }
    if (step.verb == "bye" || step.verb == "drop") {
        report_.say(step.verb);
        if (step.verb == "drop")
            (void)::shutdown(peer_->sockfd, SHUT_RDWR);
        else
            (void)peer_->Close(peer_);
        return Outcome::end;
    }
    return perform_session(step);
}

Connection::Outcome Connection::perform_session(const Step& step) {
    auto* detect = peer_->autodetect;
    if (step.verb == "cookie") {
        send_cookie();
    } else if (step.verb == "logon") {
        auto user = word(step, 0);
        std::string domain;
        logon_info info{};
        info.sessionId = 1;
        info.username = user.data();
        info.domain = domain.data();
        (void)peer_->update->SaveSessionInfo(peer_->context, INFO_TYPE_LOGON_LONG, &info);
        report_.say("told", "logon");
    } else if (step.verb == "heartbeat") {
        const bool sent =
            freerdp_heartbeat_send_heartbeat_pdu(peer_, static_cast<BYTE>(number(step, 0, 1)),
                                                 static_cast<BYTE>(number(step, 1, 5)),
                                                 static_cast<BYTE>(number(step, 2, 10))) != FALSE;
        report_.say(sent ? "told" : "refused", "heartbeat");
    } else if (step.verb == "frame") {
        for (const auto action : {SURFACECMD_FRAMEACTION_BEGIN, SURFACECMD_FRAMEACTION_END}) {
            const SURFACE_FRAME_MARKER marker{static_cast<UINT32>(action), number(step, 0, 1)};
            (void)peer_->update->SurfaceFrameMarker(peer_->context, &marker);
        }
    } else if (step.verb == "rtt") {
        (void)detect->RTTMeasureRequest(peer_->context, static_cast<UINT16>(number(step, 0, 1)));
    } else if (step.verb == "error") {
        (void)freerdp_set_error_info(peer_->context->rdp, number(step, 0));
        report_.say("told", "error");
    } else {
        return perform_channel(step);
    }
    return Outcome::done;
}

void Connection::send_cookie() {
    logon_info_ex info{};
    info.haveCookie = TRUE;
    info.LogonId = 42;
    for (std::size_t i = 0; i < sizeof info.ArcRandomBits; ++i)
        info.ArcRandomBits[i] = static_cast<BYTE>(0xa0 + i);
    (void)peer_->update->SaveSessionInfo(peer_->context, INFO_TYPE_LOGON_EXTENDED_INF, &info);
    report_.say("told", "cookie");
}

Connection::Outcome Connection::perform_channel(const Step& step) {
    const bool dynamic = step.verb == "dynamic" || step.verb == "display" || step.verb == "touch";
    if (dynamic && WTSVirtualChannelManagerGetDrdynvcState(channels_) != DRDYNVC_STATE_READY) {
        if (std::chrono::steady_clock::now() - step_since_ < default_patience)
            return Outcome::again;
        report_.say("failed", "no dynamic channels");
        return Outcome::end;
    }
    if (step.verb == "display")
        display_ = std::make_unique<Display>(*this);
    else if (step.verb == "touch")
        touch_ = std::make_unique<Touch>(*this);
    else if (step.verb == "suspend" && touch_)
        touch_->suspend();
    else if (step.verb == "resume" && touch_)
        touch_->resume();
    else if (step.verb == "dynamic")
        dynamic_channel(word(step, 0), text_behind(step, 1));
    else if (step.verb == "static")
        static_channel(word(step, 0), text_behind(step, 1));
    else if (step.verb == "rail")
        rail_ = std::make_unique<Rail>(*this);
    else
        return perform_device(step);
    return Outcome::done;
}

Connection::Outcome Connection::perform_device(const Step& step) {
    const bool drive = step.verb == "list" || step.verb == "read" || step.verb == "write" ||
                       step.verb == "remove" || step.verb == "rename" || step.verb == "makedir";
    if (step.verb == "clipboard") {
        clip_ = std::make_unique<Clip>(*this);
    } else if (step.verb == "copy" && clip_) {
        clip_->copy(word(step, 0), text_behind(step, 1));
    } else if (step.verb == "paste" && clip_) {
        clip_->paste(word(step, 0));
    } else if (step.verb == "devices") {
        devices_ = std::make_unique<Devices>(*this);
    } else if (step.verb == "sound") {
        sound_ = std::make_unique<Sound>(*this);
    } else if (step.verb == "playfile") {
        sound_file_ = std::make_unique<SoundFile>(*this, step.text);
    } else if (step.verb == "play" && sound_) {
        sound_->play(number(step, 0, 500));
    } else if (drive && devices_ && devices_->drive_known()) {
        if (step.verb == "list") devices_->list(word(step, 0));
        if (step.verb == "read") devices_->read(word(step, 0));
        if (step.verb == "remove") devices_->remove(word(step, 0));
        if (step.verb == "rename") devices_->rename(word(step, 0), word(step, 1));
        if (step.verb == "makedir") devices_->make_folder(word(step, 0));
        if (step.verb == "write") devices_->write(word(step, 0), text_behind(step, 1));
    } else if (step.verb == "print" && devices_ && devices_->printer_known()) {
        devices_->print(step.text);
    } else {
        report_.say("failed", "cannot " + step.verb);
        return Outcome::end;
    }
    return Outcome::done;
}

bool Connection::redirect(const Step& step) {
    const auto address = word(step, 0);
    const auto token = word(step, 1);
    const bool sent = peer_->SendServerRedirection(
                          peer_, 9, address == "-" ? nullptr : address.c_str(),
                          token.empty() ? nullptr : token.c_str(), "mallory", "",
                          "cookie-of-the-host", nullptr, nullptr, 0, nullptr, 0, nullptr) != FALSE;
    report_.say(sent ? "redirected" : "failed", address);
    return sent;
}

}  // namespace lucid::test_host
