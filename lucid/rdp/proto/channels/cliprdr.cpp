// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include <algorithm>

namespace lucid::rdp::proto::channels {
namespace {

/// FD_FILESIZE (2.2.5.2.3.1): the size is given.
constexpr std::uint32_t fd_filesize = 0x40;
constexpr std::uint32_t fd_attributes = 0x04;
constexpr std::uint32_t fd_writestime = 0x20;
constexpr std::uint32_t fd_progressui = 0x4000;
constexpr std::uint32_t attribute_directory = 0x10;
constexpr std::uint32_t attribute_normal = 0x80;

constexpr std::size_t padding_bytes_max = 4;
constexpr std::uint16_t cb_capstype_general = 1;
constexpr std::uint16_t cb_ascii_names = 4;
constexpr std::size_t short_name_bytes = 32;

/// A long name: UTF-16LE up to its terminator.
Result<Bytes> take_long_name(Reader& r) {
    Bytes name;
    for (;;) {
        LUCID_TRY(const auto unit, r.take(2, "wszFormatName"));
        if (unit[0] == 0 && unit[1] == 0) return name;
        append(name, unit);
    }
}

Result<Bytes> take_short_name(Reader& r, bool ascii) {
    LUCID_TRY(const auto field, r.take(short_name_bytes, "formatName"));
    Bytes name;
    const std::size_t step = ascii ? 1 : 2;
    for (std::size_t i = 0; i < field.size(); i += step) {
        const std::uint8_t low = field[i];
        const std::uint8_t high = ascii ? std::uint8_t{0} : field[i + 1];
        if (low == 0 && high == 0) break;
        name.push_back(low);
        name.push_back(high);
    }
    return name;
}

}  // namespace

Result<ClipMessage> decode_clip_message(ByteView message) {
    Reader r(message);
    LUCID_TRY(const auto type, r.u16_le("msgType"));
    if (type < 1 || type > 11) return fail(Errc::bad_value, "msgType", type);
    ClipMessage clip;
    clip.type = static_cast<ClipType>(type);
    LUCID_TRY(clip.flags, r.u16_le("msgFlags"));
    LUCID_TRY(const auto length, r.u32_le("dataLen"));
    LUCID_TRY(clip.data, r.take(length, "clipboard data"));
    if (r.remaining() > padding_bytes_max)
        return fail(Errc::trailing_bytes, "clipboard message", r.offset());
    return clip;
}

Bytes encode_clip_message(ClipType type, std::uint16_t flags, ByteView data) {
    Writer w(data.size() + 8);
    w.u16_le(static_cast<std::uint16_t>(type)).u16_le(flags);
    w.u32_le(static_cast<std::uint32_t>(data.size())).bytes(data);
    return w.take();
}

Result<std::uint32_t> decode_format_data_request(const ClipMessage& message) {
    Reader r(message.data);
    LUCID_TRY(const auto format, r.u32_le("requestedFormatId"));
    LUCID_CHECK(r.finish("format data request"));
    return format;
}

Result<std::optional<ClipGeneralFlags>> decode_clip_general_flags(const ClipMessage& message) {
    Reader r(message.data);
    LUCID_TRY(const auto count, r.u16_le("cCapabilitiesSets"));
    LUCID_CHECK(r.skip(2, "pad1"));
    if (count > clip_capability_sets_max)
        return fail(Errc::limit_exceeded, "cCapabilitiesSets", count);
    std::optional<ClipGeneralFlags> found;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto type, r.u16_le("capabilitySetType"));
        LUCID_TRY(const auto length, r.u16_le("lengthCapability"));
        const auto data_offset = r.offset();
        if (length < 4) return fail(Errc::bad_length, "lengthCapability", length);
        LUCID_TRY(const auto data, r.take(length - 4U, "capabilityData"));
        if (type != cb_capstype_general) continue;
        if (found) return fail(Errc::bad_value, "general capability repeated", data_offset);
        Reader general(data);
        LUCID_CHECK(general.skip(4, "version"));
        LUCID_TRY(const auto flags, general.u32_le("generalFlags"));
        found = ClipGeneralFlags{flags, data_offset + 4};
    }
    return found;
}

Result<std::vector<ClipFormat>> decode_format_list(const ClipMessage& message, bool long_names) {
    Reader r(message.data);
    std::vector<ClipFormat> formats;
    while (!r.empty()) {
        if (formats.size() == clip_formats_max)
            return fail(Errc::limit_exceeded, "clipboard formats", clip_formats_max);
        const auto start = r.offset();
        ClipFormat format;
        LUCID_TRY(format.id, r.u32_le("formatId"));
        LUCID_TRY(format.name, long_names
                                   ? take_long_name(r)
                                   : take_short_name(r, (message.flags & cb_ascii_names) != 0));
        format.whole = message.data.subspan(start, r.offset() - start);
        formats.push_back(std::move(format));
    }
    return formats;
}

