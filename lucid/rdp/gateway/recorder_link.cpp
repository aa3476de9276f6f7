// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace lucid::rdp::gateway {

namespace log = core::runtime::log;
using Json = nlohmann::json;

namespace {

Bytes dump(const Json& value) {
    const auto text = value.dump(-1, ' ', false, Json::error_handler_t::replace);
    return to_bytes(as_bytes(text));
}

Result<Json> parse(ByteView frame) {
    auto value = Json::parse(frame.begin(), frame.end(), nullptr, false);
    if (value.is_discarded() || !value.is_object()) return fail(Errc::bad_value, "recorder frame");
    return value;
}

Result<std::string> text(const Json& object, const char* field) {
    const auto found = object.find(field);
    if (found == object.end() || !found->is_string()) return fail(Errc::bad_value, field);
    return found->get<std::string>();
}

std::string text_or_empty(const Json& object, const char* field) {
    return text(object, field).value_or("");
}

Result<SessionId> session_id(const Json& object, const char* field) {
    LUCID_TRY(const auto hex, text(object, field));
    return SessionId::from_hex(hex);
}

}  // namespace

Bytes encode_open(const RecordingRequest& request) {
    return dump(Json{{"op", "open"},
                     {"session",
                      {{"id", request.id.hex()},
                       {"host", request.host},
                       {"user", request.user},
                       {"ticket", request.ticket},
                       {"client_address", request.client_address},
                       {"policy", request.policy},
                       {"start_boottime_us", request.start_boottime_us}}}});
}

Result<RecordingRequest> decode_open(ByteView frame) {
    LUCID_TRY(const auto object, parse(frame));
    const auto session = object.find("session");
    if (text_or_empty(object, "op") != "open" || session == object.end() || !session->is_object())
        return fail(Errc::bad_value, "open");
    RecordingRequest request;
    LUCID_TRY(request.id, session_id(*session, "id"));
    LUCID_TRY(request.host, text(*session, "host"));
    LUCID_TRY(request.user, text(*session, "user"));
    LUCID_TRY(request.ticket, text(*session, "ticket"));
    LUCID_TRY(request.client_address, text(*session, "client_address"));
    LUCID_TRY(request.policy, text(*session, "policy"));
    const auto start = session->find("start_boottime_us");
    if (start == session->end() || !start->is_number_unsigned())
        return fail(Errc::bad_value, "start_boottime_us");
    request.start_boottime_us = start->get<std::uint64_t>();
    return request;
}

Result<std::variant<OpenAnswer, RecordingClosed>> decode_from_recorder(ByteView frame) {
    using Message = std::variant<OpenAnswer, RecordingClosed>;
    LUCID_TRY(const auto object, parse(frame));
    if (text_or_empty(object, "op") == "closed") {
        RecordingClosed closed;
        LUCID_TRY(closed.id, session_id(object, "session_id"));
        LUCID_TRY(closed.state, text(object, "state"));
        closed.reason = text_or_empty(object, "reason");
        closed.root = text_or_empty(object, "root");
        closed.manifest_hash = text_or_empty(object, "manifest_hash");
        if (const auto segments = object.find("segments");
            segments != object.end() && segments->is_number_unsigned())
            closed.segments = segments->get<std::uint64_t>();
        return Message(std::move(closed));
    }
    OpenAnswer answer;
    const auto ok = object.find("ok");
    if (ok == object.end() || !ok->is_boolean()) return fail(Errc::bad_value, "recorder answer");
    answer.ok = ok->get<bool>();
    answer.reason = text_or_empty(object, "reason");
    LUCID_TRY(answer.id, session_id(object, "session_id"));
    return Message(std::move(answer));
}

Bytes encode(const OpenAnswer& answer) {
    Json out = {{"ok", answer.ok}, {"session_id", answer.id.hex()}};
    if (!answer.ok) out["reason"] = answer.reason;
    return dump(out);
}

Bytes encode(const RecordingClosed& closed) {
    return dump(Json{{"op", "closed"},
                     {"session_id", closed.id.hex()},
                     {"state", closed.state},
                     {"reason", closed.reason},
                     {"segments", closed.segments},
                     {"root", closed.root},
                     {"manifest_hash", closed.manifest_hash}});
}

RecorderLink::RecorderLink(std::string data_dir,
                           std::function<void(const RecordingClosed&)> on_closed)
    : on_closed_(std::move(on_closed)),
      process_(
          "recorder", {std::move(data_dir)},
          {[this](core::net::Frame frame) { on_frame(std::move(frame)); }, [this] { on_lost(); }}) {
}

Result<core::net::Fd> RecorderLink::open(const RecordingRequest& request) {
    auto pending = std::make_shared<Pending>();
    pending->id = request.id;
    const auto indexer = start_indexer_ ? start_indexer_(request.id) : core::net::Fd();
    std::unique_lock lock(mutex_);
    // Queued before it is sent and under one lock, so that the order of answers is the queue's.
    pending_.push_back(pending);
    const auto sent = process_.send(encode_open(request), indexer.get());
    if (!sent) {
        std::erase(pending_, pending);
        return fail(sent.error());
    }
    answered_.wait_for(lock, open_limit, [&] { return pending->answer.has_value(); });
    if (!pending->answer) {
        // The late answer finds nobody and its descriptor closes: the recorder ends the session.
        std::erase(pending_, pending);
        return fail(Errc::timed_out, "recorder");
    }
    return std::move(*pending->answer);
}

void RecorderLink::on_frame(core::net::Frame frame) {
    auto message = decode_from_recorder(frame.payload);
    if (!message) {
        log::error("the recorder said something unknown", {{"error", message.error().message()}});
        return;
    }
    if (const auto* closed = std::get_if<RecordingClosed>(&*message)) {
        if (on_closed_) on_closed_(*closed);
        return;
    }
    const auto& answer = std::get<OpenAnswer>(*message);
    const std::lock_guard lock(mutex_);
    const auto found = std::find_if(pending_.begin(), pending_.end(),
                                    [&](const auto& p) { return p->id == answer.id; });
    if (found == pending_.end()) return;
    if (!answer.ok)
        log::error("the recorder refuses a session",
                   {{"session", answer.id.hex()}, {"reason", answer.reason}});
    if (answer.ok && frame.fd.valid())
        (*found)->answer = std::move(frame.fd);
    else
        (*found)->answer = fail(Errc::refused, "recorder");
    pending_.erase(found);
    answered_.notify_all();
}

void RecorderLink::on_lost() {
    const std::lock_guard lock(mutex_);
    for (const auto& pending : pending_) pending->answer = fail(Errc::peer_closed, "recorder");
    pending_.clear();
    answered_.notify_all();
}

void RecorderLink::drain(std::chrono::milliseconds patience) {
    process_.stop(dump(Json{{"op", "drain"}}), patience);
}

}  // namespace lucid::rdp::gateway
