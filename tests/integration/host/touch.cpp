// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>

#include "channels.hpp"
#include "connection.hpp"

namespace lucid::test_host {
namespace {

const WtsApiFunctionTable* library_table = nullptr;
thread_local DWORD session_of_thread = WTS_CURRENT_SESSION;
thread_local HANDLE last_opened = nullptr;

/// EVENTID_SUSPEND_TOUCH and EVENTID_RESUME_TOUCH (MS-RDPEI 2.2.2.6): a header and nothing else.
constexpr std::uint16_t event_suspend = 4;
constexpr std::uint16_t event_resume = 5;
constexpr std::uint32_t message_bytes = 6;

HANDLE WINAPI open_in_session(DWORD session, LPSTR name, DWORD flags) {
    last_opened = library_table->pVirtualChannelOpenEx(
        session == WTS_CURRENT_SESSION ? session_of_thread : session, name, flags);
    return last_opened;
}

Connection& of(RdpeiServerContext* context) {
    return *static_cast<Connection*>(context->user_data);
}

UINT on_ready(RdpeiServerContext* context) {
    of(context).report().say("touchready", std::to_string(context->clientVersion) + " " +
                                               std::to_string(context->maxTouchPoints));
    return CHANNEL_RC_OK;
}

UINT on_touch(RdpeiServerContext* context, const RDPINPUT_TOUCH_EVENT* event) {
    for (UINT16 i = 0; i < event->frameCount; ++i) {
        const auto& frame = event->frames[i];
        for (UINT32 j = 0; j < frame.contactCount; ++j) {
            const auto& contact = frame.contacts[j];
            of(context).report().say("contact", std::to_string(contact.contactId) + " flags " +
                                                    std::to_string(contact.contactFlags) + " at " +
                                                    std::to_string(contact.x) + "," +
                                                    std::to_string(contact.y) + " of " +
                                                    std::to_string(frame.contactCount) + " after " +
                                                    std::to_string(frame.frameOffset));
        }
    }
    return CHANNEL_RC_OK;
}

UINT on_dismissed(RdpeiServerContext* context, BYTE contact) {
    of(context).report().say("dismissed", std::to_string(contact));
    return CHANNEL_RC_OK;
}

}  // namespace

WtsApiFunctionTable* Touch::table_with_sessions(const WtsApiFunctionTable* table) {
    static WtsApiFunctionTable ours;
    library_table = table;
    ours = *table;
    ours.pVirtualChannelOpenEx = open_in_session;
    return &ours;
}

Touch::Touch(Connection& connection)
    : connection_(connection), context_(rdpei_server_context_new(connection.channels())) {
    context_->user_data = &connection;
    context_->onClientReady = on_ready;
    context_->onTouchEvent = on_touch;
    context_->onTouchReleased = on_dismissed;
    session_of_thread = connection.session();
    open_ = rdpei_server_init(context_) == CHANNEL_RC_OK;
    handle_ = last_opened;
    open_ = open_ &&
            rdpei_server_send_sc_ready_ex(context_, RDPINPUT_PROTOCOL_V300, 0) == CHANNEL_RC_OK;
    if (!open_) connection_.report().say("failed", "touch");
}

Touch::~Touch() {
    rdpei_server_context_free(context_);
}

void Touch::say(std::uint16_t event) {
    Writer message;
    message.u16_le(event).u32_le(message_bytes);
    auto bytes = message.take();
    ULONG written = 0;
    if (!open_ || WTSVirtualChannelWrite(handle_, reinterpret_cast<PCHAR>(bytes.data()),
                                         message_bytes, &written) == FALSE)
        connection_.report().say("failed", "touch event " + std::to_string(event));
}

void Touch::suspend() {
    say(event_suspend);
}

void Touch::resume() {
    say(event_resume);
}

void Touch::poll() {
    if (!open_) return;
    const HANDLE event = rdpei_server_get_event_handle(context_);
    while (WaitForSingleObject(event, 0) == WAIT_OBJECT_0)
        if (rdpei_server_handle_messages(context_) != CHANNEL_RC_OK) return;
}

}  // namespace lucid::test_host
