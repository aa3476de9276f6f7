// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/clipboard.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <algorithm>

namespace lucid::rdp::client {

namespace channels = proto::channels;
using channels::ClipMessage;
using channels::ClipType;

namespace {

/// Formats by number ([MSDN-CLIPFORM]) or by name; ids of registered ones are their owner's choice.
struct Format {
    std::string_view name;
    std::uint32_t id;
    std::string_view registered;
};
constexpr Format formats[] = {
    {clipboard_text, 13, ""},
    {clipboard_image, 8, ""},
    {clipboard_html, 0xc0de, "HTML Format"},
    {clipboard_png, 0xc0df, "PNG"},
    {clipboard_files, 0xc0e0, "FileGroupDescriptorW"},
};

constexpr std::uint32_t our_flags =
    channels::cb_use_long_format_names | channels::cb_stream_fileclip_enabled |
    channels::cb_fileclip_no_file_paths | channels::cb_huge_file_support_enabled;

std::string name_of(std::uint32_t id, ByteView utf16_name) {
    const auto name = proto::utf8_of(utf16_name);
    for (const auto& format : formats)
        if (format.registered.empty() ? format.id == id : format.registered == name)
            return std::string(format.name);
    return name.empty() ? "format " + std::to_string(id) : name;
}

const Format* format_named(std::string_view name) {
    for (const auto& format : formats)
        if (format.name == name) return &format;
    return nullptr;
}

}  // namespace

Result<void> Clipboard::message(ByteView message, Messages& out, std::vector<Event>& events) {
    LUCID_TRY(const auto clip, channels::decode_clip_message(message));
    switch (clip.type) {
        case ClipType::clip_caps: {
            LUCID_TRY(const auto general, channels::decode_clip_general_flags(clip));
            host_flags_ = general ? general->flags : 0;
            return {};
        }
        case ClipType::monitor_ready:
            return on_ready(out);
        case ClipType::format_list:
            return on_list(clip, out, events);
        case ClipType::format_data_request:
            return on_request(clip, out, events);
        case ClipType::format_data_response:
            if (!asked_) return fail(Errc::bad_value, "format data response nobody asked for");
            events.push_back(ClipboardArrived{clip.flags == channels::cb_response_ok,
                                              *std::exchange(asked_, std::nullopt),
                                              to_bytes(clip.data)});
            return {};
        case ClipType::file_contents_request:
            return on_file_request(clip, out, events);
        case ClipType::file_contents_response:
            return on_file_response(clip, events);
        default:
            return {};
    }
}

Result<void> Clipboard::on_ready(Messages& out) {
    ready_ = true;
    out.push_back(channels::encode_clip_caps(our_flags));
    out.push_back(list());
    return {};
}

Result<void> Clipboard::on_list(const ClipMessage& message, Messages& out,
                                std::vector<Event>& events) {
    LUCID_TRY(const auto offers,
              channels::decode_format_list(
                  message, (host_flags_ & channels::cb_use_long_format_names) != 0));
    theirs_.clear();
    ClipboardOffered offered;
    for (const auto& format : offers) {
        theirs_.push_back({format.id, name_of(format.id, format.name)});
        offered.formats.push_back(theirs_.back().name);
    }
    out.push_back(channels::encode_clip_message(ClipType::format_list_response,
                                                channels::cb_response_ok, {}));
    events.push_back(std::move(offered));
    return {};
}

Result<void> Clipboard::on_request(const ClipMessage& message, Messages& out,
                                   std::vector<Event>& events) {
    LUCID_TRY(const auto id, channels::decode_format_data_request(message));
    const auto found = std::find_if(ours_.begin(), ours_.end(), [id](const auto& content) {
        return format_named(content.format)->id == id;
    });
    if (found == ours_.end() || !may_offer(*found)) {
        out.push_back(channels::encode_clip_message(ClipType::format_data_response,
                                                    channels::cb_response_fail, {}));
        return {};
    }
    out.push_back(channels::encode_clip_message(ClipType::format_data_response,
                                                channels::cb_response_ok, found->data));
    events.push_back(ClipboardTaken{found->format});
    return {};
}

Result<void> Clipboard::on_file_request(const ClipMessage& message, Messages& out,
                                        std::vector<Event>& events) {
    LUCID_TRY(const auto request, channels::decode_file_contents_request(message));
    const bool is_size = request.flags == channels::file_contents_size;
    const bool is_range = request.flags == channels::file_contents_range;
    const bool is_there = request.index < our_sizes_.size() && our_sizes_[request.index];
    if (is_there && is_size) {
        const auto size = Writer().u64_le(*our_sizes_[request.index]).take();
        out.push_back(channels::encode_file_contents_response(request.stream, size));
    } else if (is_there && is_range && wanted_streams_.size() < clipboard_file_requests_max) {
        wanted_streams_.push_back(request.stream);
        events.push_back(
            ClipboardFileWanted{request.stream, request.index, request.position,
                                std::min(request.bytes, clipboard_file_part_bytes_max)});
    } else {
        out.push_back(channels::encode_file_contents_response(request.stream, std::nullopt));
    }
    return {};
}

Result<void> Clipboard::give_file(std::uint32_t stream, std::optional<ByteView> part,
                                  Messages& out) {
    const auto found = std::find(wanted_streams_.begin(), wanted_streams_.end(), stream);
    if (found == wanted_streams_.end()) return fail(Errc::not_found, "clipboard stream", stream);
    wanted_streams_.erase(found);
    out.push_back(channels::encode_file_contents_response(stream, part));
    return {};
}

Result<void> Clipboard::request_file(std::uint32_t index, std::uint64_t position,
                                     std::uint32_t bytes, Messages& out) {
    if (asked_file_) return fail(Errc::already_exists, "clipboard file request");
    asked_file_ = Asked{next_stream_++, std::min(bytes, clipboard_file_part_bytes_max)};
    out.push_back(channels::encode_file_contents_request(
        {asked_file_->stream, index, channels::file_contents_range, position, asked_file_->bytes}));
    return {};
}

Result<void> Clipboard::on_file_response(const ClipMessage& message, std::vector<Event>& events) {
    LUCID_TRY(const auto response, channels::decode_file_contents_response(message));
    if (!asked_file_ || response.stream != asked_file_->stream)
        return fail(Errc::bad_value, "file contents nobody asked for", response.stream);
    const auto asked = *std::exchange(asked_file_, std::nullopt);
    if (response.data.size() > asked.bytes)
        return fail(Errc::bad_length, "file contents", response.data.size());
    events.push_back(
        ClipboardFileArrived{message.flags == channels::cb_response_ok, to_bytes(response.data)});
    return {};
}

bool Clipboard::may_offer(const ClipboardContent& content) const {
    return content.format != clipboard_files ||
           (host_flags_ & channels::cb_stream_fileclip_enabled) != 0;
}

Bytes Clipboard::list() const {
    std::vector<channels::ClipFormat> offers;
    for (const auto& content : ours_) {
        if (!may_offer(content)) continue;
        const auto* known = format_named(content.format);
        channels::ClipFormat format;
        format.id = known->id;
        for (const char c : known->registered)
            append(format.name, Bytes{static_cast<std::uint8_t>(c), 0});
        offers.push_back(std::move(format));
    }
    return channels::encode_format_list(offers,
                                        (host_flags_ & channels::cb_use_long_format_names) != 0);
}

void Clipboard::offer(std::vector<ClipboardContent> contents, Messages& out) {
    std::erase_if(contents, [](const auto& c) { return format_named(c.format) == nullptr; });
    ours_ = std::move(contents);
    for (const auto stream : std::exchange(wanted_streams_, {}))
        out.push_back(channels::encode_file_contents_response(stream, std::nullopt));
    our_sizes_.clear();
    for (const auto& content : ours_) {
        if (content.format != clipboard_files) continue;
        const auto files = channels::decode_file_list(content.data);
        if (!files) continue;
        for (const auto& file : *files)
            our_sizes_.push_back(file.is_folder ? std::nullopt : file.size);
    }
    if (ready_) out.push_back(list());
}

Result<void> Clipboard::request(std::string_view format, Messages& out) {
    if (asked_) return fail(Errc::already_exists, "clipboard request");
    auto found = std::find_if(theirs_.begin(), theirs_.end(),
                              [format](const auto& theirs) { return theirs.name == format; });
    if (found == theirs_.end()) return fail(Errc::not_found, "clipboard format");
    asked_ = found->id;
    out.push_back(channels::encode_format_data_request(found->id));
    return {};
}

}  // namespace lucid::rdp::client
