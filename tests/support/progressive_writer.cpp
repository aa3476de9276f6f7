// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/progressive_bands.hpp>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <tests/support/progressive_writer.hpp>

namespace lucid::test {

using rdp::codec::PixelView;

namespace {

constexpr unsigned quantizer = 7;  ///< of every band
constexpr std::size_t side = 64;

class BitWriter {
  public:
    void put(std::uint32_t value, unsigned bits) {
        for (; bits > 0; --bits) bit(value >> (bits - 1) & 1);
    }
    void bit(std::uint32_t value) {
        if (used_ % 8 == 0) out_.push_back(0);
        if (value != 0) out_.back() |= static_cast<std::uint8_t>(0x80U >> used_ % 8);
        ++used_;
    }
    Bytes take() { return std::move(out_); }

  private:
    Bytes out_;
    std::size_t used_ = 0;
};

/// One row or column of `length` values at `step`: low values first into `low`, high into `high`.
void split(const int* in, std::size_t step, std::size_t length, bool extrapolate, int* low,
           std::size_t low_step, int* high, std::size_t high_step) {
    const auto x = [&](std::size_t i) { return in[i * step]; };
    const std::size_t pairs = length / 2;
    // The plain transform mirrors at the end; the first extrapolated level has no last high value.
    const std::size_t highs = extrapolate && length == 64 ? 31 : pairs;
    const auto h = [&](std::size_t j) -> int {
        if (j >= highs) return 0;
        const int after = 2 * j + 2 < length ? x(2 * j + 2) : x(2 * j);
        return (x(2 * j + 1) - (x(2 * j) + after) / 2) / 2;
    };
    for (std::size_t j = 0; j < highs; ++j) high[j * high_step] = h(j);
    for (std::size_t j = 0; j < pairs; ++j)
        low[j * low_step] = x(2 * j) + ((j == 0 ? h(0) : h(j - 1)) + h(j)) / 2;
    if (extrapolate && length == 64) low[32 * low_step] = 2 * x(63) - x(62);
    if (length % 2 == 1) low[pairs * low_step] = x(length - 1) + h(pairs - 1);
}

/// Forward transform of one plane into bands in their order.
void forward(std::vector<int> plane, bool extrapolate, std::vector<int>& out) {
    out.assign(4096, 0);
    std::size_t at = 0;
    std::size_t length = side;
    for (int level = 0; level < 3; ++level) {
        const std::size_t highs = extrapolate && level == 0 ? 31 : length / 2;
        const std::size_t lows = length - highs;
        std::vector<int> rows(length * length);
        // Columns first, as decoders do rows first.
        for (std::size_t x = 0; x < length; ++x)
            split(plane.data() + x, length, length, extrapolate, rows.data() + x, length,
                  rows.data() + lows * length + x, length);
        std::vector<int> ll(lows * lows);
        int* hl = out.data() + at;
        int* lh = hl + highs * lows;
        int* hh = lh + lows * highs;
        for (std::size_t y = 0; y < lows; ++y)
            split(rows.data() + y * length, 1, length, extrapolate, ll.data() + y * lows, 1,
                  hl + y * highs, 1);
        for (std::size_t y = 0; y < highs; ++y)
            split(rows.data() + (lows + y) * length, 1, length, extrapolate, lh + y * lows, 1,
                  hh + y * highs, 1);
        at += 2 * highs * lows + highs * highs;
        plane = std::move(ll);
        length = lows;
    }
    std::copy(plane.begin(), plane.end(), out.begin() + static_cast<std::ptrdiff_t>(at));
}

std::size_t low_band_size(bool extrapolate) {
    return (extrapolate ? rdp::codec::extrapolated_bands : rdp::codec::plain_bands)[9];
}

/// Towards zero, as signs and magnitudes are sent; LL3 rounds down.
int without(int value, unsigned bits, bool low_band) {
    if (low_band) return value >> bits;
    return value < 0 ? -(-value >> bits) : value >> bits;
}

/// Zero runs and first significant values of an upgrade.
class SrlWriter {
  public:
    void put(int value, unsigned bits) {
        if (value == 0) {
            if (++zeros_ < 1U << (kp_ / 8)) return;
            out_.bit(0);
            kp_ = std::min(kp_ + 4, 80U);
            zeros_ = 0;
            return;
        }
        out_.bit(1);
        out_.put(zeros_, kp_ / 8);
        zeros_ = 0;
        out_.bit(value < 0 ? 1 : 0);
        kp_ = kp_ > 6 ? kp_ - 6 : 0;
        const int magnitude = std::abs(value);
        for (int i = 1; i < magnitude; ++i) out_.bit(0);
        if (magnitude < (1 << bits) - 1) out_.bit(1);
    }
    Bytes take() {
        if (zeros_ > 0) out_.bit(0);
        return out_.take();
    }

