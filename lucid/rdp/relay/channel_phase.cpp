// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/relay.hpp>

#include <utility>

// Static channels of both directions, by role.

namespace lucid::rdp::relay {
namespace {

using proto::McsPduType;

/// A chunk that is a whole message.
bool is_whole(ByteView chunk) {
    constexpr unsigned both =
        proto::channels::channel_flag_first | proto::channels::channel_flag_last;
    return chunk.size() >= 8 && (chunk[4] & both) == both;
}

/// How a dynamic channel's data is recorded: most of it draws.
std::pair<EventClass, EventKind> dynamic_event(Side from, bool audio) {
    if (from == Side::client)
        return audio ? std::pair{EventClass::audio, EventKind::client_audio}
                     : std::pair{EventClass::channels, EventKind::client_channel};
    return audio ? std::pair{EventClass::audio, EventKind::server_audio}
                 : std::pair{EventClass::screen, EventKind::server_pdu};
}

}  // namespace

void Relay::send_channel(Side to, std::uint16_t channel, ByteView message, EventClass event_class,
                         EventKind kind) {
    const bool to_host = to == Side::host;
    const auto type = to_host ? McsPduType::send_data_request : McsPduType::send_data_indication;
    for (const auto& chunk : proto::channels::encode_chunks(message, to_host)) {
        const auto packet =
            proto::encode_send_data(type, to_host ? client_user_ : host_user_, channel, chunk);
        if (to_host)
            sink_.to_host(packet);
        else
            sink_.to_client(packet);
        if (kind != EventKind::transfer) sink_.record(event_class, kind, packet);
    }
}

void Relay::send_outbox(std::uint16_t channel, const Outbox& outbox) {
    for (const auto& item : outbox) {
        const auto kind = item.has_body             ? EventKind::transfer
                          : item.to == Side::client ? EventKind::server_channel
                                                    : EventKind::client_channel;
        send_channel(item.to, channel, item.message, EventClass::channels, kind);
    }
}

void Relay::on_verdict(std::uint32_t id, const scan::proto::ScanResult& result) {
    Outbox outbox;
    if (clipboard_.verdict(id, result, outbox)) return send_outbox(clipboard_channel_, outbox);
    // Of a file that is gone nobody waits for the verdict.
    if (device_.verdict(id, result, outbox)) send_devices(outbox);
}

void Relay::send_devices(const Outbox& outbox) {
    for (const auto& item : outbox)
        send_channel(item.to, device_channel_, item.message, EventClass::channels,
                     EventKind::transfer);
}

void Relay::end() {
    clipboard_.end();
    device_.end();
    dynamic_.end();
}

void Relay::client_gone() {
    if (const auto message = dynamic_.suspend())
        send_channel(Side::host, dynamic_channel_, *message, EventClass::channels,
                     EventKind::client_channel);
}

void Relay::drop_refused(std::uint16_t channel) {
    if (told_refused_.insert(channel).second)
        sink_.note("data on refused channel dropped", std::to_string(channel));
}

void Relay::tell_used(std::uint16_t channel) {
    if (told_used_.insert(channel).second) sink_.note("channel used", "rdpsnd");
}

Result<void> Relay::clipboard_chunk(Side from, ByteView chunk) {
    const bool client = from == Side::client;
    auto& parts = clipboard_parts_[client ? 0 : 1];
    LUCID_TRY(const auto message, parts.add(chunk));
    ClipboardDecision decision;
    if (message) {
        LUCID_TRY(decision, clipboard_.decide(from, *message));
    } else if (const auto oversized = parts.take_oversized()) {
        LUCID_TRY(decision, clipboard_.decide_oversized(from, *oversized));
    }
    // A body is represented by its transfer event alone (evidence.md, Never recorded).
    const auto kind = decision.has_body ? EventKind::transfer
                      : client          ? EventKind::client_channel
                                        : EventKind::server_channel;
    if (decision.pass)
        send_channel(client ? Side::host : Side::client, clipboard_channel_,
                     decision.rewritten ? ByteView(*decision.rewritten) : *message,
                     EventClass::channels, kind);
    if (decision.answer)
        send_channel(from, clipboard_channel_, *decision.answer, EventClass::channels,
                     client ? EventKind::server_channel : EventKind::client_channel);
    send_outbox(clipboard_channel_, decision.also);
    return {};
}

Result<bool> Relay::device_chunk(Side from, ByteView chunk) {
    const bool client = from == Side::client;
    const bool whole = is_whole(chunk);
    LUCID_TRY(const auto message, device_parts_[client ? 0 : 1].add(chunk));
    if (!message) return false;
    LUCID_TRY(const auto decision,
              client ? device_.from_client(*message) : device_.from_host(*message));
    // Bodies of device messages are never recorded; the filter tells what they were.
    if (decision.answer)
        send_channel(from, device_channel_, *decision.answer, EventClass::channels,
                     EventKind::transfer);
    send_devices(decision.also);
    if (!decision.pass) return false;
    if (whole && !decision.rewritten) return true;
    send_channel(client ? Side::host : Side::client, device_channel_,
                 decision.rewritten ? ByteView(*decision.rewritten) : *message,
                 EventClass::channels, EventKind::transfer);
    return false;
}

Result<bool> Relay::dynamic_chunk(Side from, ByteView chunk, ByteView packet) {
    const bool client = from == Side::client;
    const bool whole = is_whole(chunk);
    LUCID_TRY(const auto message, dynamic_parts_[client ? 0 : 1].add(chunk));
    if (!message) return false;
    LUCID_TRY(const auto decision,
              client ? dynamic_.from_client(*message) : dynamic_.from_host(*message));
    if (decision.answer)
        send_channel(Side::host, dynamic_channel_, *decision.answer, EventClass::channels,
                     EventKind::client_channel);
    send_outbox(dynamic_channel_, decision.also);
    if (!decision.pass) return false;
    auto [event_class, kind] = dynamic_event(from, decision.audio);
    if (decision.unrecorded) kind = EventKind::transfer;
    if (whole && !decision.rewritten) {
        if (!decision.unrecorded) sink_.record(event_class, kind, packet);
        return true;
    }
    const ByteView out = decision.rewritten ? ByteView(*decision.rewritten) : *message;
    send_channel(client ? Side::host : Side::client, dynamic_channel_, out, event_class, kind);
    return false;
}

Result<void> Relay::rail_chunk(Side from, ByteView chunk) {
    LUCID_TRY(const auto message, rail_parts_[from == Side::client ? 0 : 1].add(chunk));
    return message ? windows_.on_rail(from, *message) : Result<void>();
}

Result<void> Relay::client_channel(Role role, const proto::McsPdu& pdu, ByteView packet) {
    bool pass = true;
    switch (role) {
        case Role::refused:
            drop_refused(pdu.channel);
            return {};
        case Role::clipboard:
            return clipboard_chunk(Side::client, pdu.data);
        case Role::dynamic: {
            LUCID_TRY(pass, dynamic_chunk(Side::client, pdu.data, packet));
            break;
        }
        case Role::audio:
            tell_used(pdu.channel);
            sink_.record(EventClass::audio, EventKind::client_audio, packet);
            break;
        case Role::device: {
            LUCID_TRY(pass, device_chunk(Side::client, pdu.data));
            break;
        }
        case Role::rail:
            LUCID_CHECK(rail_chunk(Side::client, pdu.data));
            sink_.record(EventClass::channels, EventKind::client_channel, packet);
            break;
        case Role::message:
            if (message_stale_) return {};
            sink_.record(EventClass::channels, EventKind::client_channel, packet);
            break;
        case Role::opaque:
            return fail(Errc::refused, "client channel nobody opened", pdu.channel);
    }
    if (pass) sink_.to_host(packet);
    return {};
}

Result<bool> Relay::host_channel(Role role, const proto::McsPdu& pdu, ByteView packet) {
    switch (role) {
        case Role::refused:
            drop_refused(pdu.channel);
            return false;
        case Role::clipboard:
            LUCID_CHECK(clipboard_chunk(Side::host, pdu.data));
            return false;
        case Role::dynamic:
            return dynamic_chunk(Side::host, pdu.data, packet);
        case Role::audio:
            tell_used(pdu.channel);
            sink_.record(EventClass::audio, EventKind::server_audio, packet);
            return true;
        case Role::device:
            return device_chunk(Side::host, pdu.data);
        case Role::rail:
            LUCID_CHECK(rail_chunk(Side::host, pdu.data));
            sink_.record(EventClass::channels, EventKind::server_channel, packet);
            return true;
        case Role::message: {
            message_stale_ = false;
            LUCID_TRY(const bool pass, host_secured(pdu));
            if (pass) sink_.record(EventClass::channels, EventKind::server_channel, packet);
            return pass;
        }
        case Role::opaque:
            break;
    }
    return fail(Errc::refused, "host channel nobody opened", pdu.channel);
}

}  // namespace lucid::rdp::relay
