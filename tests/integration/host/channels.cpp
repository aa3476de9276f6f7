// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "channels.hpp"

#include <algorithm>

#include "connection.hpp"

// DisplayControl, and channels of any name that only carry text.

namespace lucid::test_host {
namespace {

constexpr std::size_t message_bytes_max = 64 * 1024;

}  // namespace

Display::Display(Connection& connection)
    : connection_(connection), context_(disp_server_context_new(connection.channels())) {
    context_->custom = &connection;
    context_->MaxNumMonitors = 16;
    context_->MaxMonitorAreaFactorA = 8192;
    context_->MaxMonitorAreaFactorB = 8192;
    context_->DispMonitorLayout = on_layout;
    if (context_->Open(context_) != CHANNEL_RC_OK) connection_.report().say("failed", "display");
    (void)context_->DisplayControlCaps(context_);
}

Display::~Display() {
    (void)context_->Close(context_);
    disp_server_context_free(context_);
}

UINT Display::on_layout(DispServerContext* context,
                        const DISPLAY_CONTROL_MONITOR_LAYOUT_PDU* layout) {
    auto& connection = *static_cast<Connection*>(context->custom);
    std::string text;
    for (UINT32 i = 0; i < layout->NumMonitors; ++i) {
        const auto& monitor = layout->Monitors[i];
        text += (text.empty() ? "" : " ") + std::to_string(monitor.Width) + "x" +
                std::to_string(monitor.Height) + "+" + std::to_string(monitor.Left) + "+" +
                std::to_string(monitor.Top);
    }
    connection.report().say("layout", text);
    // The desktop is the rectangle around the monitors.
    INT64 left = 0;
    INT64 top = 0;
    INT64 right = 0;
    INT64 bottom = 0;
    for (UINT32 i = 0; i < layout->NumMonitors; ++i) {
        const auto& monitor = layout->Monitors[i];
        left = std::min<INT64>(left, monitor.Left);
        top = std::min<INT64>(top, monitor.Top);
        right = std::max<INT64>(right, INT64{monitor.Left} + monitor.Width);
        bottom = std::max<INT64>(bottom, INT64{monitor.Top} + monitor.Height);
    }
    if (layout->NumMonitors > 0)
        connection.on_layout(static_cast<unsigned>(right - left),
                             static_cast<unsigned>(bottom - top));
    return CHANNEL_RC_OK;
}

void Connection::static_channel(const std::string& name, const std::string& text) {
    auto copy = name;
    const HANDLE handle = WTSVirtualChannelOpen(channels_, WTS_CURRENT_SESSION, copy.data());
    if (handle == nullptr) {
        report_.say("refused", "static " + name);
        return;
    }
    open_.push_back({name, handle, text});
}

DWORD Connection::session() {
    LPSTR id = nullptr;
    DWORD size = 0;
    if (WTSQuerySessionInformationA(channels_, WTS_CURRENT_SESSION, WTSSessionId, &id, &size) ==
        FALSE)
        return WTS_CURRENT_SESSION;
    const auto session = *reinterpret_cast<DWORD*>(id);
    WTSFreeMemory(id);
    return session;
}

void Connection::dynamic_channel(const std::string& name, const std::string& text) {
    auto copy = name;
    const HANDLE handle =
        WTSVirtualChannelOpenEx(session(), copy.data(), WTS_CHANNEL_OPTION_DYNAMIC);
    if (handle == nullptr) {
        report_.say("refused", "dynamic " + name);
        return;
    }
    open_.push_back({name, handle, text});
}

void Connection::read_channels() {
    for (auto& channel : open_) {
        // A dynamic channel is ready when the client has agreed, a static one at once.
        if (!channel.text.empty()) {
            void* ready = nullptr;
            DWORD size = 0;
            const bool known = WTSVirtualChannelQuery(channel.handle, WTSVirtualChannelReady,
                                                      &ready, &size) != FALSE;
            const bool is_ready = known && ready != nullptr && *static_cast<BOOL*>(ready) != FALSE;
            if (ready != nullptr) WTSFreeMemory(ready);
            if (!is_ready) continue;
            ULONG written = 0;
            (void)WTSVirtualChannelWrite(channel.handle, channel.text.data(),
                                         static_cast<ULONG>(channel.text.size()), &written);
            report_.say("opened", channel.name);
            channel.text.clear();
        }
        std::string buffer(message_bytes_max, '\0');
        ULONG got = 0;
        while (WTSVirtualChannelRead(channel.handle, 0, buffer.data(),
                                     static_cast<ULONG>(buffer.size()), &got) != FALSE &&
               got > 0)
            report_.say("answered", channel.name + " " + Report::printable(buffer.data(), got));
    }
}

}  // namespace lucid::test_host
