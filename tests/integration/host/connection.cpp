// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "connection.hpp"

#include <array>
#include <cstring>
#include <fstream>
#include <iterator>

#include "channels.hpp"
#include "connection_callbacks.hpp"
#include "painter.hpp"

namespace lucid::test_host {
namespace {

constexpr DWORD tick_ms = 20;

BOOL make_context(freerdp_peer*, rdpContext*) {
    return TRUE;
}

void free_context(freerdp_peer*, rdpContext*) {}

std::string read_file(const std::string& path) {
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

Connection::Connection(const HostOptions& options, int number, freerdp_peer* peer)
    : options_(options),
      report_(number),
      peer_(peer),
      script_(parse_script(read_file(options.script_file))) {
    peer_->ContextSize = sizeof(PeerContext);
    peer_->ContextNew = make_context;
    peer_->ContextFree = free_context;
    if (freerdp_peer_context_new(peer_) == FALSE) return;
    reinterpret_cast<PeerContext*>(peer_->context)->connection = this;
    channels_ = WTSOpenServerA(reinterpret_cast<LPSTR>(peer_->context));
    auto* s = settings();
    s->CertificateFile = ::strdup(options_.certificate_file.c_str());
    s->PrivateKeyFile = ::strdup(options_.key_file.c_str());
    s->RdpSecurity = FALSE;
    s->TlsSecurity = options_.nla ? FALSE : TRUE;
    s->NlaSecurity = options_.nla ? TRUE : FALSE;
    s->ColorDepth = 32;
    s->RemoteFxCodec = s->NSCodec = FALSE;
    s->SuppressOutput = s->RefreshRect = TRUE;
    s->AutoReconnectionEnabled = TRUE;
    s->NetworkAutoDetect = s->SupportHeartbeatPdu = TRUE;
    s->SupportMonitorLayoutPdu = TRUE;
    s->RemoteApplicationSupportLevel = 1;
    set_callbacks(*peer_, options_.nla);
}

Connection::~Connection() {
    display_.reset();
    devices_.reset();
    clip_.reset();
    sound_.reset();
    sound_file_.reset();
    touch_.reset();
    rail_.reset();
    for (const auto& channel : open_) (void)WTSVirtualChannelClose(channel.handle);
    if (peer_->context != nullptr) peer_->Disconnect(peer_);
    if (channels_ != nullptr) WTSCloseServer(channels_);
    freerdp_peer_context_free(peer_);
    freerdp_peer_free(peer_);
}

void Connection::run() {
    if (channels_ == nullptr || peer_->Initialize(peer_) == FALSE) {
        report_.say("failed", "initialize");
        return;
    }
    report_.say("connected");
    while (turn()) {
    }
    report_.say("gone");
}

bool Connection::turn() {
    std::array<HANDLE, 64> handles{};
    DWORD count = peer_->GetEventHandles(peer_, handles.data(), 32);
    handles[count++] = WTSVirtualChannelManagerGetEventHandle(channels_);
    (void)WaitForMultipleObjects(count, handles.data(), FALSE, tick_ms);
    if (peer_->CheckFileDescriptor(peer_) == FALSE) return false;
    if (peer_->activated && WTSVirtualChannelManagerCheckFileDescriptor(channels_) == FALSE)
        return false;
    if (const auto width = wanted_width_.exchange(0); width != 0)
        resize(width, wanted_height_.exchange(0));
    read_channels();
    if (devices_) devices_->poll();
    if (sound_file_) sound_file_->poll();
    if (touch_) touch_->poll();
    return !active_ || run_script();
}

bool Connection::run_script() {
    while (at_ < script_.desktop.size()) {
        if (step_since_ == std::chrono::steady_clock::time_point{})
            step_since_ = std::chrono::steady_clock::now();
        const auto outcome = perform(script_.desktop[at_]);
        if (outcome == Outcome::end) return false;
        if (outcome == Outcome::again) return true;
        ++at_;
        step_since_ = {};
    }
    return true;
}

bool Connection::on_capabilities() {
    const auto* s = settings();
    const auto* cookie = s->ClientAutoReconnectCookie;
    if (active_) return true;
    const std::string user = s->Username != nullptr ? s->Username : "";
    report_.say("login", user + (cookie->cbLen != 0 ? " with cookie" : ""));
    for (const auto& step : script_.login) {
        if (step.verb == "redirect") {
            (void)redirect(step);
            return false;
        }
        report_.say("failed", "cannot " + step.verb + " at the login");
    }
    return true;
}

bool Connection::on_post_connect() {
    const auto* s = settings();
    for (UINT32 i = 0; i < s->ChannelCount; ++i) report_.say("channel", s->ChannelDefArray[i].name);
    for (UINT32 i = 0; i < s->MonitorCount; ++i) {
        const auto& m = s->MonitorDefArray[i];
        report_.say("monitor", std::to_string(m.width) + "x" + std::to_string(m.height) + "+" +
                                   std::to_string(m.x) + "+" + std::to_string(m.y));
        if (m.is_primary != 0) report_.say("primary", std::to_string(i));
        report_.say("scale", std::to_string(m.attributes.desktopScaleFactor));
    }
    return true;
}

bool Connection::on_activate() {
    const auto* s = settings();
    // Once, as hosts do that take the client's monitors.
    if (!active_ && s->SupportMonitorLayoutPdu != FALSE && s->MonitorCount > 1) {
        std::vector<MONITOR_DEF> monitors;
        for (UINT32 i = 0; i < s->MonitorCount; ++i) {
            const auto& m = s->MonitorDefArray[i];
            monitors.push_back({m.x, m.y, m.x + m.width - 1, m.y + m.height - 1,
                                static_cast<UINT32>(m.is_primary)});
        }
        (void)freerdp_display_send_monitor_layout(peer_->context, s->MonitorCount, monitors.data());
    }
    active_ = true;
    report_.say("active", std::to_string(s->DesktopWidth) + "x" + std::to_string(s->DesktopHeight));
    paint(colour_);
    return true;
}

void Connection::on_layout(unsigned width, unsigned height) {
    wanted_height_ = height;
    wanted_width_ = width;
}

void Connection::paint(unsigned rgb) {
    colour_ = rgb;
    fill_desktop(*peer_, rgb);
}

void Connection::resize(unsigned width, unsigned height) {
    settings()->DesktopWidth = width;
    settings()->DesktopHeight = height;
    (void)peer_->update->DesktopResize(peer_->context);
}

}  // namespace lucid::test_host
