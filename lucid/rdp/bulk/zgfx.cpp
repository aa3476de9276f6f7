// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/bulk/bits.hpp>
#include <lucid/rdp/bulk/zgfx.hpp>

#include <bit>

namespace lucid::rdp::bulk {
namespace {

constexpr std::uint8_t segmented_single = 0xe0;
constexpr std::uint8_t segmented_multipart = 0xe1;
constexpr std::uint8_t compression_type_rdp8 = 0x04;
constexpr std::uint8_t segment_compressed = 0x20;
constexpr unsigned prefix_bits_max = 9;
/// A count has at most 65,536: 17 bits behind the ones.
constexpr unsigned count_ones_max = 15;

enum class TokenKind : std::uint8_t { invalid, literal, match };

struct Token {
    TokenKind kind = TokenKind::invalid;
    std::uint8_t prefix_bits = 0;
    std::uint8_t value_bits = 0;
    std::uint32_t value_base = 0;
};
using TokenTable = std::array<Token, std::size_t{1} << prefix_bits_max>;

/// The prefix codes of 3.1.9.1.2, one entry per possible next nine bits.
consteval TokenTable make_token_table() {
    TokenTable table{};
    const auto add = [&](unsigned bits, unsigned code, TokenKind kind, unsigned value_bits,
                         std::uint32_t base) {
        const unsigned rest = prefix_bits_max - bits;
        for (unsigned i = 0; i < 1U << rest; ++i)
            table[(code << rest) + i] = {kind, static_cast<std::uint8_t>(bits),
                                         static_cast<std::uint8_t>(value_bits), base};
    };
    add(1, 0, TokenKind::literal, 8, 0);
    struct Match {
        unsigned bits, code, value_bits;
        std::uint32_t base;
    };
    for (const auto& [bits, code, value_bits, base] :
         {Match{5, 17, 5, 0}, Match{5, 18, 7, 32}, Match{5, 19, 9, 160}, Match{5, 20, 10, 672},
          Match{5, 21, 12, 1696}, Match{6, 44, 14, 5792}, Match{6, 45, 15, 22176},
          Match{7, 92, 18, 54944}, Match{7, 93, 20, 317088}, Match{8, 188, 20, 1365664},
          Match{8, 189, 21, 2414240}, Match{9, 380, 22, 4511392}, Match{9, 381, 23, 8705696},
          Match{9, 382, 24, 17094304}})
        add(bits, code, TokenKind::match, value_bits, base);
    struct Literal {
        unsigned bits, code;
        std::uint8_t value;
    };
    for (const auto& [bits, code, value] :
         {Literal{5, 24, 0x00},  Literal{5, 25, 0x01},  Literal{6, 52, 0x02},
          Literal{6, 53, 0x03},  Literal{6, 54, 0xff},  Literal{7, 110, 0x04},
          Literal{7, 111, 0x05}, Literal{7, 112, 0x06}, Literal{7, 113, 0x07},
          Literal{7, 114, 0x08}, Literal{7, 115, 0x09}, Literal{7, 116, 0x0a},
          Literal{7, 117, 0x0b}, Literal{7, 118, 0x3a}, Literal{7, 119, 0x3b},
          Literal{7, 120, 0x3c}, Literal{7, 121, 0x3d}, Literal{7, 122, 0x3e},
          Literal{7, 123, 0x3f}, Literal{7, 124, 0x40}, Literal{7, 125, 0x80},
          Literal{8, 252, 0x0c}, Literal{8, 253, 0x38}, Literal{8, 254, 0x39},
          Literal{8, 255, 0x66}})
        add(bits, code, TokenKind::literal, 0, value);
    return table;
}
constexpr TokenTable tokens = make_token_table();

/// Count of a match: 0 is three; k + 1 ones and a zero: 2^(k+2) plus k + 2 bits.
Result<std::size_t> take_count(MsbBits& bits) {
    const auto next = bits.peek(32);
    const auto ones = static_cast<unsigned>(std::countl_one(next));
    if (ones == 0) {
        if (!bits.skip(1)) return fail(Errc::truncated, "zgfx count");
        return 3;
    }
    if (ones > count_ones_max) return fail(Errc::limit_exceeded, "zgfx count", ones);
    const unsigned extra = ones + 1;
    if (!bits.skip(extra)) return fail(Errc::truncated, "zgfx count");
    const auto low = bits.peek(extra);
    if (!bits.skip(extra)) return fail(Errc::truncated, "zgfx count");
    return (std::size_t{1} << extra) + low;
}

}  // namespace

Result<ByteView> Zgfx::decompress(ByteView message) {
    output_.clear();
    Reader r(message);
    LUCID_TRY(const auto descriptor, r.u8("zgfx descriptor"));
    if (descriptor == segmented_single) {
        LUCID_CHECK(add_segment(r.rest()));
        return ByteView(output_);
    }
    if (descriptor != segmented_multipart)
        return fail(Errc::bad_value, "zgfx descriptor", descriptor);
    LUCID_TRY(const auto count, r.u16_le("segmentCount"));
    LUCID_TRY(const auto total, r.u32_le("uncompressedSize"));
    if (total > zgfx_message_bytes_max)
        return fail(Errc::limit_exceeded, "uncompressedSize", total);
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto size, r.u32_le("segment size"));
        LUCID_TRY(const auto segment, r.take(size, "segment"));
        LUCID_CHECK(add_segment(segment));
        if (output_.size() > total) return fail(Errc::bad_length, "zgfx output", output_.size());
    }
    LUCID_CHECK(r.finish("zgfx message"));
    if (output_.size() != total) return fail(Errc::bad_length, "zgfx output", output_.size());
    return ByteView(output_);
}

