// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/sessions/format/index.hpp>

#include <algorithm>
#include <utility>

#include <zstd.h>

namespace lucid::sessions::format {
namespace {

constexpr int level = 3;
constexpr std::size_t history_piece_bytes = 112 * 1024;

Bytes compress(ByteView plain) {
    Bytes out(ZSTD_compressBound(plain.size()));
    const auto size = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), level);
    LUCID_ASSERT(ZSTD_isError(size) == 0);
    out.resize(size);
    return out;
}

Result<Bytes> decompress(ByteView frame, std::size_t bytes_max, const char* what) {
    const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
    if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > bytes_max)
        return fail(Errc::bad_length, what);
    if (ZSTD_findFrameCompressedSize(frame.data(), frame.size()) != frame.size())
        return fail(Errc::trailing_bytes, what);
    Bytes plain(size);
    const auto got = ZSTD_decompress(plain.data(), plain.size(), frame.data(), frame.size());
    if (ZSTD_isError(got) != 0 || got != size) return fail(Errc::bad_value, what);
    return plain;
}

Result<PageRun> take_group_head(Reader& r) {
    PageRun run;
    LUCID_TRY(run.first, r.u32_le("first page"));
    LUCID_TRY(run.count, r.u16_le("pages"));
    if (run.count == 0 || run.count > index_group_pages_max || run.first > index_pages_max)
        return fail(Errc::limit_exceeded, "page group", run.count);
    return run;
}

Result<std::uint32_t> take_u32(Reader& r, const char* field) {
    LUCID_TRY(const auto value, r.varint(field));
    if (value > UINT32_MAX) return fail(Errc::bad_value, field, value);
    return static_cast<std::uint32_t>(value);
}

void put_times(Writer& w, const std::vector<std::uint64_t>& times, std::uint64_t& before) {
    w.varint(times.size());
    for (const auto time : times) {
        LUCID_ASSERT(time >= before);
        w.varint(time - std::exchange(before, time));
    }
}

Result<std::vector<std::uint64_t>> take_times(Reader& r, std::uint64_t& before) {
    LUCID_TRY(const auto count, r.varint("times"));
    if (count > r.remaining()) return fail(Errc::bad_length, "times", count);
    std::vector<std::uint64_t> times;
    for (std::uint64_t i = 0; i < count; ++i) {
        LUCID_TRY(const auto step, r.varint("time"));
        if (step > UINT64_MAX - before) return fail(Errc::bad_value, "time", step);
        before += step;
        times.push_back(before);
    }
    return times;
}

}  // namespace

Bytes encode_page_group(std::uint32_t first_page, std::span<const ByteView> pages) {
    LUCID_ASSERT(!pages.empty() && pages.size() <= index_group_pages_max);
    Writer w;
    w.u32_le(first_page).u16_le(static_cast<std::uint16_t>(pages.size()));
    Bytes plain;
    for (const auto page : pages) {
        LUCID_ASSERT(!page.empty() && page.size() <= index_page_bytes_max);
        w.u16_le(static_cast<std::uint16_t>(page.size() - 1));
        append(plain, page);
    }
    LUCID_ASSERT(plain.size() <= index_group_bytes_max);
    w.bytes(compress(plain));
    return w.take();
}

Result<PageRun> peek_page_group(ByteView payload) {
    Reader r(payload);
    return take_group_head(r);
}

Result<PageGroup> decode_page_group(ByteView payload) {
    Reader r(payload);
    LUCID_TRY(const auto run, take_group_head(r));
    std::vector<std::size_t> lengths;
    std::size_t sum = 0;
    for (std::uint32_t i = 0; i < run.count; ++i) {
        LUCID_TRY(const auto length, r.u16_le("page length"));
        lengths.push_back(length + std::size_t{1});
        if (lengths.back() > index_page_bytes_max)
            return fail(Errc::limit_exceeded, "page length", length);
        sum += lengths.back();
    }
    LUCID_TRY(const auto plain, decompress(r.rest(), index_group_bytes_max, "pages"));
    if (plain.size() != sum) return fail(Errc::bad_length, "pages", plain.size());
    PageGroup group{run.first, {}};
    std::size_t at = 0;
    for (const auto length : lengths) {
        group.pages.push_back(to_bytes(ByteView(plain).subspan(at, length)));
        at += length;
    }
    return group;
}

Bytes encode_keyframe(const Keyframe& keyframe) {
    Writer w;
    w.varint(keyframe.pages.size());
    for (const auto& run : keyframe.pages) w.varint(run.first).varint(run.count);
    return w.take();
}

Result<Keyframe> decode_keyframe(ByteView payload) {
    Reader r(payload);
    Keyframe keyframe;
    LUCID_TRY(const auto runs, r.varint("page runs"));
    if (runs > r.remaining()) return fail(Errc::bad_length, "page runs", runs);
    for (std::uint64_t i = 0; i < runs; ++i) {
        PageRun run;
        LUCID_TRY(run.first, take_u32(r, "page run"));
        LUCID_TRY(run.count, take_u32(r, "page run"));
        if (run.count == 0 || run.first > index_pages_max ||
            run.count > index_pages_max - run.first)
            return fail(Errc::bad_value, "page run", run.count);
        keyframe.pages.push_back(run);
    }
    LUCID_CHECK(r.finish("keyframe"));
    return keyframe;
}

std::vector<Bytes> encode_history(std::uint64_t keyframe_us, ByteView history) {
    const auto frame = compress(history);
    std::vector<Bytes> pieces;
    for (ByteView rest(frame); !rest.empty();) {
        const auto piece = rest.first(std::min(rest.size(), history_piece_bytes));
        rest = rest.subspan(piece.size());
        Writer w;
        w.u64_le(keyframe_us).u8(rest.empty() ? 1 : 0).bytes(piece);
        pieces.push_back(w.take());
    }
    return pieces;
}

