// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/xcrush.hpp>

#include <algorithm>

namespace lucid::rdp::bulk {
namespace {

/// Level1ComprFlags (MS-RDPEGDI 2.2.2.4).
constexpr std::uint8_t l1_compressed = 0x01;
constexpr std::uint8_t l1_no_compression = 0x02;
constexpr std::uint8_t l1_packet_at_front = 0x04;

}  // namespace

Xcrush::Xcrush() = default;

Result<void> Xcrush::put(ByteView literals, std::size_t start) {
    if (literals.size() > xcrush_history_bytes - offset_ ||
        literals.size() > packet_bytes_max - (offset_ - start))
        return fail(Errc::limit_exceeded, "xcrush literals", literals.size());
    std::copy(literals.begin(), literals.end(),
              history_.begin() + static_cast<std::ptrdiff_t>(offset_));
    offset_ += literals.size();
    return {};
}

Result<void> Xcrush::copy_match(std::size_t from, std::size_t length, std::size_t start) {
    if (length > xcrush_history_bytes - offset_ || length > packet_bytes_max - (offset_ - start))
        return fail(Errc::limit_exceeded, "xcrush match", length);
    if (from >= xcrush_history_bytes || length > xcrush_history_bytes - from)
        return fail(Errc::bad_value, "MatchHistoryOffset", from);
    if (from < start || from >= offset_) watch_.reads(history_, from, length);
    // Source and target may overlap; then the bytes just written repeat.
    for (std::size_t i = 0; i < length; ++i) history_[offset_ + i] = history_[from + i];
    offset_ += length;
    return {};
}

Result<ByteView> Xcrush::decompress_level_1(std::uint8_t flags, ByteView data) {
    if (history_.empty()) history_.resize(xcrush_history_bytes);
    if ((flags & l1_packet_at_front) != 0) offset_ = 0;
    const auto start = offset_;
    Reader r(data);
    if ((flags & l1_no_compression) == 0) {
        if ((flags & l1_compressed) == 0) return fail(Errc::bad_value, "Level1ComprFlags", flags);
        // MatchCount u16 | RDP61_MATCH_DETAILS[MatchCount] | Literals
        constexpr std::size_t match_bytes = 2 + 2 + 4;
        LUCID_TRY(const auto count, r.u16_le("MatchCount"));
        LUCID_TRY(const auto details, r.take(count * match_bytes, "MatchDetails"));
        // Whole matches: reading their fields does not fail.
        Reader matches(details);
        while (!matches.empty()) {
            LUCID_TRY(const auto length, matches.u16_le("MatchLength"));
            LUCID_TRY(const auto output_offset, matches.u16_le("MatchOutputOffset"));
            LUCID_TRY(const auto from, matches.u32_le("MatchHistoryOffset"));
            const auto written = offset_ - start;
            if (output_offset < written)
                return fail(Errc::bad_value, "MatchOutputOffset", output_offset);
            LUCID_TRY(const auto literals, r.take(output_offset - written, "Literals"));
            LUCID_CHECK(put(literals, start));
            LUCID_CHECK(copy_match(from, length, start));
        }
    }
    LUCID_CHECK(put(r.rest(), start));
    watch_.wrote(start, offset_ - start);
    return ByteView(history_).subspan(start, offset_ - start);
}

Result<ByteView> Xcrush::decompress(std::uint8_t flags, ByteView data) {
    if ((flags & packet_flushed) != 0) {
        std::fill(history_.begin(), history_.end(), std::uint8_t{0});
        watch_.wrote(0, history_.size());
        offset_ = 0;
    }
    if ((flags & packet_compressed) == 0) return data;
    Reader r(data);
    LUCID_TRY(const auto level_1_flags, r.u8("Level1ComprFlags"));
    LUCID_TRY(const auto level_2_flags, r.u8("Level2ComprFlags"));
    LUCID_TRY(const auto level_1_data, level_2_.decompress(level_2_flags, r.rest()));
    return decompress_level_1(level_1_flags, level_1_data);
}

void Xcrush::mark() {
    level_2_.mark();
    watch_.mark(history_.size());
}

void Xcrush::save(Writer& w, SavedHistory history) const {
    level_2_.save(w, history);
    w.u8(history_.empty() ? 0 : 1).u32_le(static_cast<std::uint32_t>(offset_));
    save_history(w, history_, history);
}

Result<void> Xcrush::restore(Reader& r) {
    LUCID_CHECK(level_2_.restore(r));
    LUCID_TRY(const auto used, r.u8("xcrush history"));
    if (used > 1) return fail(Errc::bad_value, "xcrush history", used);
    LUCID_TRY(const auto offset, r.u32_le("xcrush offset"));
    if (offset > (used != 0 ? xcrush_history_bytes : 0))
        return fail(Errc::bad_value, "xcrush offset", offset);
    history_.resize(used != 0 ? xcrush_history_bytes : 0);
    LUCID_CHECK(restore_history(r, history_));
    offset_ = offset;
    return {};
}

}  // namespace lucid::rdp::bulk
