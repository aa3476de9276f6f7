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

/// Standard clipboard formats ([MSDN-CLIPFORM]).
constexpr std::uint32_t cf_dib = 8;
constexpr std::uint32_t cf_unicode_text = 13;
/// Ids of registered formats are their owner's choice.
constexpr std::uint32_t our_html_id = 0xc0de;
constexpr std::string_view html_name = "HTML Format";

constexpr std::uint32_t our_flags = channels::cb_use_long_format_names;

std::string name_of(std::uint32_t id, ByteView utf16_name) {
    if (id == cf_unicode_text) return std::string(clipboard_text);
    if (id == cf_dib) return std::string(clipboard_image);
    auto name = proto::utf8_of(utf16_name);
    if (name == html_name) return std::string(clipboard_html);
    if (name.empty()) return "format " + std::to_string(id);
    return name;
}

std::uint32_t id_of(std::string_view format) {
    if (format == clipboard_text) return cf_unicode_text;
    if (format == clipboard_image) return cf_dib;
    return our_html_id;
}

}  // namespace

Result<Bytes> clipboard_text_to_wire(std::string_view utf8) {
    std::string lines;
    for (const char c : utf8) {
        if (c == '\n' && (lines.empty() || lines.back() != '\r')) lines += '\r';
        lines += c;
    }
    lines += '\0';
    LUCID_TRY(const auto wide, proto::utf16_of(as_bytes(lines)));
    return to_bytes(wide.expose());
}

std::string clipboard_text_of_wire(ByteView data) {
    const auto text = proto::utf8_of(data);
    std::string lines;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || i + 1 == text.size() || text[i + 1] != '\n') lines += text[i];
    return lines;
}

Result<void> Clipboard::message(ByteView message, Messages& out, std::vector<Event>& events) {
    LUCID_TRY(const auto clip, channels::decode_clip_message(message));
    switch (clip.type) {
        case ClipType::clip_caps: {
            LUCID_TRY(const auto general, channels::decode_clip_general_flags(clip));
            host_has_long_names_ =
                general && (general->flags & channels::cb_use_long_format_names) != 0;
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
        case ClipType::file_contents_request: {
            LUCID_TRY(const auto request, channels::decode_file_contents_request(clip));
            out.push_back(channels::encode_clip_message(ClipType::file_contents_response,
                                                        channels::cb_response_fail,
                                                        Writer().u32_le(request.stream).view()));
            return {};
        }
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
    LUCID_TRY(const auto formats, channels::decode_format_list(message, host_has_long_names_));
    theirs_.clear();
    ClipboardOffered offered;
    for (const auto& format : formats) {
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
        return id_of(content.format) == id;
    });
    if (found == ours_.end()) {
        out.push_back(channels::encode_clip_message(ClipType::format_data_response,
                                                    channels::cb_response_fail, {}));
        return {};
    }
    out.push_back(channels::encode_clip_message(ClipType::format_data_response,
                                                channels::cb_response_ok, found->data));
    events.push_back(ClipboardTaken{found->format});
    return {};
}

Bytes Clipboard::list() const {
    std::vector<channels::ClipFormat> formats;
    for (const auto& content : ours_) {
        channels::ClipFormat format;
        format.id = id_of(content.format);
        if (content.format == clipboard_html)
            for (const char c : html_name)
                append(format.name, Bytes{static_cast<std::uint8_t>(c), 0});
        formats.push_back(std::move(format));
    }
    return channels::encode_format_list(formats, host_has_long_names_);
}

void Clipboard::offer(std::vector<ClipboardContent> contents, Messages& out) {
    ours_ = std::move(contents);
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