Result<std::vector<Bytes>> HistoryReader::add(ByteView payload) {
    Reader r(payload);
    LUCID_TRY(const auto keyframe_us, r.u64_le("keyframe of history"));
    LUCID_TRY(const auto last, r.u8("last piece"));
    if (last > 1) return fail(Errc::bad_value, "last piece", last);
    if (!pieces_.empty() && keyframe_us != keyframe_us_)
        return fail(Errc::bad_value, "keyframe of history", keyframe_us);
    keyframe_us_ = keyframe_us;
    if (r.remaining() > index_history_bytes_max - pieces_.size())
        return fail(Errc::limit_exceeded, "history", pieces_.size());
    append(pieces_, r.rest());
    std::vector<Bytes> whole;
    if (last == 0) return whole;
    const auto pieces = std::exchange(pieces_, {});
    LUCID_TRY(auto history, decompress(pieces, index_history_bytes_max, "history"));
    whole.push_back(std::move(history));
    return whole;
}

Bytes encode_spans(std::uint64_t keyframe_us, std::span<const Span> spans) {
    LUCID_ASSERT(spans.size() <= index_spans_max);
    Writer w;
    w.u64_le(keyframe_us).varint(spans.size());
    auto before = keyframe_us;
    for (const auto& span : spans) {
        LUCID_ASSERT(span.first_us >= before && span.last_us >= span.first_us);
        w.varint(span.first_us - std::exchange(before, span.first_us));
        w.varint(span.last_us - span.first_us);
        w.varint(span.over_us ? *span.over_us - span.last_us + 1 : 0);
        w.u8(span.pointer ? 1 : 0);
    }
    return w.take();
}

Result<Spans> decode_spans(ByteView payload) {
    Reader r(payload);
    Spans out;
    LUCID_TRY(out.keyframe_us, r.u64_le("keyframe of spans"));
    LUCID_TRY(const auto count, r.varint("spans"));
    if (count > index_spans_max) return fail(Errc::limit_exceeded, "spans", count);
    auto before = out.keyframe_us;
    for (std::uint64_t i = 0; i < count; ++i) {
        Span span;
        LUCID_TRY(const auto first, r.varint("span"));
        LUCID_TRY(const auto length, r.varint("span"));
        LUCID_TRY(const auto over, r.varint("span"));
        LUCID_TRY(const auto pointer, r.u8("span"));
        constexpr auto longest = std::uint64_t{1} << 60;
        if (first > longest || length > longest || over > longest || before > longest ||
            pointer > 1)
            return fail(Errc::bad_value, "span", i);
        span.first_us = before + first;
        span.last_us = span.first_us + length;
        if (over > 0) span.over_us = span.last_us + over - 1;
        span.pointer = pointer == 1;
        before = span.first_us;
        out.spans.push_back(span);
    }
    LUCID_CHECK(r.finish("spans"));
    return out;
}

Bytes encode_activity(const Activity& a) {
    Writer w;
    w.varint(a.seconds).varint(a.host_pdus).varint(a.host_bytes).varint(a.client_inputs);
    w.varint(a.changed_permille);
    return w.take();
}

Result<Activity> decode_activity(ByteView payload) {
    Reader r(payload);
    Activity a;
    for (auto* field :
         {&a.seconds, &a.host_pdus, &a.host_bytes, &a.client_inputs, &a.changed_permille}) {
        LUCID_TRY(*field, r.varint("activity"));
    }
    LUCID_CHECK(r.finish("activity"));
    return a;
}

Result<Bytes> encode_index_map(const IndexMap& map) {
    if (map.segments.size() > index_segments_max)
        return fail(Errc::limit_exceeded, "index segments", map.segments.size());
    Writer w;
    w.varint(map.segments.size());
    std::uint32_t page = 0;
    std::uint64_t keyframe_us = 0;
    std::uint64_t history_us = 0;
    std::uint64_t spans_us = 0;
    for (const auto& segment : map.segments) {
        LUCID_ASSERT(segment.first_page >= page);
        w.varint(segment.first_page - std::exchange(page, segment.first_page));
        put_times(w, segment.keyframes_us, keyframe_us);
        put_times(w, segment.histories_us, history_us);
        put_times(w, segment.spans_us, spans_us);
    }
    if (w.offset() > event_payload_bytes_max)
        return fail(Errc::limit_exceeded, "index map", w.offset());
    return w.take();
}

Result<IndexMap> decode_index_map(ByteView payload) {
    Reader r(payload);
    LUCID_TRY(const auto count, r.varint("index segments"));
    if (count > index_segments_max) return fail(Errc::limit_exceeded, "index segments", count);
    IndexMap map;
    std::uint32_t page = 0;
    std::uint64_t keyframe_us = 0;
    std::uint64_t history_us = 0;
    std::uint64_t spans_us = 0;
    for (std::uint64_t i = 0; i < count; ++i) {
        IndexMap::Segment segment;
        LUCID_TRY(const auto step, take_u32(r, "first page"));
        if (step > index_pages_max - page) return fail(Errc::bad_value, "first page", step);
        page += step;
        segment.first_page = page;
        LUCID_TRY(segment.keyframes_us, take_times(r, keyframe_us));
        LUCID_TRY(segment.histories_us, take_times(r, history_us));
        LUCID_TRY(segment.spans_us, take_times(r, spans_us));
        map.segments.push_back(std::move(segment));
    }
    LUCID_CHECK(r.finish("index map"));
    return map;
}

}  // namespace lucid::sessions::format
