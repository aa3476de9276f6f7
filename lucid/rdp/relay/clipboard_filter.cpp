// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/clipboard_filter.hpp>

#include <utility>

namespace lucid::rdp::relay {
namespace {

using namespace proto::channels;

Side other_of(Side side) {
    return side == Side::client ? Side::host : Side::client;
}

constexpr std::string_view file_list_format = "FileGroupDescriptorW";
/// Formats by which files are offered (MS-RDPECLIP 1.3.1.1.2).
bool is_file_format(std::string_view name) {
    return name == file_list_format || name == "FileGroupDescriptor" || name == "FileContents" ||
           name == "FileName" || name == "FileNameW";
}
/// CF_HDROP: names of files at the sender.
constexpr std::uint32_t cf_hdrop = 15;

ClipboardDecision pass() {
    return {true, {}, {}, false};
}
ClipboardDecision drop() {
    return {};
}
ClipboardDecision answer(Bytes message) {
    return {false, {}, std::move(message), false};
}
ClipboardDecision replace(Bytes message) {
    return {true, std::move(message), {}, false};
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
        case ClipType::lock_clip_data:
        case ClipType::unlock_clip_data:
            return policy_.clipboard_files ? pass() : drop();
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
    if (policy_.clipboard_files) return pass();
    auto flags = general->flags;
    flags &= ~(cb_stream_fileclip_enabled | cb_fileclip_no_file_paths | cb_can_lock_clipdata |
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
    bool changed = false;
    for (const auto& format : *formats) {
        auto name = event_name(format.name);
        if (!policy_.clipboard_files && (format.id == cf_hdrop || is_file_format(name))) {
            changed = true;
            continue;
        }
        append(kept, format.whole);
        sender.formats.insert_or_assign(format.id, std::move(name));
    }
    if (!changed) return pass();
    refused(from, "file formats", message.data.size());
    return replace(encode_clip_message(message.type, message.flags, kept));
}

Result<ClipboardDecision> ClipboardFilter::on_data_request(Side from, const ClipMessage& message) {
    LUCID_TRY(const auto format, decode_format_data_request(message));
    const Side owner = other_of(from);
    if (!allowed(owner) || !party(owner).formats.contains(format)) {
        refused(owner, "request of format " + std::to_string(format), 0);
        return answer(data_failure());
    }
    party(owner).format = format;
    return pass();
}

ClipboardDecision ClipboardFilter::on_data(Side from, const ClipMessage& message) {
    auto& sender = party(from);
    const auto asked = std::exchange(sender.format, std::nullopt);
    if (message.flags == cb_response_fail && message.data.empty()) return asked ? pass() : drop();
    const bool fits = message.data.size() <= policy_.clipboard_bytes_max;
    const bool passes = asked && allowed(from) && fits;
    data_event(from, asked.value_or(0), message.data.size(), crypto::sha256(message.data), passes);
    if (!passes) {
        refused(from, asked ? "data too large" : "data nobody asked for", message.data.size());
        return asked ? replace(data_failure()) : drop();
    }
    if (const auto name = sender.formats.find(*asked);
        name != sender.formats.end() && name->second == file_list_format) {
        sender.files.clear();
        if (const auto names = decode_file_list(message.data))
            for (const auto file : *names) sender.files.push_back(event_name(file));
    }
    return {true, {}, {}, true};
}

Result<ClipboardDecision> ClipboardFilter::on_file_request(Side from, const ClipMessage& message) {
    LUCID_TRY(const auto request, decode_file_contents_request(message));
    const Side owner = other_of(from);
    auto& streams = party(owner).streams;
    const bool fits = request.bytes <= policy_.clipboard_bytes_max;
    if (!policy_.clipboard_files || !allowed(owner) || !fits || streams.size() == streams_max) {
        refused(owner, "file request", request.bytes);
        return answer(files_failure(request.stream));
    }
    streams.insert_or_assign(request.stream, request.index);
    return pass();
}

ClipboardDecision ClipboardFilter::on_files(Side from, const ClipMessage& message) {
    auto& sender = party(from);
    Reader r(message.data);
    const auto stream = r.u32_le("streamId");
    const auto asked = stream ? sender.streams.find(*stream) : sender.streams.end();
    if (asked == sender.streams.end()) {
        refused(from, "file contents nobody asked for", message.data.size());
        return drop();
    }
    const auto index = asked->second;
    sender.streams.erase(asked);
    const auto body = r.rest();
    const bool passes = allowed(from) && body.size() <= policy_.clipboard_bytes_max;
    file_event(from, index < sender.files.size() ? sender.files[index] : std::string(), body.size(),
               crypto::sha256(body), passes);
    if (passes) return {true, {}, {}, true};
    refused(from, "file contents", body.size());
    return replace(files_failure(*stream));
}

Result<ClipboardDecision> ClipboardFilter::decide_oversized(Side from,
                                                            const OversizedMessage& message) {
    Reader r(message.header);
    LUCID_TRY(const auto type, r.u16_le("msgType"));
    const std::uint64_t size = message.total_bytes - message.header.size();
    refused(from, "message too large", message.total_bytes);
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
            return drop();
        default:
            return drop();
    }
}

}  // namespace lucid::rdp::relay
