// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/aead.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/sessions/format/segment.hpp>

#include <algorithm>
#include <vector>

#include <zstd.h>

namespace lucid::sessions::format {
namespace {

constexpr std::string_view magic = "LSEG";
constexpr std::uint8_t version = 1;
constexpr int level_default = 1;
constexpr int level_incompressible = -50;
/// Bytes of input that decide whether compressing is worth it.
constexpr std::size_t probe_bytes = 2048;

Hash32 key_of(const crypto::Secret& secret) {
    Hash32 key;
    std::copy_n(secret.expose().begin(), 32, key.begin());
    return key;
}

Bytes additional_data(const SessionId& id, ByteView header, const Hash32& previous_leaf) {
    Bytes aad(id.bytes.begin(), id.bytes.end());
    append(aad, header);
    append(aad, previous_leaf);
    return aad;
}

/// Random-looking input has a flat histogram: sum of squares near n²/256. WHY: encrypted or already
/// compressed pictures (RemoteFX, H.264) cost zstd's level 1 ten times what its fastest level costs
/// and gain nothing.
bool looks_incompressible(ByteView events) {
    if (events.size() < probe_bytes) return false;
    const auto sample = events.subspan(events.size() / 2 - probe_bytes / 2, probe_bytes);
    std::array<std::uint32_t, 256> counts{};
    for (const auto byte : sample) ++counts[byte];
    std::uint64_t squares = 0;
    for (const auto count : counts) squares += std::uint64_t{count} * count;
    return squares < probe_bytes * probe_bytes / 256 * 2;
}

}  // namespace

Result<SegmentHeader> decode_segment_header(ByteView bytes) {
    Reader r(bytes.first(std::min(bytes.size(), segment_header_bytes)));
    LUCID_CHECK(r.expect(as_bytes(magic), "segment magic"));
    LUCID_TRY(const auto found_version, r.u8("segment version"));
    if (found_version != version) return fail(Errc::bad_version, "segment version", found_version);
    SegmentHeader h;
    LUCID_TRY(const auto event_class, r.u8("segment class"));
    if (event_class >= event_classes) return fail(Errc::bad_value, "segment class", event_class);
    h.event_class = static_cast<EventClass>(event_class);
    LUCID_TRY(const auto flags, r.u16_le("segment flags"));
    if (flags != 0) return fail(Errc::bad_value, "segment flags", flags);
    LUCID_TRY(h.index, r.u64_le("segment index"));
    LUCID_TRY(h.t_first_us, r.u64_le("segment t_first"));
    LUCID_TRY(h.t_last_us, r.u64_le("segment t_last"));
    if (h.t_last_us < h.t_first_us) return fail(Errc::bad_value, "segment t_last", h.t_last_us);
    LUCID_TRY(h.body_length, r.u32_le("segment body length"));
    if (h.body_length < crypto::aead_tag_bytes || h.body_length > segment_body_bytes_max)
        return fail(Errc::bad_length, "segment body length", h.body_length);
    LUCID_TRY(h.key_id, r.array<32>("segment key id"));
    return h;
}

Bytes encode_segment_header(const SegmentHeader& h) {
    Writer w(segment_header_bytes);
    w.text(magic).u8(version).u8(static_cast<std::uint8_t>(h.event_class)).u16_le(0);
    w.u64_le(h.index).u64_le(h.t_first_us).u64_le(h.t_last_us).u32_le(h.body_length);
    w.bytes(h.key_id);
    return w.take();
}

Hash32 segment_leaf(ByteView segment) {
    return crypto::merkle_leaf(segment);
}

struct SegmentSealer::Impl {
    SessionId id;
    std::vector<crypto::Secret> class_keys;
    ZSTD_CCtx* zstd = ZSTD_createCCtx();
    Bytes compressed;

    Impl(const SessionId& session, const crypto::Secret& session_key) : id(session) {
        LUCID_ASSERT(zstd != nullptr);
        for (std::size_t c = 0; c < event_classes; ++c)
            class_keys.push_back(class_key(session_key, id, static_cast<EventClass>(c)));
        compressed.resize(ZSTD_compressBound(segment_events_bytes_max));
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;
    ~Impl() { ZSTD_freeCCtx(zstd); }
};

SegmentSealer::SegmentSealer(const SessionId& id, const crypto::Secret& session_key)
    : impl_(std::make_unique<Impl>(id, session_key)) {}
SegmentSealer::~SegmentSealer() = default;
SegmentSealer::SegmentSealer(SegmentSealer&&) noexcept = default;
SegmentSealer& SegmentSealer::operator=(SegmentSealer&&) noexcept = default;

Bytes SegmentSealer::seal(EventClass event_class, std::uint64_t index, std::uint64_t t_first_us,
                          std::uint64_t t_last_us, ByteView events, const Hash32& previous_leaf) {
    LUCID_ASSERT(!events.empty() && events.size() <= segment_events_bytes_max);
    const int level = looks_incompressible(events) ? level_incompressible : level_default;
    const auto size =
        ZSTD_compressCCtx(impl_->zstd, impl_->compressed.data(), impl_->compressed.size(),
                          events.data(), events.size(), level);
    LUCID_ASSERT(ZSTD_isError(size) == 0);
    const auto key =
        segment_key(impl_->class_keys[static_cast<std::size_t>(event_class)], impl_->id, index);
    SegmentHeader header;
    header.event_class = event_class;
    header.index = index;
    header.t_first_us = t_first_us;
    header.t_last_us = t_last_us;
    header.body_length = static_cast<std::uint32_t>(size + crypto::aead_tag_bytes);
    header.key_id = segment_key_id(key);
    Bytes segment = encode_segment_header(header);
    const auto aad = additional_data(impl_->id, segment, previous_leaf);
    segment.resize(segment.size() + header.body_length);
    auto raw_key = key_of(key);
    crypto::aead_seal_to(raw_key, {}, aad, ByteView(impl_->compressed).first(size),
                         MutableByteView(segment).subspan(segment_header_bytes));
    crypto::wipe(raw_key);
    return segment;
}

Result<Bytes> open_segment(ByteView segment, const SessionId& id, const crypto::Secret& class_key,
                           const Hash32& previous_leaf) {
    LUCID_TRY(const auto header, decode_segment_header(segment));
    if (segment.size() != segment_header_bytes + header.body_length)
        return fail(Errc::bad_length, "segment", segment.size());
    const auto key = segment_key(class_key, id, header.index);
    if (segment_key_id(key) != header.key_id) return fail(Errc::hash_mismatch, "segment key id");
    auto raw_key = key_of(key);
    const auto frame = crypto::aead_open(
        raw_key, {}, additional_data(id, segment.first(segment_header_bytes), previous_leaf),
        segment.subspan(segment_header_bytes));
    crypto::wipe(raw_key);
    if (!frame) return fail(Errc::bad_mac, "segment body");
    // No size and no frame are numbers beyond any limit; an error of decompression is one, too.
    const auto size = ZSTD_getFrameContentSize(frame->data(), frame->size());
    if (size > segment_events_bytes_max) return fail(Errc::bad_length, "segment events", 0);
    if (ZSTD_findFrameCompressedSize(frame->data(), frame->size()) != frame->size())
        return fail(Errc::trailing_bytes, "segment frame");
    Bytes events(size);
    if (ZSTD_decompress(events.data(), events.size(), frame->data(), frame->size()) != size)
        return fail(Errc::bad_value, "segment frame");
    return events;
}

}  // namespace lucid::sessions::format
