// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/sessions/format/chunk.hpp>

#include <algorithm>

namespace lucid::sessions::format {
namespace {

constexpr std::string_view magic = "LCHK";
constexpr std::uint8_t version = 1;

Result<Chunk> decode_header(ByteView bytes) {
    Reader r(bytes);
    Chunk chunk;
    LUCID_CHECK(r.expect(as_bytes(magic), "chunk magic"));
    LUCID_TRY(const auto found, r.u8("chunk version"));
    if (found != version) return fail(Errc::bad_version, "chunk version", 4);
    LUCID_TRY(chunk.session_id.bytes, r.array<32>("chunk session id"));
    LUCID_TRY(chunk.number, r.u32_le("chunk number"));
    LUCID_TRY(chunk.first_index, r.u64_le("chunk first index"));
    chunk.segments_end = r.offset();
    return chunk;
}

/// The segment at `offset`, or the reason why there is none that is whole.
Result<SegmentRef> segment_at(ByteView bytes, std::size_t offset, std::uint64_t index) {
    const auto rest = bytes.subspan(offset);
    auto header = decode_segment_header(rest);
    if (!header) {
        auto error = header.error();
        error.offset = offset;
        return fail(error);
    }
    if (header->index != index) return fail(Errc::bad_value, "segment index", offset);
    const auto length = segment_header_bytes + header->body_length;
    if (rest.size() < length) return fail(Errc::truncated, "segment body", offset);
    return SegmentRef{offset, length, *header};
}

}  // namespace

Bytes encode_chunk_header(const SessionId& id, std::uint32_t number, std::uint64_t first_index) {
    Writer w(chunk_header_bytes);
    w.text(magic).u8(version).bytes(id.bytes).u32_le(number).u64_le(first_index);
    return w.take();
}

Bytes encode_chunk_trailer(const std::vector<SegmentRef>& segments) {
    Writer w(segments.size() * trailer_entry_bytes + 4);
    for (const auto& s : segments)
        w.u32_le(static_cast<std::uint32_t>(s.offset))
            .u64_le(s.header.t_first_us)
            .u8(static_cast<std::uint8_t>(s.header.event_class));
    w.u32_le(static_cast<std::uint32_t>(segments.size() * trailer_entry_bytes));
    return w.take();
}

Result<Chunk> decode_chunk(ByteView bytes) {
    if (bytes.size() > chunk_bytes_max)
        return fail(Errc::limit_exceeded, "chunk size", bytes.size());
    LUCID_TRY(auto chunk, decode_header(bytes));
    if (bytes.size() < chunk_header_bytes + 4)
        return fail(Errc::truncated, "chunk trailer length", bytes.size());
    Reader tail(bytes.last(4));
    LUCID_TRY(const auto trailer_length, tail.u32_le("chunk trailer length"));
    if (trailer_length % trailer_entry_bytes != 0 ||
        trailer_length > bytes.size() - chunk_header_bytes - 4)
        return fail(Errc::bad_length, "chunk trailer length", bytes.size() - 4);
    const auto segments_end = bytes.size() - 4 - trailer_length;
    const auto body = bytes.first(segments_end);
    while (chunk.segments_end < segments_end) {
        LUCID_TRY(const auto segment,
                  segment_at(body, chunk.segments_end, chunk.first_index + chunk.segments.size()));
        chunk.segments.push_back(segment);
        chunk.segments_end += segment.length;
    }
    if (chunk.segments.empty()) return fail(Errc::bad_length, "chunk without segments", 0);
    const auto expected = encode_chunk_trailer(chunk.segments);
    const auto found = bytes.subspan(segments_end);
    if (!std::equal(found.begin(), found.end(), expected.begin(), expected.end()))
        return fail(Errc::hash_mismatch, "chunk trailer", segments_end);
    return chunk;
}

Result<Chunk> scan_open_chunk(ByteView bytes) {
    LUCID_TRY(auto chunk, decode_header(bytes));
    while (chunk.segments_end < bytes.size()) {
        const auto segment =
            segment_at(bytes, chunk.segments_end, chunk.first_index + chunk.segments.size());
        if (!segment) break;
        chunk.segments.push_back(*segment);
        chunk.segments_end += segment->length;
    }
    return chunk;
}

}  // namespace lucid::sessions::format
