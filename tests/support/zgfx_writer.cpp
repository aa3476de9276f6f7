// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>

#include <algorithm>
#include <bit>
#include <tests/support/zgfx_writer.hpp>

namespace lucid::test {
namespace {

struct Short {
    std::uint8_t value;
    std::uint32_t code;
    unsigned bits;
};
const std::vector<Short> shorts = {
    {0x00, 24, 5},  {0x01, 25, 5},  {0x02, 52, 6},  {0x03, 53, 6},  {0xff, 54, 6},
    {0x04, 110, 7}, {0x05, 111, 7}, {0x06, 112, 7}, {0x07, 113, 7}, {0x08, 114, 7},
    {0x09, 115, 7}, {0x0a, 116, 7}, {0x0b, 117, 7}, {0x3a, 118, 7}, {0x3b, 119, 7},
    {0x3c, 120, 7}, {0x3d, 121, 7}, {0x3e, 122, 7}, {0x3f, 123, 7}, {0x40, 124, 7},
    {0x80, 125, 7}, {0x0c, 252, 8}, {0x38, 253, 8}, {0x39, 254, 8}, {0x66, 255, 8},
};
struct Distance {
    std::uint32_t base;
    unsigned value_bits;
    std::uint32_t code;
    unsigned bits;
};
const std::vector<Distance> distances = {
    {2414240, 21, 189, 8}, {1365664, 20, 188, 8}, {317088, 20, 93, 7}, {54944, 18, 92, 7},
    {22176, 15, 45, 6},    {5792, 14, 44, 6},     {1696, 12, 21, 5},   {672, 10, 20, 5},
    {160, 9, 19, 5},       {32, 7, 18, 5},        {0, 5, 17, 5},
};

}  // namespace

void ZgfxWriter::bits(std::uint32_t value, unsigned count) {
    for (unsigned i = count; i-- > 0;) {
        if (used_ == 8) {
            bytes_.push_back(0);
            used_ = 0;
        }
        bytes_.back() |= static_cast<std::uint8_t>((value >> i & 1U) << (7 - used_++));
    }
}

void ZgfxWriter::literal(std::uint8_t value) {
    for (const auto& token : shorts)
        if (token.value == value) return bits(token.code, token.bits);
    bits(value, 9);
}

void ZgfxWriter::match(std::uint32_t distance, std::uint32_t count) {
    const auto& token = *std::find_if(distances.begin(), distances.end(),
                                      [&](const auto& d) { return distance >= d.base; });
    bits(token.code, token.bits);
    bits(distance - token.base, token.value_bits);
    if (count == 3) return bits(0, 1);
    // 2^k <= count < 2^(k+1): k - 1 ones, a zero, k bits.
    const auto k = static_cast<unsigned>(std::bit_width(count)) - 1;
    for (unsigned i = 0; i < k - 1; ++i) bits(1, 1);
    bits(0, 1);
    bits(count - (1U << k), k);
}

void ZgfxWriter::unencoded(ByteView raw) {
    bits(17, 5);
    bits(0, 5);
    bits(static_cast<std::uint32_t>(raw.size()), 15);
    append(bytes_, raw);
    used_ = 8;
}

Bytes ZgfxWriter::segment() const {
    Bytes out = {0x24};
    append(out, bytes_);
    out.push_back(static_cast<std::uint8_t>(8 - used_));
    return out;
}

Bytes random_zgfx_segment(std::mt19937& random, Bytes& plain, std::size_t tokens) {
    ZgfxWriter w;
    const auto start = plain.size();
    for (std::size_t i = 0; i < tokens; ++i) {
        const auto room = 65535 - (plain.size() - start);
        const auto kind = random() % 8;
        if (kind < 3 && plain.size() > 0 && room > 3) {
            // Short and long distances alike: a random number of bits.
            const auto far = std::uint32_t{1} << random() % 22;
            const auto distance = static_cast<std::uint32_t>(
                1 + random() % std::min<std::size_t>({plain.size(), 2'500'000, far}));
            const auto long_one = random() % 16 == 0 ? 3000U : 40U;
            const auto count = static_cast<std::uint32_t>(
                3 + random() % std::min<std::size_t>(room - 3, long_one));
            w.match(distance, count);
            for (std::uint32_t n = 0; n < count; ++n)
                plain.push_back(plain[plain.size() - distance]);
        } else if (kind == 3 && random() % 8 == 0 && room > 600) {
            Bytes raw(random() % 600);
            for (auto& byte : raw) byte = static_cast<std::uint8_t>(random());
            w.unencoded(raw);
            append(plain, raw);
        } else if (room > 0) {
            const auto value = static_cast<std::uint8_t>(random() >> (random() % 8));
            w.literal(value);
            plain.push_back(value);
        }
    }
    return w.segment();
}

Bytes zgfx_single(ByteView segment) {
    Bytes out = {0xe0};
    append(out, segment);
    return out;
}

Bytes zgfx_multipart(const std::vector<Bytes>& segments, std::uint32_t total) {
    Writer w;
    w.u8(0xe1).u16_le(static_cast<std::uint16_t>(segments.size())).u32_le(total);
    for (const auto& segment : segments)
        w.u32_le(static_cast<std::uint32_t>(segment.size())).bytes(segment);
    return w.take();
}

}  // namespace lucid::test
