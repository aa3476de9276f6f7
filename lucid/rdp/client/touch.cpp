// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/touch.hpp>
#include <lucid/rdp/proto/channels/rdpei.hpp>

#include <algorithm>
#include <bitset>

namespace lucid::rdp::client {

namespace channels = proto::channels;
using channels::TouchHostEvent;

namespace {

/// Nothing that comes with later versions (pens) is offered.
constexpr std::uint32_t version_max = channels::touch_version_1_1;

constexpr std::uint64_t microseconds_of(std::uint64_t ms) {
    return ms > channels::touch_offset_max / 1000 ? channels::touch_offset_max : ms * 1000;
}

bool is_place(std::int32_t coordinate) {
    return coordinate >= -channels::touch_coordinate_max &&
           coordinate <= channels::touch_coordinate_max;
}

}  // namespace

Result<void> Touch::message(ByteView message, Messages& out, std::vector<Event>& events) {
    LUCID_TRY(const auto said, channels::decode_touch_host_message(message));
    if (said.event == TouchHostEvent::ready) {
        if (said.version < channels::touch_version_1_0)
            return fail(Errc::unsupported, "touch version of the host", said.version);
        reset();
        state_ = State::ready;
        out.push_back(
            channels::encode_touch_ready(std::min(said.version, version_max), touch_contacts_max));
        events.push_back(TouchChanged{"ready"});
        return {};
    }
    if (state_ == State::absent) return fail(Errc::bad_value, "touch before it is ready");
    // The host takes its contacts away, and is not told of what becomes of them meanwhile.
    contacts_ = {};
    const bool suspends = said.event == TouchHostEvent::suspend;
    state_ = suspends ? State::suspended : State::ready;
    events.push_back(TouchChanged{suspends ? "suspended" : "resumed"});
    return {};
}

Result<std::uint32_t> Touch::act(Contact& contact, TouchAction action) {
    using namespace channels;
    constexpr auto touching = touch_flag_in_range | touch_flag_in_contact;
    const auto before = contact;
    const bool is_engaged = before == Contact::engaged;
    switch (action) {
        case TouchAction::down:
            if (is_engaged) break;
            contact = Contact::engaged;
            return touch_flag_down | touching;
        case TouchAction::move:
            if (!is_engaged) break;
            return touch_flag_update | touching;
        case TouchAction::hover:
            contact = Contact::hovering;
            return (is_engaged ? touch_flag_up : touch_flag_update) | touch_flag_in_range;
        case TouchAction::up:
        case TouchAction::cancel:
            if (before == Contact::out_of_range) break;
            contact = Contact::out_of_range;
            return (is_engaged ? touch_flag_up : touch_flag_update) |
                   (action == TouchAction::cancel ? touch_flag_canceled : 0);
    }
    return fail(Errc::bad_value, "what a touch contact does");
}

Result<void> Touch::frame(std::span<const TouchPoint> points, std::uint64_t now_ms, Messages& out) {
    if (state_ != State::ready) return fail(Errc::refused, "touch");
    if (points.empty()) return {};
    if (points.size() > touch_contacts_max)
        return fail(Errc::limit_exceeded, "touch contacts", points.size());
    auto contacts = contacts_;
    std::bitset<touch_contacts_max> seen;
    channels::TouchFrame frame;
    for (const auto& point : points) {
        if (point.contact >= touch_contacts_max || seen.test(point.contact))
            return fail(Errc::bad_value, "touch contact", point.contact);
        if (!is_place(point.x) || !is_place(point.y))
            return fail(Errc::bad_value, "place of a touch");
        seen.set(point.contact);
        LUCID_TRY(const auto flags, act(contacts[point.contact], point.action));
        frame.contacts.push_back(
            {static_cast<std::uint8_t>(point.contact), point.x, point.y, flags});
    }
    if (last_frame_ms_) frame.offset_us = microseconds_of(now_ms - *last_frame_ms_);
    contacts_ = contacts;
    last_frame_ms_ = now_ms;
    out.push_back(channels::encode_touch_event(std::span(&frame, 1)));
    return {};
}

Result<void> Touch::dismiss(std::size_t contact, Messages& out) {
    if (state_ != State::ready) return fail(Errc::refused, "touch");
    if (contact >= touch_contacts_max || contacts_[contact] != Contact::hovering)
        return fail(Errc::bad_value, "touch contact", contact);
    contacts_[contact] = Contact::out_of_range;
    out.push_back(channels::encode_touch_dismiss(static_cast<std::uint8_t>(contact)));
    return {};
}

}  // namespace lucid::rdp::client
