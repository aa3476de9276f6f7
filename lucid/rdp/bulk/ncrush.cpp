// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/bits.hpp>
#include <lucid/rdp/bulk/ncrush.hpp>
#include <lucid/rdp/bulk/ncrush_tables.hpp>

#include <algorithm>
#include <utility>

namespace lucid::rdp::bulk {
namespace {

namespace tables = ncrush_tables;

constexpr std::size_t history_bytes = 65536;
/// What PACKET_AT_FRONT keeps (3.1.8.1.2).
constexpr std::size_t slide_bytes = 32768;
constexpr unsigned lec_bits_max = 13;
constexpr unsigned lom_bits_max = 9;
constexpr std::uint16_t end_of_stream = 256;
constexpr std::uint16_t first_copy_offset = 257;
constexpr std::uint16_t first_cached_offset = 289;
constexpr std::uint16_t cached_offsets = 4;

const auto& lec_table() {
    static constexpr auto table = tables::make_table<lec_bits_max>(tables::lec_lengths);
    return table;
}
const auto& lom_table() {
    static constexpr auto table = tables::make_table<lom_bits_max>(tables::lom_lengths);
    return table;
}

/// LengthOfMatch (3.1.8.1.4.3).
Result<std::size_t> take_match_length(LsbBits& bits) {
    const auto symbol = lom_table()[bits.peek(lom_bits_max)];
    if (!bits.skip(symbol.bits)) return fail(Errc::truncated, "ncrush match length");
    if (symbol.value >= tables::match_length_bits.size())
        return fail(Errc::bad_value, "ncrush match length", symbol.value);
    const unsigned extra = tables::match_length_bits[symbol.value];
    const auto length = tables::match_length_base[symbol.value] + bits.peek(extra);
    if (!bits.skip(extra)) return fail(Errc::truncated, "ncrush match length");
    return length;
}

/// CopyOffset (3.1.8.1.4.2) of a symbol in the range of plain offsets.
Result<std::uint32_t> take_copy_offset(LsbBits& bits, unsigned index) {
    const unsigned extra = tables::copy_offset_bits[index];
    const auto offset = tables::copy_offset_base[index] - 1 + bits.peek(extra);
    if (!bits.skip(extra)) return fail(Errc::truncated, "ncrush copy offset");
    return offset;
}

}  // namespace

Ncrush::Ncrush() : history_(history_bytes) {}

Result<void> Ncrush::slide() {
    if (offset_ < slide_bytes) return fail(Errc::bad_value, "ncrush slide", offset_);
    watch_.reads(history_, offset_ - slide_bytes, slide_bytes);
    watch_.wrote(0, history_.size());
    std::copy(history_.begin() + static_cast<std::ptrdiff_t>(offset_ - slide_bytes),
              history_.begin() + static_cast<std::ptrdiff_t>(offset_), history_.begin());
    std::fill(history_.begin() + slide_bytes, history_.end(), std::uint8_t{0});
    offset_ = slide_bytes;
    return {};
}

Result<ByteView> Ncrush::decompress(std::uint8_t flags, ByteView data) {
    if ((flags & packet_at_front) != 0 && (flags & packet_flushed) == 0) LUCID_CHECK(slide());
    if ((flags & packet_flushed) != 0) {
        std::fill(history_.begin(), history_.end(), std::uint8_t{0});
        watch_.wrote(0, history_.size());
        offset_ = 0;
        offset_cache_ = {};
    }
    if ((flags & packet_compressed) == 0) return data;
    const auto start = offset_;
    auto to = offset_;
    LsbBits bits(data);
    for (;;) {
        const auto symbol = lec_table()[bits.peek(lec_bits_max)];
        if (!bits.skip(symbol.bits)) return fail(Errc::truncated, "ncrush symbol");
        if (symbol.value < end_of_stream) {
            if (to == history_bytes) return fail(Errc::limit_exceeded, "ncrush history", to);
            history_[to++] = static_cast<std::uint8_t>(symbol.value);
            continue;
        }
        if (symbol.value == end_of_stream) break;
        std::uint32_t copy = 0;
        std::size_t length = 0;
        if (symbol.value < first_cached_offset) {
            LUCID_TRY(copy, take_copy_offset(bits, symbol.value - 0U - first_copy_offset));
            LUCID_TRY(length, take_match_length(bits));
            offset_cache_ = {copy, offset_cache_[0], offset_cache_[1], offset_cache_[2]};
        } else {
            const auto index = static_cast<std::size_t>(symbol.value - first_cached_offset);
            if (index >= cached_offsets) return fail(Errc::bad_value, "ncrush symbol", index);
            copy = offset_cache_[index];
            LUCID_TRY(length, take_match_length(bits));
            std::swap(offset_cache_[0], offset_cache_[index]);
        }
        if (copy == 0) return fail(Errc::bad_value, "ncrush copy offset");
        if (length > history_bytes - to) return fail(Errc::limit_exceeded, "ncrush history", to);
        if (watch_.on() && copy > to - start) {
            const auto from = (to - copy) & (history_bytes - 1);
            const auto count = std::min<std::size_t>(length, copy - (to - start));
            watch_.reads(history_, from, std::min(count, history_bytes - from));
            if (count > history_bytes - from)
                watch_.reads(history_, 0, count - (history_bytes - from));
        }
        for (std::size_t i = 0; i < length; ++i, ++to)
            history_[to] = history_[(to - copy) & (history_bytes - 1)];
    }
    watch_.wrote(start, to - start);
    offset_ = to;
    return ByteView(history_).subspan(start, to - start);
}

void Ncrush::save(Writer& w, SavedHistory history) const {
    w.u32_le(static_cast<std::uint32_t>(offset_));
    for (const auto offset : offset_cache_) w.u32_le(offset);
    save_history(w, history_, history);
}

Result<void> Ncrush::restore(Reader& r) {
    LUCID_TRY(const auto offset, r.u32_le("ncrush offset"));
    if (offset > history_bytes) return fail(Errc::bad_value, "ncrush offset", offset);
    for (auto& cached : offset_cache_) {
        LUCID_TRY(cached, r.u32_le("ncrush offset cache"));
    }
    LUCID_CHECK(restore_history(r, history_));
    offset_ = offset;
    return {};
}

}  // namespace lucid::rdp::bulk
