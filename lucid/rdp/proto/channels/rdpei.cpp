// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/channels/rdpei.hpp>

#include <cstdlib>

namespace lucid::rdp::proto::channels {
namespace {

/// eventId of what a client says.
constexpr std::uint16_t event_client_ready = 2;
constexpr std::uint16_t event_touch = 3;
constexpr std::uint16_t event_dismiss_hovering = 6;

constexpr std::size_t header_bytes = 6;
constexpr std::size_t features_bytes = 4;

Bytes with_header(std::uint16_t event, const Writer& body) {
    Writer w;
    w.u16_le(event).u32_le(static_cast<std::uint32_t>(header_bytes + body.offset()));
    w.bytes(body.view());
    return w.take();
}

/// The variable-length integers of 2.2.2: how many bytes follow stands in the first byte's highest
/// `count_bits`, then a sign where there is one, then the number, its highest byte first.
enum class Sign : std::uint8_t { none, plus, minus };
void put_integer(Writer& w, std::uint64_t magnitude, unsigned count_bits, Sign sign) {
    const unsigned head_bits = count_bits + (sign == Sign::none ? 0 : 1);
    unsigned bytes = 1;
    while ((magnitude >> (8 * bytes - head_bits)) != 0) ++bytes;
    LUCID_ASSERT(bytes <= 1U << count_bits);
    const unsigned head =
        (bytes - 1) << (8 - count_bits) | (sign == Sign::minus ? 1U << (7 - count_bits) : 0);
    const auto whole = magnitude | std::uint64_t{head} << (8 * (bytes - 1));
    for (unsigned i = bytes; i-- > 0;) w.u8(static_cast<std::uint8_t>(whole >> (8 * i)));
}

void put_two_bytes(Writer& w, std::uint64_t value) {
    put_integer(w, value, 1, Sign::none);
}
void put_four_bytes(Writer& w, std::uint32_t value) {
    put_integer(w, value, 2, Sign::none);
}
void put_four_bytes_signed(Writer& w, std::int32_t value) {
    put_integer(w, static_cast<std::uint64_t>(std::abs(std::int64_t{value})), 2,
                value < 0 ? Sign::minus : Sign::plus);
}
void put_eight_bytes(Writer& w, std::uint64_t value) {
    put_integer(w, value, 3, Sign::none);
}

}  // namespace

Result<TouchHostMessage> decode_touch_host_message(ByteView message) {
    Reader r(message);
    TouchHostMessage out;
    LUCID_TRY(const auto event, r.u16_le("eventId"));
    LUCID_TRY(const auto length, r.u32_le("pduLength"));
    if (length != message.size()) return fail(Errc::bad_length, "pduLength", length);
    out.event = static_cast<TouchHostEvent>(event);
    switch (out.event) {
        case TouchHostEvent::ready: {
            LUCID_TRY(out.version, r.u32_le("protocolVersion"));
            if (r.remaining() >= features_bytes) {
                LUCID_TRY(out.features, r.u32_le("supportedFeatures"));
            }
            break;
        }
        case TouchHostEvent::suspend:
        case TouchHostEvent::resume:
            break;
        default:
            return fail(Errc::bad_value, "eventId", event);
    }
    LUCID_CHECK(r.finish("touch message"));
    return out;
}

Bytes encode_touch_ready(std::uint32_t version, std::uint16_t contacts_max) {
    Writer body;
    body.u32_le(0).u32_le(version).u16_le(contacts_max);
    return with_header(event_client_ready, body);
}

Bytes encode_touch_event(std::span<const TouchFrame> frames) {
    Writer body;
    put_four_bytes(body, 0);  // encodeTime
    put_two_bytes(body, frames.size());
    for (const auto& frame : frames) {
        put_two_bytes(body, frame.contacts.size());
        put_eight_bytes(body, frame.offset_us);
        for (const auto& contact : frame.contacts) {
            body.u8(contact.id);
            put_two_bytes(body, 0);  // fieldsPresent
            put_four_bytes_signed(body, contact.x);
            put_four_bytes_signed(body, contact.y);
            put_four_bytes(body, contact.flags);
        }
    }
    return with_header(event_touch, body);
}

Bytes encode_touch_dismiss(std::uint8_t id) {
    Writer body;
    body.u8(id);
    return with_header(event_dismiss_hovering, body);
}

}  // namespace lucid::rdp::proto::channels
