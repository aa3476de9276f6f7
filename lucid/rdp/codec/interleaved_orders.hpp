// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The orders of one interleaved RLE stream, for each depth (MS-RDPBCGR 2.2.9.1.1.3.1.2.4, 3.1.9).
/// Used by interleaved.cpp only.

#include <lucid/common/result/result.hpp>
#include <lucid/rdp/codec/pixels.hpp>

#include <cstring>

namespace lucid::rdp::codec::interleaved {

/// A pixel of `bytes` bytes as it stands in the stream; `white` is the foreground to begin with.
template <std::size_t Bytes, std::uint32_t White>
struct Pixel {
    static constexpr std::size_t bytes = Bytes;
    static constexpr std::uint32_t white = White;
    static std::uint32_t load(const std::uint8_t* from) {
        std::uint32_t value = 0;
        std::memcpy(&value, from, Bytes);
        return value;
    }
    static void store(std::uint8_t* to, std::uint32_t value) { std::memcpy(to, &value, Bytes); }
};
using Pixel8 = Pixel<1, 0xff>;
using Pixel15 = Pixel<2, 0x7fff>;
using Pixel16 = Pixel<2, 0xffff>;
using Pixel24 = Pixel<3, 0xffffff>;

enum class Order : std::uint8_t {
    background_run,
    foreground_run,
    set_foreground_run,
    dithered_run,
    colour_run,
    mask_image,
    set_mask_image,
    colour_image,
    special_mask_1,
    special_mask_2,
    white,
    black,
    unknown
};

struct OrderHeader {
    Order order = Order::unknown;
    std::uint32_t run = 0;  ///< pixels; of dithered runs: pairs
    std::size_t bytes = 0;  ///< of the header
};
/// Reads the order header at the front of `data`, which is not empty.
Result<OrderHeader> read_order(ByteView data);

/// Masks of the orders SPECIAL_FGBG_1 and _2.
inline constexpr std::uint8_t special_mask_1 = 0x03;
inline constexpr std::uint8_t special_mask_2 = 0x05;

/// Decodes one stream into rows of its own depth.
template <class P>
class Stream {
  public:
    Stream(ByteView data, BitmapSize size, MutableByteView out)
        : source_(data.data()),
          source_end_(data.data() + data.size()),
          begin_(out.data()),
          out_(out.data()),
          end_(out.data() + out.size()),
          row_bytes_(std::size_t{size.width} * P::bytes) {}

    Result<void> decode() {
        while (source_ != source_end_) {
            // An order that begins in the first row keeps to its rules where it runs past it.
            if (first_row_ && out_ - begin_ >= static_cast<std::ptrdiff_t>(row_bytes_)) {
                first_row_ = false;
                insert_foreground_ = false;
            }
            LUCID_TRY(const auto header, read_order({source_, source_end_}));
            source_ += header.bytes;
            if (header.order == Order::background_run) {
                LUCID_CHECK(background(header.run));
                insert_foreground_ = true;
                continue;
            }
            insert_foreground_ = false;
            LUCID_CHECK(other(header));
        }
        if (out_ != end_) return fail(Errc::truncated, "interleaved pixels", out_ - begin_);
        return {};
    }

  private:
    [[nodiscard]] bool room(std::uint64_t pixels) const {
        return static_cast<std::uint64_t>(end_ - out_) / P::bytes >= pixels;
    }
    [[nodiscard]] static auto too_long() {
        return fail(Errc::bad_length, "interleaved run past the bitmap");
    }
    Result<std::uint32_t> pixel() {
        if (source_end_ - source_ < static_cast<std::ptrdiff_t>(P::bytes))
            return fail(Errc::truncated, "interleaved pixel");
        const auto value = P::load(source_);
        source_ += P::bytes;
        return value;
    }
    void put(std::uint32_t value) {
        P::store(out_, value);
        out_ += P::bytes;
    }
    /// The pixel above; black in the first row, so that XOR gives what its rules say.
    [[nodiscard]] std::uint32_t above() const {
        return first_row_ ? 0 : P::load(out_ - row_bytes_);
    }

