// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the clipboard carries, as programs here have it and as it is on the wire (MS-RDPECLIP
/// 2.2.5, [MSDN-CLIPFORM], "HTML Clipboard Format").

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace lucid::rdp::client {

/// Formats with a name of ours; what a host offers beside them keeps the host's name.
inline constexpr std::string_view clipboard_text = "text";    ///< CF_UNICODETEXT
inline constexpr std::string_view clipboard_html = "html";    ///< "HTML Format"
inline constexpr std::string_view clipboard_image = "image";  ///< CF_DIB
inline constexpr std::string_view clipboard_png = "png";      ///< "PNG": a PNG file as it is
inline constexpr std::string_view clipboard_files = "files";  ///< "FileGroupDescriptorW"

/// UTF-8 with LF to CF_UNICODETEXT and back.
Result<Bytes> clipboard_text_to_wire(std::string_view utf8);
[[nodiscard]] std::string clipboard_text_of_wire(ByteView data);

/// A fragment of HTML, UTF-8, with the description that the format begins with; what has one stays.
[[nodiscard]] Bytes clipboard_html_to_wire(std::string_view html);
/// The fragment. Errc::bad_value: its description is none, or points outside.
Result<std::string> clipboard_html_of_wire(ByteView data);

/// A BMP file is a device-independent bitmap behind a BITMAPFILEHEADER. Errc::bad_magic,
/// Errc::bad_value: it is no such file, or no such bitmap.
Result<Bytes> clipboard_image_of_bmp(ByteView bmp);
Result<Bytes> bmp_of_clipboard_image(ByteView dib);

/// One of the files that are copied, in order: a folder before what is in it.
struct ClipboardFile {
    std::string name;  ///< UTF-8, relative, '/' between folders
    bool is_folder = false;
    std::optional<std::uint64_t> bytes;
    std::uint64_t modified_filetime = 0;  ///< 100 ns since 1601; 0: not known
};
/// Errc::limit_exceeded: more than proto::channels::clip_files_max; Errc::bad_value: a name is
/// empty, no UTF-8, or has more than 259 units.
Result<Bytes> clipboard_files_to_wire(const std::vector<ClipboardFile>& files);
/// Errc::refused: a name would lead out of the folder that the files are put in.
Result<std::vector<ClipboardFile>> clipboard_files_of_wire(ByteView data);

}  // namespace lucid::rdp::client
