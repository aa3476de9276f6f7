// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/recorder/event_frames.hpp>

#include <nlohmann/json.hpp>

namespace lucid::sessions::recorder {
namespace {

constexpr std::size_t reason_bytes_max = 512;

}  // namespace

Result<std::optional<EventFrame>> peek_frame(ByteView stream) {
    if (stream.size() < 4) return std::nullopt;
    Reader r(stream);
    LUCID_TRY(const auto length, r.u32_le("frame length"));
    if (length < 10 || length > frame_body_bytes_max)
        return fail(Errc::bad_length, "frame length", length);
    if (r.remaining() < length) return std::nullopt;
    EventFrame frame;
    LUCID_TRY(const auto event_class, r.u8("frame class"));
    if (event_class >= format::event_classes)
        return fail(Errc::bad_value, "frame class", event_class);
    frame.event_class = static_cast<format::EventClass>(event_class);
    LUCID_TRY(frame.kind, r.u8("frame kind"));
    LUCID_TRY(frame.time_us, r.u64_le("frame time"));
    LUCID_TRY(frame.payload, r.take(length - 10U, "frame payload"));
    frame.length = r.offset();
    return frame;
}

Result<Ending> decode_ending(ByteView payload) {
    const auto json = nlohmann::json::parse(payload.begin(), payload.end(), nullptr, false);
    if (!json.is_object()) return fail(Errc::bad_value, "end event");
    const auto state = json.find("state");
    const auto reason = json.find("reason");
    if (state == json.end() || reason == json.end() || !reason->is_string() ||
        (*state != "complete" && *state != "partial"))
        return fail(Errc::bad_value, "end event");
    Ending ending{*state == "complete", reason->get<std::string>()};
    if (ending.reason.size() > reason_bytes_max) ending.reason.resize(reason_bytes_max);
    return ending;
}

}  // namespace lucid::sessions::recorder