Result<FileContentsRequest> decode_file_contents_request(const ClipMessage& message) {
    Reader r(message.data);
    FileContentsRequest request;
    LUCID_TRY(request.stream, r.u32_le("streamId"));
    LUCID_TRY(request.index, r.u32_le("lindex"));
    LUCID_TRY(request.flags, r.u32_le("dwFlags"));
    LUCID_TRY(request.position, r.u64_le("nPositionLow, nPositionHigh"));
    LUCID_TRY(request.bytes, r.u32_le("cbRequested"));
    return request;
}

Bytes encode_file_contents_request(const FileContentsRequest& request) {
    Writer w;
    w.u32_le(request.stream).u32_le(request.index).u32_le(request.flags);
    w.u64_le(request.position).u32_le(request.bytes);
    return encode_clip_message(ClipType::file_contents_request, 0, w.view());
}

Result<std::vector<ClipFile>> decode_file_list(ByteView data) {
    Reader r(data);
    LUCID_TRY(const auto count, r.u32_le("cItems"));
    if (count > clip_files_max) return fail(Errc::limit_exceeded, "cItems", count);
    std::vector<ClipFile> files;
    for (std::uint32_t i = 0; i < count; ++i) {
        ClipFile file;
        LUCID_TRY(const auto flags, r.u32_le("flags"));
        LUCID_CHECK(r.skip(32, "reserved1"));
        LUCID_TRY(const auto attributes, r.u32_le("fileAttributes"));
        file.is_folder = (flags & fd_attributes) != 0 && (attributes & attribute_directory) != 0;
        LUCID_CHECK(r.skip(16, "reserved2"));
        LUCID_TRY(const auto time, r.u64_le("lastWriteTime"));
        if ((flags & fd_writestime) != 0) file.modified_filetime = time;
        LUCID_TRY(const auto high, r.u32_le("fileSizeHigh"));
        LUCID_TRY(const auto low, r.u32_le("fileSizeLow"));
        if ((flags & fd_filesize) != 0) file.size = std::uint64_t{high} << 32 | low;
        LUCID_TRY(file.name, r.take(clip_file_name_bytes, "fileName"));
        files.push_back(file);
    }
    return files;
}

Bytes encode_file_list(const std::vector<ClipFile>& files) {
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(files.size()));
    for (const auto& file : files) {
        auto flags = fd_attributes | fd_progressui;
        if (file.size) flags |= fd_filesize;
        if (file.modified_filetime != 0) flags |= fd_writestime;
        const auto size = file.size.value_or(0);
        w.u32_le(flags).zeros(32).u32_le(file.is_folder ? attribute_directory : attribute_normal);
        w.zeros(16).u64_le(file.modified_filetime);
        w.u32_le(static_cast<std::uint32_t>(size >> 32)).u32_le(static_cast<std::uint32_t>(size));
        const auto name = file.name.first(std::min(file.name.size(), clip_file_name_bytes - 2));
        w.bytes(name).zeros(clip_file_name_bytes - name.size());
    }
    return w.take();
}

Result<FileContentsResponse> decode_file_contents_response(const ClipMessage& message) {
    Reader r(message.data);
    FileContentsResponse response;
    LUCID_TRY(response.stream, r.u32_le("streamId"));
    response.data = r.rest();
    return response;
}

Bytes encode_file_contents_response(std::uint32_t stream, std::optional<ByteView> data) {
    Writer w;
    w.u32_le(stream).bytes(data.value_or(ByteView()));
    return encode_clip_message(ClipType::file_contents_response,
                               data ? cb_response_ok : cb_response_fail, w.view());
}

Bytes encode_clip_caps(std::uint32_t general_flags) {
    constexpr std::uint16_t general_bytes = 12;
    constexpr std::uint32_t version_2 = 2;
    Writer w;
    w.u16_le(1).u16_le(0).u16_le(cb_capstype_general).u16_le(general_bytes);
    w.u32_le(version_2).u32_le(general_flags);
    return encode_clip_message(ClipType::clip_caps, 0, w.view());
}

Bytes encode_format_list(const std::vector<ClipFormat>& formats, bool long_names) {
    Writer w;
    for (const auto& format : formats) {
        w.u32_le(format.id);
        if (long_names) {
            w.bytes(format.name).u16_le(0);
            continue;
        }
        const auto bytes = std::min(format.name.size(), short_name_bytes - 2);
        w.bytes(ByteView(format.name).first(bytes)).zeros(short_name_bytes - bytes);
    }
    return encode_clip_message(ClipType::format_list, 0, w.view());
}

Bytes encode_format_data_request(std::uint32_t format) {
    return encode_clip_message(ClipType::format_data_request, 0, Writer().u32_le(format).view());
}

}  // namespace lucid::rdp::proto::channels
