// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Clipboard messages (MS-RDPECLIP 2.2.1) of the static channel "cliprdr".

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <vector>

namespace lucid::rdp::proto::channels {

enum class ClipType : std::uint16_t {
    monitor_ready = 1,
    format_list = 2,
    format_list_response = 3,
    format_data_request = 4,
    format_data_response = 5,
    temp_directory = 6,
    clip_caps = 7,
    file_contents_request = 8,
    file_contents_response = 9,
    lock_clip_data = 10,
    unlock_clip_data = 11,
};

inline constexpr std::uint16_t cb_response_ok = 1;
inline constexpr std::uint16_t cb_response_fail = 2;

struct ClipMessage {
    ClipType type{};
    std::uint16_t flags = 0;
    ByteView data;
};

/// One whole channel message; FreeRDP and Windows pad some with up to four bytes, which are
/// allowed.
Result<ClipMessage> decode_clip_message(ByteView message);
[[nodiscard]] Bytes encode_clip_message(ClipType type, std::uint16_t flags, ByteView data);
/// formatId of a format data request.
Result<std::uint32_t> decode_format_data_request(const ClipMessage& message);

/// General capability flags (2.2.2.1.1.1).
inline constexpr std::uint32_t cb_use_long_format_names = 0x02;
inline constexpr std::uint32_t cb_stream_fileclip_enabled = 0x04;
inline constexpr std::uint32_t cb_fileclip_no_file_paths = 0x08;
inline constexpr std::uint32_t cb_can_lock_clipdata = 0x10;
inline constexpr std::uint32_t cb_huge_file_support_enabled = 0x20;

struct ClipGeneralFlags {
    std::uint32_t flags = 0;
    std::size_t offset = 0;  ///< of the flags, from the start of the message's data
};
inline constexpr std::size_t clip_capability_sets_max = 8;
/// Of a clip_caps message; nothing when it has no general set.
Result<std::optional<ClipGeneralFlags>> decode_clip_general_flags(const ClipMessage& message);

struct ClipFormat {
    std::uint32_t id = 0;
    Bytes name;      ///< UTF-16LE without terminator; short ASCII names are widened
    ByteView whole;  ///< the entry as sent
};
inline constexpr std::size_t clip_formats_max = 512;
/// 2.2.3.1; `long_names` when both sides said cb_use_long_format_names.
Result<std::vector<ClipFormat>> decode_format_list(const ClipMessage& message, bool long_names);

inline constexpr std::uint32_t file_contents_size = 1;
inline constexpr std::uint32_t file_contents_range = 2;
/// CLIPRDR_FILECONTENTS_REQUEST (2.2.5.3), as far as it is looked at.
struct FileContentsRequest {
    std::uint32_t stream = 0;
    std::uint32_t index = 0;  ///< lindex
    std::uint32_t flags = 0;  ///< file_contents_size or file_contents_range
    std::uint64_t position = 0;
    std::uint32_t bytes = 0;  ///< cbRequested
};
Result<FileContentsRequest> decode_file_contents_request(const ClipMessage& message);
/// A whole message, without clipDataId.
[[nodiscard]] Bytes encode_file_contents_request(const FileContentsRequest& request);

inline constexpr std::size_t clip_files_max = 4096;
/// CLIPRDR_FILEDESCRIPTOR (2.2.5.2.3.1), as far as it is looked at.
struct ClipFile {
    ByteView name;  ///< UTF-16LE with padding
    std::optional<std::uint64_t> size;
    bool is_folder = false;
    std::uint64_t modified_filetime = 0;  ///< 0: not given
};
inline constexpr std::size_t clip_file_name_bytes = 520;
Result<std::vector<ClipFile>> decode_file_list(ByteView data);
/// CLIPRDR_FILELIST (2.2.5.2.3); names have to leave room for a terminator.
[[nodiscard]] Bytes encode_file_list(const std::vector<ClipFile>& files);

/// CLIPRDR_FILECONTENTS_RESPONSE (2.2.5.4).
struct FileContentsResponse {
    std::uint32_t stream = 0;
    ByteView data;
};
/// Also of a failing one, which may end behind the stream.
Result<FileContentsResponse> decode_file_contents_response(const ClipMessage& message);
/// A whole message; nothing: it failed.
[[nodiscard]] Bytes encode_file_contents_response(std::uint32_t stream,
                                                  std::optional<ByteView> data);

/// A whole capabilities message with a general set of version 2 (2.2.2.1).
[[nodiscard]] Bytes encode_clip_caps(std::uint32_t general_flags);
/// A whole format list (2.2.3.1); of each format `id` and `name` are taken, short names are cut.
[[nodiscard]] Bytes encode_format_list(const std::vector<ClipFormat>& formats, bool long_names);
[[nodiscard]] Bytes encode_format_data_request(std::uint32_t format);

}  // namespace lucid::rdp::proto::channels
