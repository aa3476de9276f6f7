// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/codec/bit_source.hpp>
#include <lucid/rdp/codec/rlgr.hpp>

#include <algorithm>
#include <cstring>

namespace lucid::rdp::codec {

namespace {

/// Constants of the adaptation, named as in MS-RDPRFX 3.1.8.1.7.3.
constexpr unsigned kpmax = 80;
constexpr unsigned lsgr = 3;
constexpr unsigned up_gr = 4;
constexpr unsigned dn_gr = 6;
constexpr unsigned uq_gr = 3;
constexpr unsigned dq_gr = 3;

constexpr unsigned raised(unsigned parameter, unsigned by) {
    return std::min(parameter + by, kpmax);
}
constexpr unsigned lowered(unsigned parameter, unsigned by) {
    return parameter > by ? parameter - by : 0;
}

/// 0, -1, 1, -2, 2, … from 0, 1, 2, 3, 4, …
constexpr unsigned unfolded(unsigned value) {
    return (value >> 1) ^ (0U - (value & 1));
}

class Decoder {
  public:
    Decoder(ByteView data, const BandLayout& layout, const BandShifts& shifts, Coefficients& out)
        : bits_(data), layout_(layout), shifts_(shifts), out_(out) {}

    template <Rlgr Mode>
    void decode() {
        while (at_ < tile_coefficients) {
            if (kp_ >> lsgr != 0) {
                if (!run()) return;
            } else if (!golomb_rice<Mode>()) {
                return;
            }
        }
    }

  private:
    /// A run of zeros and the value behind it. False at the end of the data.
    bool run() {
        bits_.refill();
        unsigned zeros = bits_.leading_zeros();
        // Either the data ends, or at least 56 zeros stand for more than a tile has: each is a run
        // of two or more, and they grow.
        if (zeros >= bits_.available()) return false;
        std::size_t length = 0;
        bits_.skip(zeros + 1);
        for (; zeros > 0; --zeros) count_zero(length);
        return finish_run(length);
    }

    void count_zero(std::size_t& length) {
        length += std::size_t{1} << (kp_ >> lsgr);
        kp_ = raised(kp_, up_gr);
    }

    bool finish_run(std::size_t length) {
        const unsigned k = kp_ >> lsgr;
        bits_.refill();
        if (bits_.available() < k + 1) return false;
        length += bits_.peek(k);
        bits_.skip(k);
        const bool negative = bits_.peek(1) != 0;
        bits_.skip(1);
        unsigned code = 0;
        if (!read_code(code)) return false;
        kp_ = lowered(kp_, dn_gr);
        at_ += length;
        if (at_ >= tile_coefficients) return false;
        const unsigned magnitude = code + 1;
        put(negative ? 0U - magnitude : magnitude);
        return true;
    }

    /// A Golomb-Rice code: ones, a zero, then the lower kr bits; adapts kr.
    bool read_code(unsigned& code) {
        bits_.refill();
        unsigned ones = bits_.leading_ones();
        if (ones < bits_.available()) {
            bits_.skip(ones + 1);
        } else if (!long_count(ones)) {
            return false;
        }
        const unsigned kr = krp_ >> lsgr;
        if (bits_.available() < kr) bits_.refill();
        if (bits_.available() < kr) return false;
        code = (bits_.peek(kr) | ones << kr) & 0xffff;
        bits_.skip(kr);
        if (ones == 0) krp_ = lowered(krp_, 2);
        if (ones > 1) krp_ = raised(krp_, ones);
        return true;
    }

    bool long_count(unsigned& ones) {
        ones = 0;
        for (;;) {
            const unsigned available = bits_.available();
            const unsigned more = std::min(bits_.leading_ones(), available);
            ones += more;
            bits_.skip(more);
            if (more < available) break;
            bits_.refill();
            if (bits_.available() == 0) return false;
        }
        bits_.skip(1);
        return true;
    }

    template <Rlgr Mode>
    bool golomb_rice() {
        unsigned code = 0;
        if (!read_code(code)) return false;
        if constexpr (Mode == Rlgr::rlgr1) {
            kp_ = code == 0 ? raised(kp_, uq_gr) : lowered(kp_, dq_gr);
            put(unfolded(code));
            return true;
        }
        const auto width = static_cast<unsigned>(std::bit_width(code));
        bits_.refill();
        if (bits_.available() < width) return false;
        const unsigned first = bits_.peek(width);
        bits_.skip(width);
        const unsigned second = code - first;
        if (first != 0 && second != 0) kp_ = lowered(kp_, 2 * dq_gr);
        if (first == 0 && second == 0) kp_ = raised(kp_, 2 * uq_gr);
        put(unfolded(first));
        if (at_ < tile_coefficients) put(unfolded(second));
        return true;
    }

    void put(unsigned value) {
        out_[at_] = static_cast<std::int16_t>(value << shifts_[layout_.band[at_]]);
        ++at_;
    }

    BitSource bits_;
    const BandLayout& layout_;
    const BandShifts& shifts_;
    Coefficients& out_;
    std::size_t at_ = 0;
    unsigned kp_ = 1U << lsgr;
    unsigned krp_ = 1U << lsgr;
};

}  // namespace

void decode_rlgr(Rlgr mode, ByteView data, const BandLayout& layout, const BandShifts& shifts,
                 Coefficients& out) {
    std::memset(out, 0, sizeof out);
    Decoder decoder(data, layout, shifts, out);
    if (mode == Rlgr::rlgr1)
        decoder.decode<Rlgr::rlgr1>();
    else
        decoder.decode<Rlgr::rlgr3>();
}

}  // namespace lucid::rdp::codec
