// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/clipboard_formats.hpp>
#include <lucid/rdp/client/drive.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <algorithm>
#include <charconv>

namespace lucid::rdp::client {

namespace channels = proto::channels;

namespace {

constexpr std::string_view html_version = "Version:";
constexpr std::size_t html_digits = 10;

/// The number behind "NAME:" in the description of HTML.
std::optional<std::size_t> html_offset(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return std::nullopt;
    const auto digits = text.substr(at + name.size(), html_digits);
    std::size_t value = 0;
    const auto end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, value).ec != std::errc()) return std::nullopt;
    return value;
}

constexpr std::uint16_t bmp_magic = 0x4d42;  // "BM"
constexpr std::size_t bmp_header_bytes = 14;
constexpr std::uint32_t info_header_bytes = 40;
constexpr std::uint32_t info_header_bytes_max = 124;  // BITMAPV5HEADER
constexpr std::uint32_t compression_bitfields = 3;

/// Where the pixels of a bitmap begin: behind its header, masks and palette ([MSDN] Bitmap
/// Storage).
Result<std::uint32_t> dib_pixel_offset(ByteView dib) {
    Reader r(dib);
    LUCID_TRY(const auto header_bytes, r.u32_le("biSize"));
    if (header_bytes < info_header_bytes || header_bytes > info_header_bytes_max)
        return fail(Errc::bad_value, "biSize", header_bytes);
    LUCID_CHECK(r.skip(4 + 4 + 2, "biWidth, biHeight, biPlanes"));
    LUCID_TRY(const auto bits, r.u16_le("biBitCount"));
    LUCID_TRY(const auto compression, r.u32_le("biCompression"));
    LUCID_CHECK(r.skip(4 + 4 + 4, "biSizeImage, resolution"));
    LUCID_TRY(const auto used, r.u32_le("biClrUsed"));
    constexpr std::uint32_t palette_max = 256;
    if (used > palette_max) return fail(Errc::bad_value, "biClrUsed", used);
    const auto palette = used != 0 ? used : bits <= 8 ? 1U << bits : 0U;
    // Later headers have the masks inside.
    const bool has_masks =
        compression == compression_bitfields && header_bytes == info_header_bytes;
    const auto offset = header_bytes + (has_masks ? 12 : 0) + palette * 4;
    if (offset > dib.size()) return fail(Errc::bad_value, "bitmap", dib.size());
    return offset;
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

Bytes clipboard_html_to_wire(std::string_view html) {
    if (html.starts_with(html_version)) return to_bytes(as_bytes(html));
    constexpr std::string_view before = "<html><body>\r\n<!--StartFragment-->";
    constexpr std::string_view behind = "<!--EndFragment-->\r\n</body></html>";
    constexpr std::string_view names[] = {
        "StartHTML:", "EndHTML:", "StartFragment:", "EndFragment:"};
    const std::string version = "Version:0.9\r\n";
    auto start = version.size();
    for (const auto name : names) start += name.size() + html_digits + 2;
    const auto fragment = start + before.size();
    const std::size_t values[] = {start, fragment + html.size() + behind.size(), fragment,
                                  fragment + html.size()};
    auto text = version;
    for (std::size_t i = 0; i < std::size(names); ++i) {
        const auto digits = std::to_string(values[i]);
        text.append(names[i]).append(html_digits - digits.size(), '0').append(digits);
        text.append("\r\n");
    }
    text.append(before).append(html).append(behind);
    auto wire = to_bytes(as_bytes(text));
    wire.push_back(0);
    return wire;
}

Result<std::string> clipboard_html_of_wire(ByteView data) {
    const auto text = as_text(data);
    if (!text.starts_with(html_version)) return fail(Errc::bad_value, "html description");
    const auto start = html_offset(text, "StartFragment:");
    const auto end = html_offset(text, "EndFragment:");
    if (!start || !end || *start > *end || *end > text.size())
        return fail(Errc::bad_value, "html fragment");
    return std::string(text.substr(*start, *end - *start));
}

Result<Bytes> clipboard_image_of_bmp(ByteView bmp) {
    Reader r(bmp);
    LUCID_TRY(const auto magic, r.u16_le("bfType"));
    if (magic != bmp_magic) return fail(Errc::bad_magic, "bfType", magic);
    LUCID_CHECK(r.skip(4 + 4, "bfSize, bfReserved"));
    LUCID_TRY(const auto file_offset, r.u32_le("bfOffBits"));
    const auto dib = r.rest();
    LUCID_TRY(const auto offset, dib_pixel_offset(dib));
    if (file_offset < bmp_header_bytes + offset || file_offset > bmp.size())
        return fail(Errc::bad_value, "bfOffBits", file_offset);
    // A bitmap in memory has no gap before its pixels.
    auto wire = to_bytes(dib.first(offset));
    append(wire, bmp.subspan(file_offset));
    return wire;
}

Result<Bytes> bmp_of_clipboard_image(ByteView dib) {
    LUCID_TRY(const auto offset, dib_pixel_offset(dib));
    Writer w(bmp_header_bytes + dib.size());
    w.u16_le(bmp_magic).u32_le(static_cast<std::uint32_t>(bmp_header_bytes + dib.size()));
    w.u32_le(0).u32_le(static_cast<std::uint32_t>(bmp_header_bytes) + offset).bytes(dib);
    return w.take();
}

Result<Bytes> clipboard_files_to_wire(const std::vector<ClipboardFile>& files) {
    if (files.size() > channels::clip_files_max)
        return fail(Errc::limit_exceeded, "files in the clipboard", files.size());
    std::vector<Bytes> names;
    std::vector<channels::ClipFile> list;
    names.reserve(files.size());
    for (const auto& file : files) {
        auto name = file.name;
        for (auto& c : name)
            if (c == '/') c = '\\';
        LUCID_TRY(const auto wide, proto::utf16_of(as_bytes(name)));
        if (name.empty() || wide.size() > channels::clip_file_name_bytes - 2)
            return fail(Errc::bad_value, "name of a file", wide.size());
        names.push_back(to_bytes(wide.expose()));
        list.push_back({names.back(), file.bytes, file.is_folder, file.modified_filetime});
    }
    return channels::encode_file_list(list);
}

Result<std::vector<ClipboardFile>> clipboard_files_of_wire(ByteView data) {
    LUCID_TRY(const auto list, channels::decode_file_list(data));
    std::vector<ClipboardFile> files;
    for (const auto& entry : list) {
        ClipboardFile file;
        LUCID_TRY(file.name, drive_path(entry.name));
        const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20; };
        if (file.name.empty() || std::any_of(file.name.begin(), file.name.end(), is_control))
            return fail(Errc::refused, "name of a file");
        file.is_folder = entry.is_folder;
        file.bytes = entry.size;
        file.modified_filetime = entry.modified_filetime;
        files.push_back(std::move(file));
    }
    return files;
}

}  // namespace lucid::rdp::client
