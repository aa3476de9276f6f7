// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Clipboard messages (MS-RDPECLIP 2.2.1) of the static channel "cliprdr".

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

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

}  // namespace lucid::rdp::proto::channels
