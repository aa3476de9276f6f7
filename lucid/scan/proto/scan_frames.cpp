// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/scan/proto/scan_frames.hpp>

#include <algorithm>

namespace lucid::scan::proto {
namespace {

/// Op or verdict, and id.
constexpr std::size_t head_bytes = 5;

struct Whole {
    std::uint8_t kind = 0;
    std::uint32_t id = 0;
    ByteView rest;
    std::size_t length = 0;
};

Result<std::optional<Whole>> peek(ByteView stream, std::size_t rest_bytes_max) {
    if (stream.size() < 4) return std::nullopt;
    Reader r(stream);
    LUCID_TRY(const auto length, r.u32_le("scan frame length"));
    if (length < head_bytes || length > head_bytes + rest_bytes_max)
        return fail(Errc::bad_length, "scan frame length", length);
    if (r.remaining() < length) return std::nullopt;
    Whole whole;
    LUCID_TRY(whole.kind, r.u8("scan frame kind"));
    LUCID_TRY(whole.id, r.u32_le("scan id"));
    LUCID_TRY(whole.rest, r.take(length - head_bytes, "scan frame"));
    whole.length = r.offset();
    return whole;
}

}  // namespace

Result<std::optional<ScanFrame>> peek_scan_frame(ByteView stream) {
    LUCID_TRY(const auto whole, peek(stream, scan_piece_bytes_max));
    if (!whole) return std::nullopt;
    const auto op = static_cast<ScanOp>(whole->kind);
    if (op != ScanOp::piece && op != ScanOp::end)
        return fail(Errc::bad_value, "scan op", whole->kind);
    if ((op == ScanOp::piece) == whole->rest.empty())
        return fail(Errc::bad_length, "scan piece", whole->rest.size());
    return ScanFrame{op, whole->id, whole->rest, whole->length};
}

ByteArray<9> scan_frame_head(ScanOp op, std::uint32_t id, std::size_t bytes) {
    Writer w(9);
    w.u32_le(static_cast<std::uint32_t>(head_bytes + bytes));
    w.u8(static_cast<std::uint8_t>(op)).u32_le(id);
    ByteArray<9> head{};
    std::copy(w.view().begin(), w.view().end(), head.begin());
    return head;
}

Result<std::optional<VerdictFrame>> peek_verdict_frame(ByteView stream) {
    LUCID_TRY(const auto whole, peek(stream, scan_name_bytes_max));
    if (!whole) return std::nullopt;
    if (whole->kind < 1 || whole->kind > 5) return fail(Errc::bad_value, "verdict", whole->kind);
    VerdictFrame frame;
    frame.id = whole->id;
    frame.result = {static_cast<Verdict>(whole->kind), scan_name(as_text(whole->rest))};
    frame.length = whole->length;
    return frame;
}

Bytes encode_verdict_frame(std::uint32_t id, const ScanResult& result) {
    const auto name = scan_name(result.name);
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(head_bytes + name.size()));
    w.u8(static_cast<std::uint8_t>(result.verdict)).u32_le(id).text(name);
    return w.take();
}

}  // namespace lucid::scan::proto