    Result<void> background(std::uint32_t run) {
        if (!room(run)) return too_long();
        // Two background runs in a row are told apart by one foreground pixel between them.
        if (insert_foreground_ && run > 0) {
            put(above() ^ foreground_);
            --run;
        }
        copy_above(run);
        return {};
    }

    void copy_above(std::uint32_t run) {
        std::size_t bytes = std::size_t{run} * P::bytes;
        if (first_row_) {
            std::memset(out_, 0, bytes);
            out_ += bytes;
            return;
        }
        // Rows above the run are complete, those inside it are being made: a row at a time.
        while (bytes > 0) {
            const std::size_t step = bytes < row_bytes_ ? bytes : row_bytes_;
            std::memcpy(out_, out_ - row_bytes_, step);
            out_ += step;
            bytes -= step;
        }
    }

    Result<void> other(const OrderHeader& header) {
        switch (header.order) {
            case Order::set_foreground_run: {
                LUCID_TRY(foreground_, pixel());
                [[fallthrough]];
            }
            case Order::foreground_run:
                return foreground(header.run);
            case Order::dithered_run:
                return dithered(header.run);
            case Order::colour_run: {
                LUCID_TRY(const auto value, pixel());
                return colour(header.run, value);
            }
            case Order::set_mask_image: {
                LUCID_TRY(foreground_, pixel());
                [[fallthrough]];
            }
            case Order::mask_image:
                return mask_image(header.run);
            case Order::colour_image:
                return colour_image(header.run);
            case Order::special_mask_1:
                return mask(special_mask_1, 8);
            case Order::special_mask_2:
                return mask(special_mask_2, 8);
            case Order::white:
                return colour(1, P::white);
            case Order::black:
                return colour(1, 0);
            default:  // unreached: decode() draws background runs, read_order() refuses unknown.
                return fail(Errc::bad_value, "interleaved order");
        }
    }

    Result<void> foreground(std::uint32_t run) {
        if (!room(run)) return too_long();
        if (first_row_) return colour(run, foreground_);
        for (; run > 0; --run) put(P::load(out_ - row_bytes_) ^ foreground_);
        return {};
    }

    Result<void> colour(std::uint32_t run, std::uint32_t value) {
        if (!room(run)) return too_long();
        for (; run > 0; --run) put(value);
        return {};
    }

    Result<void> dithered(std::uint32_t run) {
        LUCID_TRY(const auto a, pixel());
        LUCID_TRY(const auto b, pixel());
        if (!room(std::uint64_t{run} * 2)) return too_long();
        for (; run > 0; --run) {
            put(a);
            put(b);
        }
        return {};
    }

    Result<void> mask(std::uint8_t bits, std::uint32_t pixels) {
        if (!room(pixels)) return too_long();
        for (std::uint32_t i = 0; i < pixels; ++i, bits >>= 1)
            put(above() ^ ((bits & 1) != 0 ? foreground_ : 0));
        return {};
    }

    Result<void> mask_image(std::uint32_t run) {
        while (run > 0) {
            if (source_ == source_end_) return fail(Errc::truncated, "interleaved mask");
            const std::uint32_t pixels = run < 8 ? run : 8;
            LUCID_CHECK(mask(*source_++, pixels));
            run -= pixels;
        }
        return {};
    }

    Result<void> colour_image(std::uint32_t run) {
        if (!room(run)) return too_long();
        const std::size_t bytes = std::size_t{run} * P::bytes;
        if (static_cast<std::size_t>(source_end_ - source_) < bytes)
            return fail(Errc::truncated, "interleaved colour image");
        std::memcpy(out_, source_, bytes);
        source_ += bytes;
        out_ += bytes;
        return {};
    }

    const std::uint8_t* source_;
    const std::uint8_t* source_end_;
    std::uint8_t* begin_;
    std::uint8_t* out_;
    std::uint8_t* end_;
    std::size_t row_bytes_;
    std::uint32_t foreground_ = P::white;
    bool first_row_ = true;
    bool insert_foreground_ = false;
};

/// Decodes the whole bitmap; `out` has exactly its bytes.
template <class P>
Result<void> decode(ByteView data, BitmapSize size, MutableByteView out) {
    return Stream<P>(data, size, out).decode();
}

}  // namespace lucid::rdp::codec::interleaved
