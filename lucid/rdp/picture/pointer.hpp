// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The host's pointer: shapes of all kinds as pixels with alpha, their cache, visibility, position.

#include <lucid/rdp/picture/pixel_buffer.hpp>
#include <lucid/rdp/proto/pointer_update.hpp>

#include <map>
#include <memory>

namespace lucid::rdp::picture {

/// Cache entries (MS-RDPBCGR 2.2.7.1.5: pointerCacheSize is what a client offers, 128 the most
/// seen).
inline constexpr std::size_t pointer_cache_max = 128;

struct PointerImage {
    PixelBuffer pixels;  ///< premultiplied by nothing; alpha 0 is transparent
    std::uint16_t hot_x = 0;
    std::uint16_t hot_y = 0;
};

/// Masks to pixels. Pixels that would invert the screen become a black and white pattern.
/// `palette`: for 8-bit shapes.
Result<PointerImage> make_pointer_image(const proto::PointerShape& shape,
                                        const codec::Palette& palette, PixelBudget& budget);

enum class PointerKind : std::uint8_t { client_default = 0, hidden = 1, shape = 2 };

class Pointer {
  public:
    explicit Pointer(PixelBudget& budget) : budget_(&budget) {}

    Result<void> apply(const proto::PointerUpdate& update, const codec::Palette& palette);
    [[nodiscard]] PointerKind kind() const { return kind_; }
    /// The shape; nullptr unless kind() is shape.
    [[nodiscard]] const PointerImage* image() const;
    [[nodiscard]] std::uint16_t x() const { return x_; }
    [[nodiscard]] std::uint16_t y() const { return y_; }
    /// Counts every change of shape or visibility.
    [[nodiscard]] std::uint64_t changes() const { return changes_; }

    void reset();
    void save(StateWriter& w) const;
    Result<void> restore(StateReader& r);

  private:
    PixelBudget* budget_;
    std::map<std::uint16_t, PointerImage> cache_;
    PointerKind kind_ = PointerKind::client_default;
    std::uint16_t current_ = 0;
    std::uint16_t x_ = 0;
    std::uint16_t y_ = 0;
    std::uint64_t changes_ = 0;
};

}  // namespace lucid::rdp::picture
