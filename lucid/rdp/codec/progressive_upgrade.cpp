// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/bit_source.hpp>
#include <lucid/rdp/codec/progressive_bands.hpp>
#include <lucid/rdp/codec/progressive_tile.hpp>

#include <algorithm>

namespace lucid::rdp::codec {

namespace {

/// Bits of one component's upgrade: raw ones for significant coefficients, and for the others the
/// sub-bit-plane run-length coder (MS-RDPEGFX 3.2.8.1.5.2 "SRL").
class UpgradeBits {
  public:
    UpgradeBits(ByteView srl, ByteView raw) : srl_(srl), raw_(raw) {}

    std::uint32_t raw(unsigned bits) { return take(raw_, bits); }

    /// The value of a coefficient that was zero so far, with `bits` bits.
    int significance(unsigned bits) {
        if (zeros_ > 0) {
            --zeros_;
            return 0;
        }
        if (!unary_next_ && in_zero_run()) return 0;
        unary_next_ = false;
        const bool negative = take(srl_, 1) != 0;
        kp_ = kp_ > 6 ? kp_ - 6 : 0;
        const std::uint32_t magnitude_max = (std::uint32_t{1} << bits) - 1;
        std::uint32_t magnitude = 1;
        while (magnitude < magnitude_max && !overrun_ && take(srl_, 1) == 0) ++magnitude;
        return negative ? -static_cast<int>(magnitude) : static_cast<int>(magnitude);
    }

    [[nodiscard]] bool overrun() const { return overrun_; }

  private:
    bool in_zero_run() {
        const unsigned k = kp_ / 8;
        if (take(srl_, 1) == 0) {
            zeros_ = (1U << k) - 1;
            kp_ = std::min(kp_ + 4, 80U);
            return true;
        }
        zeros_ = take(srl_, k);
        unary_next_ = true;
        if (zeros_ == 0) return false;
        --zeros_;
        return true;
    }

    std::uint32_t take(BitSource& source, unsigned bits) {
        if (source.available() < bits) source.refill();
        const std::uint32_t value = source.peek(bits);
        if (source.available() < bits) {
            overrun_ = true;
            source.skip(source.available());
            return 0;
        }
        source.skip(bits);
        return value;
    }

    BitSource srl_;
    BitSource raw_;
    unsigned kp_ = 8;
    unsigned zeros_ = 0;
    bool unary_next_ = false;
    bool overrun_ = false;
};

struct BandUpgrade {
    unsigned bits;
    unsigned shift;
};

void upgrade_band(UpgradeBits& bits, BandUpgrade band, std::size_t count, std::int16_t* values,
                  std::int8_t* signs) {
    const auto add = [&](std::size_t i, std::uint32_t value) {
        values[i] = static_cast<std::int16_t>(static_cast<std::uint32_t>(values[i]) +
                                              (value << band.shift));
    };
    for (std::size_t i = 0; i < count; ++i) {
        if (signs[i] > 0) {
            add(i, bits.raw(band.bits));
        } else if (signs[i] < 0) {
            add(i, 0U - bits.raw(band.bits));
        } else if (const int value = bits.significance(band.bits); value != 0) {
            signs[i] = value > 0 ? 1 : -1;
            add(i, static_cast<std::uint32_t>(value));
        }
    }
}

/// LL3 is signed as a whole: its bits are all raw.
void upgrade_low_band(UpgradeBits& bits, BandUpgrade band, std::size_t count,
                      std::int16_t* values) {
    for (std::size_t i = 0; i < count; ++i)
        values[i] = static_cast<std::int16_t>(static_cast<std::uint32_t>(values[i]) +
                                              (bits.raw(band.bits) << band.shift));
}

}  // namespace

Result<void> apply_upgrade_pass(const UpgradePass& pass, ProgressiveTile& tile) {
    const BandSizes& sizes = pass.extrapolate ? extrapolated_bands : plain_bands;
    if (!tile.signs) return fail(Errc::not_found, "progressive tile to upgrade");
    if (tile.extrapolate != pass.extrapolate)
        return fail(Errc::bad_value, "progressive transform of an upgrade");
    for (int c = 0; c < tile_components; ++c)
        for (std::size_t band = 0; band < tile_bands; ++band)
            if (pass.quantizers.component[c][band] > tile.bit_position[c][band])
                return fail(Errc::bad_value, "progressive bit position",
                            pass.quantizers.component[c][band]);
    for (int c = 0; c < tile_components; ++c) {
        const Quantizer& next = pass.quantizers.component[c];
        const BandShifts shifts = shifts_of(next, progressive_shift_base);
        UpgradeBits bits(pass.srl[c], pass.raw[c]);
        std::size_t at = 0;
        for (std::size_t band = 0; band < tile_bands; at += sizes[band], ++band) {
            const BandUpgrade upgrade{
                static_cast<unsigned>(tile.bit_position[c][band] - next[band]), shifts[band]};
            if (upgrade.bits == 0) continue;
            if (band == ll3)
                upgrade_low_band(bits, upgrade, sizes[band], tile.current[c] + at);
            else
                upgrade_band(bits, upgrade, sizes[band], tile.current[c] + at,
                             tile.signs->sign[c] + at);
        }
        tile.bit_position[c] = next;
        if (bits.overrun()) return fail(Errc::truncated, "progressive upgrade bits");
    }
    return {};
}

}  // namespace lucid::rdp::codec
