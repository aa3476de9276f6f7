// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/tiles.hpp>
#include <lucid/sessions/replay/segment_reader.hpp>

#include <algorithm>

namespace lucid::sessions::replay {

std::string SegmentReader::file(std::size_t chunk) const {
    return folder_ + "chunks/" + to_hex(chunks_[chunk].hash) + ".lchk";
}

Result<std::span<const SegmentPlace>> SegmentReader::places(std::size_t chunk) {
    if (chunk >= chunks_.size()) return fail(Errc::not_found, "chunk", chunk);
    auto& places = places_[chunk];
    if (!places.empty()) return std::span<const SegmentPlace>(places);
    const auto& entry = chunks_[chunk];
    constexpr std::size_t length_bytes = sizeof(std::uint32_t);
    if (entry.size > format::chunk_bytes_max ||
        entry.size < format::chunk_header_bytes + length_bytes)
        return fail(Errc::bad_length, "chunk", entry.size);
    LUCID_TRY(const auto tail,
              source_->read_part(file(chunk), entry.size - length_bytes, length_bytes));
    Reader length_reader(tail);
    LUCID_TRY(const auto length, length_reader.u32_le("chunk trailer length"));
    if (length == 0 || length % format::trailer_entry_bytes != 0 ||
        length > entry.size - format::chunk_header_bytes - length_bytes)
        return fail(Errc::bad_length, "chunk trailer length", length);
    const auto end = entry.size - length_bytes - length;
    LUCID_TRY(const auto trailer, source_->read_part(file(chunk), end, length));
    std::vector<SegmentPlace> found;
    for (Reader r(trailer); !r.empty();) {
        SegmentPlace place;
        place.index = entry.first_index + found.size();
        place.chunk = chunk;
        LUCID_TRY(place.offset, r.u32_le("segment offset"));
        LUCID_TRY(place.t_first_us, r.u64_le("segment t_first"));
        LUCID_TRY(const auto event_class, r.u8("segment class"));
        if (event_class >= format::event_classes || place.offset >= end ||
            (!found.empty() && place.offset <= found.back().offset))
            return fail(Errc::bad_value, "chunk trailer", place.index);
        place.event_class = static_cast<format::EventClass>(event_class);
        found.push_back(place);
    }
    for (std::size_t i = 0; i < found.size(); ++i)
        found[i].length = static_cast<std::size_t>(
            (i + 1 < found.size() ? found[i + 1].offset : end) - found[i].offset);
    places = std::move(found);
    return std::span<const SegmentPlace>(places);
}

Result<SegmentPlace> SegmentReader::place(std::uint64_t index) {
    const auto after = std::partition_point(chunks_.begin(), chunks_.end(), [&](const auto& chunk) {
        return chunk.first_index <= index;
    });
    if (after == chunks_.begin()) return fail(Errc::not_found, "segment", index);
    const auto chunk = static_cast<std::size_t>(after - chunks_.begin()) - 1;
    LUCID_TRY(const auto found, places(chunk));
    const auto n = index - chunks_[chunk].first_index;
    if (n >= found.size()) return fail(Errc::not_found, "segment", index);
    return found[n];
}

Result<Hash32> SegmentReader::leaf_before(std::uint64_t index) {
    if (index == 0) return Hash32{};
    const auto before = index - 1;
    if (opened_ == before) return opened_leaf_;
    const auto tile = folder_ + "tiles/0/" + std::to_string(before / format::tile_hashes);
    LUCID_TRY(
        const auto hash,
        source_->read_part(tile, before % format::tile_hashes * sizeof(Hash32), sizeof(Hash32)));
    Hash32 leaf;
    std::copy(hash.begin(), hash.end(), leaf.begin());
    return leaf;
}

Result<Bytes> SegmentReader::open(const SegmentPlace& place, const crypto::Secret& class_key) {
    LUCID_TRY(const auto before, leaf_before(place.index));
    LUCID_TRY(const auto segment,
              source_->read_part(file(place.chunk), place.offset, place.length));
    LUCID_TRY(auto events, format::open_segment(segment, id_, class_key, before));
    opened_ = place.index;
    opened_leaf_ = format::segment_leaf(segment);
    return events;
}

Result<std::optional<std::size_t>> SegmentReader::chunk_at(std::uint64_t time_us) {
    std::size_t low = 0;
    std::size_t high = chunks_.size();
    // Invariant: chunks before `low` begin at or before the time, those from `high` on later.
    while (low < high) {
        const auto middle = low + (high - low) / 2;
        LUCID_TRY(const auto found, places(middle));
        if (found.front().t_first_us <= time_us)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0) return std::optional<std::size_t>();
    return std::optional(low - 1);
}

}  // namespace lucid::sessions::replay