Result<void> Zgfx::add_segment(ByteView segment) {
    Reader r(segment);
    LUCID_TRY(const auto header, r.u8("segment header"));
    if ((header & 0x0f) != compression_type_rdp8)
        return fail(Errc::unsupported, "segment compression type", header);
    const auto start = output_.size();
    if ((header & segment_compressed) != 0) {
        LUCID_CHECK(decode(r.rest(), start));
    } else {
        if (r.remaining() > zgfx_segment_bytes_max)
            return fail(Errc::limit_exceeded, "segment size", r.remaining());
        append(output_, r.rest());
    }
    remember(ByteView(output_).subspan(start));
    return {};
}

Result<void> Zgfx::decode(ByteView data, std::size_t start) {
    if (data.empty()) return fail(Errc::truncated, "zgfx segment");
    // The last byte counts the unused bits of the one before it.
    const auto padding = data.back();
    const auto bytes = data.first(data.size() - 1);
    if (padding > 7 || padding > 8 * bytes.size())
        return fail(Errc::bad_value, "zgfx padding", padding);
    MsbBits bits(bytes, 8 * bytes.size() - padding);
    while (bits.remaining() > 0) {
        const auto& token = tokens[bits.peek(prefix_bits_max)];
        if (token.kind == TokenKind::invalid) return fail(Errc::bad_value, "zgfx prefix");
        const unsigned width = token.prefix_bits + token.value_bits;
        // Up to 33 bits: prefix and value are looked at apart.
        if (!bits.skip(token.prefix_bits)) return fail(Errc::truncated, "zgfx prefix");
        const auto value =
            token.value_base + (token.value_bits == 0 ? 0 : bits.peek(token.value_bits));
        if (!bits.skip(width - token.prefix_bits)) return fail(Errc::truncated, "zgfx value");
        if (token.kind == TokenKind::literal) {
            if (output_.size() - start >= zgfx_segment_bytes_max)
                return fail(Errc::limit_exceeded, "zgfx segment");
            output_.push_back(static_cast<std::uint8_t>(value));
        } else if (value != 0) {
            LUCID_TRY(const auto count, take_count(bits));
            LUCID_CHECK(copy_match(value, count, start));
        } else {
            // Unencoded bytes: 15 bits of count, then from the next byte on.
            const auto count = bits.peek(15);
            ByteView raw;
            if (!bits.skip(15) || !bits.take_bytes(count, raw))
                return fail(Errc::truncated, "zgfx unencoded bytes");
            if (count > zgfx_segment_bytes_max - (output_.size() - start))
                return fail(Errc::limit_exceeded, "zgfx segment");
            append(output_, raw);
        }
    }
    return {};
}

Result<void> Zgfx::copy_match(std::size_t distance, std::size_t count, std::size_t start) {
    const auto written = output_.size() - start;
    if (distance > history_.size() + written || distance > zgfx_history_bytes)
        return fail(Errc::bad_value, "zgfx distance", distance);
    if (count > zgfx_segment_bytes_max - written) return fail(Errc::limit_exceeded, "zgfx segment");
    auto to = output_.size();
    output_.resize(to + count);
    const auto end = to + count;
    if (distance > written) {
        // The part before this segment comes from the ring.
        const auto back = distance - written;
        auto from = next_ >= back ? next_ - back : next_ + zgfx_history_bytes - back;
        if (watch_.on()) {
            const auto taken = std::min(back, count);
            const auto whole = std::min(taken, zgfx_history_bytes - from);
            watch_.reads(history_, from, whole);
            watch_.reads(history_, 0, taken - whole);
        }
        for (auto left = std::min(back, count); left > 0; --left) {
            output_[to++] = history_[from];
            if (++from == zgfx_history_bytes) from = 0;
        }
    }
    if (distance >= end - to) {
        std::copy_n(output_.begin() + static_cast<std::ptrdiff_t>(to - distance), end - to,
                    output_.begin() + static_cast<std::ptrdiff_t>(to));
    } else {
        for (; to < end; ++to) output_[to] = output_[to - distance];
    }
    return {};
}

void Zgfx::remember(ByteView plain) {
    const auto grown = std::min(plain.size(), zgfx_history_bytes - history_.size());
    append(history_, plain.first(grown));
    // What the history grows by was not there at a mark.
    next_ = (next_ + grown) % zgfx_history_bytes;
    plain = plain.subspan(grown);
    while (!plain.empty()) {
        const auto part = std::min(plain.size(), zgfx_history_bytes - next_);
        std::copy_n(plain.begin(), part, history_.begin() + static_cast<std::ptrdiff_t>(next_));
        watch_.wrote(next_, part);
        plain = plain.subspan(part);
        next_ = (next_ + part) % zgfx_history_bytes;
    }
}

void Zgfx::save(Writer& w, SavedHistory history) const {
    w.u32_le(static_cast<std::uint32_t>(history_.size())).u32_le(static_cast<std::uint32_t>(next_));
    save_history(w, history_, history);
}

Result<void> Zgfx::restore(Reader& r) {
    LUCID_TRY(const auto size, r.u32_le("zgfx history"));
    LUCID_TRY(const auto next, r.u32_le("zgfx position"));
    if (size > zgfx_history_bytes) return fail(Errc::bad_value, "zgfx history", size);
    // Until the ring is full it ends where the next byte goes.
    if (next >= zgfx_history_bytes || (size < zgfx_history_bytes && next != size))
        return fail(Errc::bad_value, "zgfx position", next);
    history_.assign(size, 0);
    LUCID_CHECK(restore_history(r, history_));
    next_ = next;
    return {};
}

}  // namespace lucid::rdp::bulk
