// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/codec/alpha.hpp>
#include <lucid/rdp/codec/run_length.hpp>

namespace lucid::rdp::codec {

namespace {

constexpr std::uint16_t alpha_signature = 0x414c;
constexpr std::size_t alpha_byte = 3;

/// Walks the pixels of a target row by row.
class Cursor {
  public:
    explicit Cursor(PixelView target) : target_(target) {}
    [[nodiscard]] std::uint64_t left() const {
        return std::uint64_t{target_.width()} * (target_.height() - y_) - x_;
    }
    /// Sets the alpha of one pixel; there is one.
    void put(std::uint8_t value) {
        target_.row(y_)[x_ * pixel_bytes + alpha_byte] = value;
        if (++x_ < target_.width()) return;
        x_ = 0;
        ++y_;
    }

  private:
    PixelView target_;
    std::uint32_t x_ = 0;
    std::uint32_t y_ = 0;
};

}  // namespace

Result<void> decode_alpha(ByteView data, PixelView target) {
    Reader reader(data);
    LUCID_TRY(const auto signature, reader.u16_le("alpha signature"));
    LUCID_TRY(const auto compressed, reader.u16_le("alpha compressed"));
    if (signature != alpha_signature) return fail(Errc::bad_magic, "alpha signature", signature);
    Cursor cursor(target);
    if (compressed == 0) {
        LUCID_TRY(const auto values,
                  reader.take(static_cast<std::size_t>(cursor.left()), "alpha values"));
        for (const auto value : values) cursor.put(value);
        return reader.finish("alpha");
    }
    while (cursor.left() > 0) {
        LUCID_TRY(const auto value, reader.u8("alpha value"));
        LUCID_TRY(auto run, read_run_length(reader));
        if (run > cursor.left()) return fail(Errc::bad_length, "alpha run", run);
        for (; run > 0; --run) cursor.put(value);
    }
    return reader.finish("alpha");
}

}  // namespace lucid::rdp::codec
