// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/relay/clipboard_filter.hpp>
#include <lucid/rdp/relay/file_rules.hpp>
#include <lucid/rdp/relay/html_cleaner.hpp>

#include <algorithm>
#include <set>
#include <utility>

namespace lucid::rdp::relay {
namespace {

using namespace proto::channels;

constexpr std::uint64_t minute_us = 60'000'000;

ClipboardDecision pass() {
    return {true, {}, {}, false, {}};
}
ClipboardDecision drop() {
    return {};
}
ClipboardDecision answer(Bytes message) {
    return {false, {}, std::move(message), false, {}};
}
ClipboardDecision replace(Bytes message) {
    return {true, std::move(message), {}, false, {}};
}

Bytes data_failure() {
    return encode_clip_message(ClipType::format_data_response, cb_response_fail, {});
}
Bytes files_failure(std::uint32_t stream) {
    Writer w;
    w.u32_le(stream);
    return encode_clip_message(ClipType::file_contents_response, cb_response_fail, w.view());
}

}  // namespace

void ClipboardFilter::refused(Side from, std::string_view what, std::size_t size) {
    sink_.note("clipboard refused", std::string(direction_name(from)) + " " + std::string(what) +
                                        " size=" + std::to_string(size));
}

void ClipboardFilter::data_event(Side from, std::uint32_t format, std::uint64_t size,
                                 const Hash32& sha256, bool allowed_now) {
    const auto& formats = party(from).formats;
    const auto name = formats.find(format);
    const auto json =
        transfer_json({allowed_now, "cliprdr", from, format,
                       name == formats.end() ? std::string() : name->second, "data", size, sha256});
    sink_.record(EventClass::channels, EventKind::transfer, as_bytes(json));
}

void ClipboardFilter::file_event(Side from, std::string name, std::uint64_t size,
                                 const Hash32& sha256, bool allowed_now) {
    const auto json =
        transfer_json({allowed_now, "cliprdr", from, 0, std::move(name), "file", size, sha256});
    sink_.record(EventClass::channels, EventKind::transfer, as_bytes(json));
}

Result<ClipboardDecision> ClipboardFilter::decide(Side from, ByteView bytes) {
    LUCID_TRY(const auto message, decode_clip_message(bytes));
    switch (message.type) {
        case ClipType::monitor_ready:
        case ClipType::format_list_response:
            return pass();
        case ClipType::clip_caps:
            return on_caps(from, message);
        case ClipType::temp_directory:
            return policy_.clipboard_files ? pass() : drop();
        case ClipType::lock_clip_data:
        case ClipType::unlock_clip_data:
            // Never negotiated: names of files are those of the last list, and of no locked one.
            return drop();
        case ClipType::format_list:
            return on_format_list(from, message);
        case ClipType::format_data_request:
            return on_data_request(from, message);
        case ClipType::format_data_response:
            return on_data(from, message);
        case ClipType::file_contents_request:
            return on_file_request(from, message);
        case ClipType::file_contents_response:
            return on_files(from, message);
    }
    return fail(Errc::bad_value, "clipboard message");
}

Result<ClipboardDecision> ClipboardFilter::on_caps(Side from, const ClipMessage& message) {
    LUCID_TRY(const auto general, decode_clip_general_flags(message));
    if (!general) return pass();
    party(from).long_names = (general->flags & cb_use_long_format_names) != 0;
    auto flags = general->flags & ~cb_can_lock_clipdata;
    if (!policy_.clipboard_files)
        flags &= ~(cb_stream_fileclip_enabled | cb_fileclip_no_file_paths |
                   cb_huge_file_support_enabled);
    if (flags == general->flags) return pass();
    Writer w;
    w.bytes(message.data);
    w.patch_u32_le(general->offset, flags);
    return replace(encode_clip_message(message.type, message.flags, w.view()));
}

Result<ClipboardDecision> ClipboardFilter::on_format_list(Side from, const ClipMessage& message) {
    auto& sender = party(from);
    sender.formats.clear();
    const auto response = [](std::uint16_t flags) {
        return answer(encode_clip_message(ClipType::format_list_response, flags, {}));
    };
    if (!allowed(from)) {
        refused(from, "announcement", message.data.size());
        return response(cb_response_ok);
    }
    const bool long_names = client_.long_names && host_.long_names;
    const auto formats = decode_format_list(message, long_names);
    if (!formats) {
        refused(from, "unreadable announcement", message.data.size());
        return response(cb_response_fail);
    }
    Bytes kept;
    std::set<std::string> dropped;
    for (const auto& format : *formats) {
        auto name = event_name(format.name);
        const auto kind = clipboard_kind(format.id, name);
        if (!allows(policy_, kind)) {
            dropped.insert(to_text(kind));
            continue;
        }
        append(kept, format.whole);
        sender.formats.insert_or_assign(format.id, std::move(name));
    }
    if (dropped.empty()) return pass();
    std::string kinds;
    for (const auto& kind : dropped) kinds += (kinds.empty() ? "" : ", ") + kind;
    refused(from, "formats of kind " + kinds, message.data.size());
    return replace(encode_clip_message(message.type, message.flags, kept));
}

Result<ClipboardDecision> ClipboardFilter::on_data_request(Side from, const ClipMessage& message) {
    LUCID_TRY(const auto format, decode_format_data_request(message));
    const Side owner = other_side(from);
    if (!allowed(owner) || !party(owner).formats.contains(format)) {
        refused(owner, "request of format " + std::to_string(format), 0);
        return answer(data_failure());
    }
    party(owner).format = format;
    return pass();
}

Result<ClipboardDecision> ClipboardFilter::on_data(Side from, const ClipMessage& message) {
    auto& sender = party(from);
    const auto asked = std::exchange(sender.format, std::nullopt);
    if (message.flags == cb_response_fail && message.data.empty()) return asked ? pass() : drop();
    const char* why = nullptr;
    if (!asked || !allowed(from))
        why = "data nobody asked for";
    else if (message.data.size() > policy_.clipboard_bytes_max)
        why = "data too large";
    else if (!within_rate(from))
        why = "data too often";
    const auto kind = kind_of(from, asked.value_or(0));
    std::optional<Bytes> cleaned;
    if (why == nullptr && kind == ClipboardKind::html)
        cleaned = to_bytes(as_bytes(clean_clipboard_html(as_text(message.data))));
    const ByteView body = cleaned ? ByteView(*cleaned) : message.data;
    data_event(from, asked.value_or(0), body.size(), crypto::sha256(body), why == nullptr);
    if (why != nullptr) {
        refused(from, why, message.data.size());
        return asked ? replace(data_failure()) : drop();
    }
    ClipboardDecision decision{true, {}, {}, true, {}};
    if (kind == ClipboardKind::files) take_file_list(from, message.data, decision.also);
    if (cleaned) decision.rewritten = encode_clip_message(message.type, message.flags, *cleaned);
    return decision;
}

ClipboardKind ClipboardFilter::kind_of(Side side, std::uint32_t format) {
    const auto& formats = party(side).formats;
    const auto name = formats.find(format);
    return clipboard_kind(format, name == formats.end() ? std::string() : name->second);
}

bool ClipboardFilter::within_rate(Side from) {
    if (policy_.clipboard_per_minute == 0) return true;
    auto& times = party(from).handed_over_us;
    while (!times.empty() && times.front() + minute_us <= now_us_) times.pop_front();
    if (times.size() >= policy_.clipboard_per_minute) return false;
    times.push_back(now_us_);
    return true;
}

void ClipboardFilter::take_file_list(Side from, ByteView data, Outbox& out) {
    auto& sender = party(from);
    hold_.forget(from, out);
    tell_open_files(from);
    sender.files.clear();
    const auto files = decode_file_list(data);
    if (!files) return;
    for (const auto& file : *files) {
        File known;
        known.name = event_name(file.name);
        known.size = file.size;
        sender.files.push_back(std::move(known));
    }
}

const char* ClipboardFilter::refusal_of(Side owner, const FileContentsRequest& request) {
    const auto& files = party(owner).files;
    if (!policy_.clipboard_files || !allowed(owner)) return "file request";
    if (request.flags != file_contents_size && request.flags != file_contents_range)
        return "file request of an unknown kind";
    if (request.bytes > policy_.clipboard_bytes_max) return "file request too large";
    if (party(owner).streams.size() == streams_max) return "too many file requests";
    if (hold_.expects(owner, request.stream)) return "file request under a number in use";
    // Of a file that was never offered nobody knows the name.
    if (request.index >= files.size()) return "request of a file never offered";
    const auto& file = files[request.index];
    if (!allows_file_name(policy_, file.name)) return "file name";
    const auto end = file.size.value_or(request.position + request.bytes);
    if (end > policy_.file_bytes_max || request.position > policy_.file_bytes_max)
        return "file too large";
    return nullptr;
}

Result<ClipboardDecision> ClipboardFilter::on_file_request(Side from, const ClipMessage& message) {
    LUCID_TRY(const auto request, decode_file_contents_request(message));
    const Side owner = other_side(from);
    if (const auto* why = refusal_of(owner, request)) {
        const auto& files = party(owner).files;
        const auto name =
            request.index < files.size() ? " " + files[request.index].name : std::string();
        refused(owner, why + name, request.bytes);
        return answer(files_failure(request.stream));
    }
    if (desk_.wanted() && request.flags == file_contents_range) {
        const auto& file = party(owner).files[request.index];
        auto decision = drop();
        if (hold_.request(owner, request, {file.name, file.size}, decision.also)) return decision;
    }
    party(owner).streams.insert_or_assign(request.stream, request);
    return pass();
}

ClipboardDecision ClipboardFilter::on_files(Side from, const ClipMessage& message) {
    auto& sender = party(from);
    Reader r(message.data);
    const auto stream = r.u32_le("streamId");
    if (stream && hold_.expects(from, *stream)) {
        auto decision = drop();
        const bool failure = (message.flags & cb_response_fail) != 0;
        hold_.response(from, *stream, failure, r.rest(), decision.also);
        return decision;
    }
    const auto asked = stream ? sender.streams.find(*stream) : sender.streams.end();
    if (asked == sender.streams.end()) {
        refused(from, "file contents nobody asked for", message.data.size());
        return drop();
    }
    const auto request = asked->second;
    sender.streams.erase(asked);
    const auto body = r.rest();
    const bool failed = message.flags == cb_response_fail && body.empty();
    if (failed) return pass();
    // More than was asked for is somebody's error or trick; a size has eight bytes.
    const std::size_t most = request.flags == file_contents_size ? 8 : request.bytes;
    if (allowed(from) && body.size() <= most) {
        follow_file(from, request, body);
        return {true, {}, {}, true, {}};
    }
    file_event(from, request.index < sender.files.size() ? sender.files[request.index].name : "",
               body.size(), crypto::sha256(body), false);
    refused(from, "file contents", body.size());
    return replace(files_failure(*stream));
}

void ClipboardFilter::follow_file(Side from, const FileContentsRequest& request, ByteView body) {
    auto& files = party(from).files;
    if (request.flags == file_contents_size || request.index >= files.size()) return;
    auto& file = files[request.index];
    if (request.position != file.bytes) {
        // Out of order or again: told piece by piece.
        file_event(from, file.name, body.size(), crypto::sha256(body), true);
        return;
    }
    file.hash.update(body);
    file.bytes += body.size();
    const bool whole = file.size ? file.bytes >= *file.size : body.size() < request.bytes;
    if (!whole) return;
    file_event(from, file.name, file.bytes, file.hash.finish(), true);
    file.bytes = 0;
}

void ClipboardFilter::tell_open_files(Side from) {
    for (auto& file : party(from).files) {
        if (file.bytes == 0) continue;
        file_event(from, file.name, file.bytes, file.hash.finish(), true);
        file.bytes = 0;
    }
}

void ClipboardFilter::end() {
    hold_.end();
    tell_open_files(Side::client);
    tell_open_files(Side::host);
}

Result<ClipboardDecision> ClipboardFilter::decide_oversized(Side from,
                                                            const OversizedMessage& message) {
    Reader r(message.header);
    LUCID_TRY(const auto type, r.u16_le("msgType"));
    const std::uint64_t size = message.total_bytes - message.header.size();
    refused(from, "message too large", message.total_bytes);
    auto dropped = drop();
    switch (static_cast<ClipType>(type)) {
        case ClipType::format_list:
            party(from).formats.clear();
            return answer(
                encode_clip_message(ClipType::format_list_response, cb_response_fail, {}));
        case ClipType::format_data_response: {
            const auto asked = std::exchange(party(from).format, std::nullopt);
            data_event(from, asked.value_or(0), size, message.body_sha256, false);
            return asked ? replace(data_failure()) : drop();
        }
        case ClipType::file_contents_response:
            // More than was asked for: no request lets so much through.
            file_event(from, {}, size, message.body_sha256, false);
            hold_.owner_failed(from, dropped.also);
            return dropped;
        default:
            return dropped;
    }
}

}  // namespace lucid::rdp::relay
