// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/bits.hpp>
#include <lucid/rdp/bulk/mppc.hpp>

#include <algorithm>
#include <bit>

namespace lucid::rdp::bulk {
namespace {

constexpr std::size_t history_8k_bytes = 8192;
constexpr std::size_t history_64k_bytes = 65536;
/// Fewer bits than the shortest symbol has: padding of the last byte.
constexpr std::size_t shortest_symbol_bits = 8;

struct Field {
    std::uint32_t value;
    unsigned bits;  ///< consumed
};

/// CopyOffset (3.1.8.4.1.2.1, 3.1.8.4.2.2.1); `next` holds the next 32 bits and starts with 11.
Field copy_offset_8k(std::uint32_t next) {
    if (next >> 28 == 0xf) return {next >> 22 & 0x3f, 10};
    if (next >> 28 == 0xe) return {(next >> 20 & 0xff) + 64, 12};
    return {(next >> 16 & 0x1fff) + 320, 16};
}
Field copy_offset_64k(std::uint32_t next) {
    if (next >> 27 == 0x1f) return {next >> 21 & 0x3f, 11};
    if (next >> 27 == 0x1e) return {(next >> 19 & 0xff) + 64, 13};
    if (next >> 28 == 0xe) return {(next >> 17 & 0x7ff) + 320, 15};
    return {(next >> 13 & 0xffff) + 2368, 19};
}

/// LengthOfMatch (3.1.8.4.1.2.2): k ones, a zero and k + 1 bits; 0 bits when it is none.
Field match_length(std::uint32_t next, unsigned ones_max) {
    const auto ones = static_cast<unsigned>(std::countl_one(next));
    if (ones == 0) return {3, 1};
    if (ones > ones_max) return {0, 0};
    const unsigned bits = ones + 1;
    const auto low = next << bits >> (32 - bits);
    return {(1U << bits) + low, 2 * bits};
}

}  // namespace

Mppc::Mppc(MppcHistory history)
    : history_(history == MppcHistory::rdp4_8k ? history_8k_bytes : history_64k_bytes) {}

Result<ByteView> Mppc::decompress(std::uint8_t flags, ByteView data) {
    const bool small = history_.size() == history_8k_bytes;
    if ((flags & packet_at_front) != 0) offset_ = 0;
    if ((flags & packet_flushed) != 0) {
        std::fill(history_.begin(), history_.end(), std::uint8_t{0});
        watch_.wrote(0, history_.size());
        offset_ = 0;
    }
    if ((flags & packet_compressed) == 0) return data;
    const auto size = history_.size();
    const auto start = offset_;
    auto to = offset_;
    MsbBits bits(data, 8 * data.size());
    while (bits.remaining() >= shortest_symbol_bits) {
        const auto next = bits.peek(32);
        if (next >> 30 != 3) {
            const bool high = next >> 31 != 0;
            if (!bits.skip(high ? 9 : 8)) return fail(Errc::truncated, "mppc literal");
            if (to == size) return fail(Errc::limit_exceeded, "mppc history", to);
            history_[to++] =
                static_cast<std::uint8_t>(high ? (next >> 23 & 0x7f) | 0x80U : next >> 24);
            continue;
        }
        const auto copy = small ? copy_offset_8k(next) : copy_offset_64k(next);
        if (!bits.skip(copy.bits)) return fail(Errc::truncated, "mppc copy offset");
        if (copy.value == 0 || copy.value >= size)
            return fail(Errc::bad_value, "mppc copy offset", copy.value);
        const auto length = match_length(bits.peek(32), small ? 11 : 14);
        if (length.bits == 0) return fail(Errc::bad_value, "mppc match length");
        if (!bits.skip(length.bits)) return fail(Errc::truncated, "mppc match length");
        if (length.value > size - to) return fail(Errc::limit_exceeded, "mppc history", to);
        // A source before the front is what an earlier round left at the end.
        if (watch_.on() && copy.value > to - start) {
            const auto from = (to - copy.value) & (size - 1);
            const auto count = std::min<std::size_t>(length.value, copy.value - (to - start));
            watch_.reads(history_, from, std::min(count, size - from));
            if (count > size - from) watch_.reads(history_, 0, count - (size - from));
        }
        for (std::size_t i = 0; i < length.value; ++i, ++to)
            history_[to] = history_[(to - copy.value) & (size - 1)];
    }
    watch_.wrote(start, to - start);
    offset_ = to;
    return ByteView(history_).subspan(start, to - start);
}

void Mppc::save(Writer& w, SavedHistory history) const {
    w.u32_le(static_cast<std::uint32_t>(offset_));
    save_history(w, history_, history);
}

Result<void> Mppc::restore(Reader& r) {
    LUCID_TRY(const auto offset, r.u32_le("mppc offset"));
    if (offset > history_.size()) return fail(Errc::bad_value, "mppc offset", offset);
    LUCID_CHECK(restore_history(r, history_));
    offset_ = offset;
    return {};
}

}  // namespace lucid::rdp::bulk
