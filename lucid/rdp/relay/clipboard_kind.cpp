// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/relay/clipboard_kind.hpp>

#include <algorithm>
#include <array>

namespace lucid::rdp::relay {
namespace {

constexpr std::array<std::uint32_t, 4> text_ids = {1, 7, 13,
                                                   16};  // TEXT OEMTEXT UNICODETEXT LOCALE
constexpr std::array<std::uint32_t, 5> image_ids = {2, 6, 8, 9,
                                                    17};  // BITMAP TIFF DIB PALETTE DIBV5
constexpr std::uint32_t cf_hdrop = 15;
constexpr std::array<std::string_view, 6> text_names = {
    "UTF8_STRING", "STRING", "TEXT", "text/plain", "text/plain;charset=utf-8", "COMPOUND_TEXT"};
constexpr std::array<std::string_view, 9> image_names = {"PNG",       "JFIF",       "GIF",
                                                         "image/png", "image/bmp",  "image/jpeg",
                                                         "image/gif", "image/tiff", "image/webp"};
constexpr std::array<std::string_view, 5> file_names = {
    "FileGroupDescriptorW", "FileGroupDescriptor", "FileContents", "FileName", "FileNameW"};

template <class Array, class Value>
bool among(const Array& array, const Value& value) {
    return std::find(array.begin(), array.end(), value) != array.end();
}

}  // namespace

ClipboardKind clipboard_kind(std::uint32_t id, std::string_view name) {
    // Registered formats carry their name; the id of one is whatever the sender chose.
    if (!name.empty()) {
        if (name == "HTML Format" || name == "text/html") return ClipboardKind::html;
        if (among(text_names, name)) return ClipboardKind::text;
        if (among(image_names, name)) return ClipboardKind::image;
        if (among(file_names, name)) return ClipboardKind::files;
        return ClipboardKind::other;
    }
    if (id == cf_hdrop) return ClipboardKind::files;
    if (among(text_ids, id)) return ClipboardKind::text;
    if (among(image_ids, id)) return ClipboardKind::image;
    return ClipboardKind::other;
}

const char* to_text(ClipboardKind kind) {
    switch (kind) {
        case ClipboardKind::text:
            return "text";
        case ClipboardKind::html:
            return "html";
        case ClipboardKind::image:
            return "image";
        case ClipboardKind::files:
            return "files";
        case ClipboardKind::other:
            return "other";
    }
    return "";
}

bool allows(const Policy& policy, ClipboardKind kind) {
    switch (kind) {
        case ClipboardKind::text:
            return policy.clipboard_text;
        case ClipboardKind::html:
            return policy.clipboard_html;
        case ClipboardKind::image:
            return policy.clipboard_images;
        case ClipboardKind::files:
            return policy.clipboard_files;
        case ClipboardKind::other:
            return policy.clipboard_other;
    }
    return false;
}

}  // namespace lucid::rdp::relay
