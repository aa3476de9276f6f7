// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/result/assert.hpp>
#include <lucid/sessions/format/receipt.hpp>
#include <lucid/sessions/format/verify.hpp>

#include <tests/support/evidence_parsers.hpp>

namespace lucid::test {

using namespace sessions::format;

namespace {

bool same(ByteView a, ByteView b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end());
}

}  // namespace

bool parse_segment_header(ByteView bytes) {
    const auto header = decode_segment_header(bytes);
    if (!header) return false;
    LUCID_ASSERT(same(encode_segment_header(*header), bytes.first(segment_header_bytes)));
    return true;
}

bool parse_events(ByteView bytes) {
    EventReader reader(bytes, 0);
    std::uint64_t before_us = 0;
    while (!reader.empty()) {
        const auto offset = reader.offset();
        const auto event = reader.next();
        if (!event) return false;
        LUCID_ASSERT(event->time_us >= before_us && reader.offset() > offset);
        LUCID_ASSERT(event->payload.size() <= event_payload_bytes_max);
        before_us = event->time_us;
    }
    return true;
}

bool parse_chunk(ByteView bytes) {
    const auto open = scan_open_chunk(bytes);
    if (open) LUCID_ASSERT(open->segments_end <= bytes.size());
    const auto chunk = decode_chunk(bytes);
    if (!chunk) return false;
    auto again = encode_chunk_header(chunk->session_id, chunk->number, chunk->first_index);
    for (const auto& segment : chunk->segments)
        append(again, bytes.subspan(segment.offset, segment.length));
    append(again, encode_chunk_trailer(chunk->segments));
    LUCID_ASSERT(same(again, bytes));
    return true;
}

bool parse_manifest(ByteView bytes) {
    const auto manifest = Manifest::from_json(bytes);
    if (!manifest) return false;
    LUCID_ASSERT(manifest->to_json() == as_text(bytes));
    return true;
}

bool parse_receipts(ByteView bytes) {
    const auto opened = OpenReceipt::verify(bytes);
    const auto closed = CloseReceipt::verify(bytes);
    LUCID_ASSERT(!(opened && closed));
    return opened || closed;
}

bool parse_anchor_record(ByteView bytes) {
    const auto record = AnchorRecord::from_json(bytes);
    if (!record) return false;
    LUCID_ASSERT(record->to_json() == as_text(bytes));
    return true;
}

bool parse_trust(ByteView bytes) {
    const auto trust = Trust::from_json(bytes);
    if (!trust) return false;
    const auto text = trust->to_json();
    const auto again = Trust::from_json(as_bytes(text));
    LUCID_ASSERT(again && again->genesis_hash == trust->genesis_hash);
    return true;
}

bool parse_opening_note(ByteView bytes) {
    return commitment_of_opening(bytes).has_value();
}

MemoryBundle bundle_of(ByteView bytes) {
    MemoryBundle bundle;
    Reader r(bytes);
    while (!r.empty()) {
        const auto name_length = r.u8("name length");
        if (!name_length) break;
        const auto name = r.take(*name_length, "name");
        if (!name) break;
        const auto length = r.u16_le("length");
        if (!length) break;
        const auto content = r.take(std::min<std::size_t>(*length, r.remaining()), "content");
        bundle.files[std::string(as_text(*name))] = to_bytes(*content);
    }
    return bundle;
}

Bytes bytes_of(const MemoryBundle& bundle) {
    Writer w;
    for (const auto& [name, content] : bundle.files)
        w.u8(static_cast<std::uint8_t>(name.size()))
            .text(name)
            .u16_le(static_cast<std::uint16_t>(content.size()))
            .bytes(content);
    return w.take();
}

bool parse_bundle(ByteView bytes) {
    auto bundle = bundle_of(bytes);
    VerifyOptions options;
    options.allow_unanchored = true;
    const auto loose = verify(bundle, options);
    LUCID_ASSERT((loose.verdict == Verdict::refused) == loose.bad.has_value());
    LUCID_ASSERT(loose.verdict != Verdict::verified);
    options.allow_unanchored = false;
    options.trust = Trust{};
    LUCID_ASSERT(verify(bundle, options).verdict == Verdict::refused);
    return loose.verdict != Verdict::refused;
}

}  // namespace lucid::test