  private:
    BitWriter out_;
    unsigned kp_ = 8;
    unsigned zeros_ = 0;
};

Bytes block(std::uint16_t type, ByteView body) {
    Writer out;
    out.u16_le(type).u32_le(static_cast<std::uint32_t>(body.size() + 6)).bytes(body);
    return out.take();
}

}  // namespace

Bytes encode_rlgr1(const ProgressiveWriter::Plane& values) {
    BitWriter out;
    unsigned kp = 8, krp = 8;
    const auto code = [&](unsigned value) {
        const unsigned kr = krp / 8;
        const unsigned ones = value >> kr;
        for (unsigned i = 0; i < ones; ++i) out.bit(1);
        out.bit(0);
        out.put(value, kr);
        if (ones == 0) krp = krp > 2 ? krp - 2 : 0;
        if (ones > 1) krp = std::min(krp + ones, 80U);
    };
    std::size_t at = 0;
    while (at < values.size()) {
        if (kp / 8 == 0) {
            const int value = values[at++];
            const unsigned folded = static_cast<unsigned>(value < 0 ? -2 * value - 1 : 2 * value);
            code(folded);
            kp = folded == 0 ? std::min(kp + 3, 80U) : kp > 3 ? kp - 3 : 0;
            continue;
        }
        unsigned zeros = 0;
        while (at < values.size() && values[at] == 0) {
            ++at;
            ++zeros;
        }
        unsigned run = 1U << (kp / 8);
        while (zeros >= run) {
            out.bit(0);
            zeros -= run;
            kp = std::min(kp + 4, 80U);
            run = 1U << (kp / 8);
        }
        if (at == values.size()) {
            // The rest of the zeros as one more whole run.
            if (zeros > 0) out.bit(0);
            break;
        }
        out.bit(1);
        out.put(zeros, kp / 8);
        const int value = values[at++];
        out.bit(value < 0 ? 1 : 0);
        code(static_cast<unsigned>(std::abs(value)) - 1);
        kp = kp > 6 ? kp - 6 : 0;
    }
    return out.take();
}

ProgressiveWriter::ProgressiveWriter(std::uint32_t width, std::uint32_t height, bool extrapolate)
    : width_(width),
      height_(height),
      columns_((width + 63) / 64),
      extrapolate_(extrapolate),
      tiles_(std::size_t{columns_} * ((height + 63) / 64)) {}

void ProgressiveWriter::transform(PixelView picture) {
    for (std::size_t t = 0; t < tiles_.size(); ++t) {
        std::vector<int> planes[components];
        for (auto& plane : planes) plane.resize(side * side);
        for (std::uint32_t i = 0; i < side * side; ++i) {
            const auto x =
                std::min(static_cast<std::uint32_t>(t % columns_ * side) + i % 64, width_ - 1);
            const auto y =
                std::min(static_cast<std::uint32_t>(t / columns_ * side) + i / 64, height_ - 1);
            const std::uint8_t* pixel = picture.row(y) + 4 * std::size_t{x};
            const double b = pixel[0], g = pixel[1], r = pixel[2];
            // MS-RDPRFX 3.1.8.1.3, five bits below the point.
            planes[0][i] =
                static_cast<int>(std::lround(32 * (0.299 * r + 0.587 * g + 0.114 * b - 128)));
            planes[1][i] =
                static_cast<int>(std::lround(32 * (-0.168935 * r - 0.331665 * g + 0.50059 * b)));
            planes[2][i] =
                static_cast<int>(std::lround(32 * (0.499813 * r - 0.418531 * g - 0.081282 * b)));
        }
        for (int c = 0; c < components; ++c) {
            std::vector<int> bands;
            forward(std::move(planes[c]), extrapolate_, bands);
            const std::size_t low = 4096 - low_band_size(extrapolate_);
            for (std::size_t i = 0; i < 4096; ++i)
                tiles_[t].value[c][i] =
                    static_cast<std::int16_t>(without(bands[i], quantizer - 1, i >= low));
        }
    }
}

Bytes ProgressiveWriter::entropy(const Plane& values, unsigned dropped) const {
    const std::size_t low = 4096 - low_band_size(extrapolate_);
    Plane sent;
    for (std::size_t i = 0; i < 4096; ++i)
        sent[i] = static_cast<std::int16_t>(without(values[i], dropped, i >= low));
    for (std::size_t i = 4095; i > low; --i)
        sent[i] = static_cast<std::int16_t>(sent[i] - sent[i - 1]);
    return encode_rlgr1(sent);
}

Bytes ProgressiveWriter::message(const Region& region) {
    Bytes out;
    append(out, block(0xccc0, Writer().u32_le(0xcaccacca).u16_le(0x0100).view()));
    append(out, block(0xccc3, Writer().u8(0).u16_le(64).u8(1).view()));
    append(out, block(0xccc1, Writer().u32_le(0).u16_le(1).view()));
    Writer w;
    w.u8(64).u16_le(1).u8(1).u8(9).u8(extrapolate_ ? 1 : 0).u16_le(region.count);
    w.u32_le(static_cast<std::uint32_t>(region.tiles.size()));
    w.u16_le(0).u16_le(0).u16_le(static_cast<std::uint16_t>(width_));
    w.u16_le(static_cast<std::uint16_t>(height_));
    w.bytes(Bytes(5, quantizer << 4 | quantizer));
    // Quality n drops n bits of every band.
    for (std::uint8_t n = 0; n < 9; ++n)
        w.u8(n).bytes(Bytes(15, static_cast<std::uint8_t>(n << 4 | n)));
    w.bytes(region.tiles);
    append(out, block(0xccc4, w.view()));
    append(out, block(0xccc2, {}));
    return out;
}

Bytes ProgressiveWriter::simple(PixelView picture, bool difference) {
    for (auto& tile : tiles_) std::copy_n(tile.value, components, tile.sent);
    transform(picture);
    Region region;
    for (std::size_t t = 0; t < tiles_.size(); ++t, ++region.count) {
        Writer w;
        w.u8(0).u8(0).u8(0).u16_le(static_cast<std::uint16_t>(t % columns_));
        w.u16_le(static_cast<std::uint16_t>(t / columns_)).u8(difference ? 1 : 0);
        Bytes data;
        for (int c = 0; c < components; ++c) {
            Plane values = tiles_[t].value[c];
            if (difference)
                for (std::size_t i = 0; i < 4096; ++i)
                    values[i] = static_cast<std::int16_t>(values[i] - tiles_[t].sent[c][i]);
            const auto coded = entropy(values, 0);
            w.u16_le(static_cast<std::uint16_t>(coded.size()));
            append(data, coded);
        }
        append(region.tiles, block(0xccc5, w.u16_le(0).bytes(data).view()));
    }
    return message(region);
}

Bytes ProgressiveWriter::first(PixelView picture, unsigned dropped) {
    transform(picture);
    dropped_ = dropped;
    Region region;
    for (std::size_t t = 0; t < tiles_.size(); ++t, ++region.count) {
        Writer w;
        w.u8(0).u8(0).u8(0).u16_le(static_cast<std::uint16_t>(t % columns_));
        w.u16_le(static_cast<std::uint16_t>(t / columns_)).u8(0);
        w.u8(static_cast<std::uint8_t>(dropped));
        Bytes data;
        for (const auto& values : tiles_[t].value) {
            const auto coded = entropy(values, dropped);
            w.u16_le(static_cast<std::uint16_t>(coded.size()));
            append(data, coded);
        }
        append(region.tiles, block(0xccc6, w.u16_le(0).bytes(data).view()));
    }
    return message(region);
}

Bytes ProgressiveWriter::upgrade(unsigned dropped) {
    const unsigned bits = dropped_ - dropped;
    const std::size_t low = 4096 - low_band_size(extrapolate_);
    Region region;
    for (std::size_t t = 0; t < tiles_.size(); ++t, ++region.count) {
        Writer w;
        w.u8(0).u8(0).u8(0).u16_le(static_cast<std::uint16_t>(t % columns_));
        w.u16_le(static_cast<std::uint16_t>(t / columns_)).u8(static_cast<std::uint8_t>(dropped));
        Bytes data;
        for (const auto& values : tiles_[t].value) {
            SrlWriter srl;
            BitWriter raw;
            for (std::size_t i = 0; bits > 0 && i < 4096; ++i) {
                const int now = without(values[i], dropped, i >= low);
                if (i >= low || without(values[i], dropped_, false) != 0)
                    raw.put(static_cast<std::uint32_t>(i >= low ? now : std::abs(now)), bits);
                else
                    srl.put(now, bits);
            }
            for (const auto& coded : {srl.take(), raw.take()}) {
                w.u16_le(static_cast<std::uint16_t>(coded.size()));
                append(data, coded);
            }
        }
        append(region.tiles, block(0xccc7, w.bytes(data).view()));
    }
    dropped_ = dropped;
    return message(region);
}

}  // namespace lucid::test
