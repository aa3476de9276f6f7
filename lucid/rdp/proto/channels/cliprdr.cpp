// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

namespace lucid::rdp::proto::channels {
namespace {

constexpr std::size_t padding_bytes_max = 4;

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

}  // namespace lucid::rdp::proto::channels
