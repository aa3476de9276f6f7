// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/client/graphics_caps.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>

#include <algorithm>

// Virtual channels: who gets their messages, and how answers go back.

namespace lucid::rdp::client {

Client::OpenChannel* Client::find(StaticChannel what) {
    const auto found = std::find_if(channels_.begin(), channels_.end(),
                                    [what](const auto& channel) { return channel.what == what; });
    return found == channels_.end() ? nullptr : &*found;
}

void Client::send_static(StaticChannel what, const Messages& messages) {
    const auto* channel = find(what);
    if (channel == nullptr) return;
    for (const auto& message : messages) outlet_.message(channel->id, message, true);
}

void Client::send_dynamic(std::string_view name, const Messages& messages) {
    for (const auto& message : messages)
        send_static(StaticChannel::dynamic, dynamic_.pack(name, message));
}

Result<void> Client::channel_data(OpenChannel& channel, ByteView packet, ByteView user_data) {
    if (channel.what == StaticChannel::dynamic) {
        // Opening comes before the picture's messages, acknowledging behind them.
        LUCID_CHECK(dynamic_data(user_data));
        draw(packet);
        acknowledge_graphics_frames();
        return {};
    }
    LUCID_TRY(const auto message, channel.reassembler.add(user_data));
    if (!message) return {};
    Messages out;
    switch (channel.what) {
        case StaticChannel::clipboard:
            LUCID_CHECK(clipboard_.message(*message, out, events_));
            break;
        case StaticChannel::sound:
            LUCID_CHECK(sound_.message(*message, out, events_));
            break;
        case StaticChannel::devices:
            LUCID_CHECK(drive_.message(*message, out, events_));
            break;
        case StaticChannel::dynamic:
            break;
    }
    send_static(channel.what, out);
    return {};
}

Result<void> Client::dynamic_data(ByteView user_data) {
    Messages out;
    LUCID_TRY(const auto event, dynamic_.chunk(user_data, out));
    send_static(StaticChannel::dynamic, out);
    if (const auto* opened = std::get_if<DynamicOpened>(&event)) {
        events_.push_back(ChannelOpened{opened->name, opened->accepted});
        if (opened->name != graphics_channel_name || !opened->accepted) return {};
        send_dynamic(graphics_channel_name, {make_graphics_caps(settings_.graphics)});
    } else if (const auto* closed = std::get_if<DynamicClosed>(&event)) {
        if (closed->name == display_channel_name) display_caps_.reset();
        if (closed->name == touch_channel_name) {
            touch_.reset();
            events_.push_back(TouchChanged{"closed"});
        }
    } else if (const auto* message = std::get_if<DynamicMessage>(&event)) {
        return dynamic_message(*message);
    }
    return {};
}

Result<void> Client::dynamic_message(const DynamicMessage& message) {
    if (message.name == display_channel_name) {
        LUCID_TRY(display_caps_, proto::channels::decode_display_control_caps(message.message));
        return {};
    }
    Messages out;
    if (message.name == sound_channel_name) {
        LUCID_CHECK(dynamic_sound_.message(message.message, out, events_));
    } else if (message.name == touch_channel_name) {
        LUCID_CHECK(touch_.message(message.message, out, events_));
    }
    send_dynamic(message.name, out);
    return {};
}

Result<void> Client::resize(std::uint16_t width, std::uint16_t height) {
    const Monitor whole{0, 0, width, height};
    return arrange(std::span(&whole, 1));
}

Result<void> Client::arrange(std::span<const Monitor> monitors) {
    if (!display_caps_) return fail(Errc::unsupported, "display control");
    LUCID_CHECK(check_monitors(monitors, LayoutUse::display_control));
    // MS-RDPEDISP 2.2.2.1: the area that the host takes is MaxNumMonitors times both factors.
    const auto& caps = *display_caps_;
    constexpr std::uint64_t factor_max = 0xffff;  // no product of three overflows
    const auto area_max = std::min<std::uint64_t>(caps.monitors_max, factor_max) *
                          std::min<std::uint64_t>(caps.area_factor_a, factor_max) *
                          std::min<std::uint64_t>(caps.area_factor_b, factor_max);
    std::uint64_t area = 0;
    for (const auto& monitor : monitors) area += std::uint64_t{monitor.width} * monitor.height;
    if (monitors.size() > caps.monitors_max || area > area_max)
        return fail(Errc::bad_value, "it is more than the host takes", monitors.size());
    send_dynamic(display_channel_name, {proto::channels::encode_monitor_layout(monitors)});
    return {};
}

Result<void> Client::touch(std::span<const TouchPoint> points, std::uint64_t now_ms) {
    Messages out;
    LUCID_CHECK(touch_.frame(points, now_ms, out));
    send_dynamic(touch_channel_name, out);
    return {};
}

Result<void> Client::dismiss_touch(std::size_t contact) {
    Messages out;
    LUCID_CHECK(touch_.dismiss(contact, out));
    send_dynamic(touch_channel_name, out);
    return {};
}

Result<void> Client::offer_clipboard(std::vector<ClipboardContent> contents) {
    if (find(StaticChannel::clipboard) == nullptr) return fail(Errc::unsupported, "clipboard");
    Messages out;
    clipboard_.offer(std::move(contents), out);
    send_static(StaticChannel::clipboard, out);
    return {};
}

Result<void> Client::request_clipboard(std::string_view format) {
    if (find(StaticChannel::clipboard) == nullptr) return fail(Errc::unsupported, "clipboard");
    Messages out;
    LUCID_CHECK(clipboard_.request(format, out));
    send_static(StaticChannel::clipboard, out);
    return {};
}

Result<void> Client::request_clipboard_file(std::uint32_t index, std::uint64_t position,
                                            std::uint32_t bytes) {
    if (find(StaticChannel::clipboard) == nullptr) return fail(Errc::unsupported, "clipboard");
    Messages out;
    LUCID_CHECK(clipboard_.request_file(index, position, bytes, out));
    send_static(StaticChannel::clipboard, out);
    return {};
}

Result<void> Client::give_clipboard_file(std::uint32_t stream, std::optional<ByteView> part) {
    Messages out;
    LUCID_CHECK(clipboard_.give_file(stream, part, out));
    send_static(StaticChannel::clipboard, out);
    return {};
}

}  // namespace lucid::rdp::client
