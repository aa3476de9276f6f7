// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Somebody at a desk, in virtual time: types into a document, reads and scrolls, changes windows,
/// looks at a picture, goes away; a caret blinks all the while. Drawn as xrdp draws it: bitmap
/// updates of tiles of 64 x 64, compressed as planar by FreeRDP's encoder, in fast-path PDUs.

#include <lucid/common/bytes/bytes.hpp>

#include <functional>
#include <memory>
#include <random>

namespace lucid::bench {

class Office {
  public:
    static constexpr std::uint32_t width = 1280;
    static constexpr std::uint32_t height = 720;
    using Emit = std::function<void(std::uint64_t time_us, ByteView pdu)>;

    Office(std::uint32_t seed, Emit emit);
    ~Office();

    /// Works until this time.
    void work(std::uint64_t until_us);
    /// B G R A, top down: what a client shows now.
    [[nodiscard]] ByteView picture() const { return pixels_; }

  private:
    struct Encoder;
    void type();
    void blink();
    void repaint_document();
    void change_window();
    void show_picture();
    void glyph(std::uint32_t x, std::uint32_t y, std::uint32_t symbol);
    void fill(std::uint32_t x, std::uint32_t y, std::uint32_t w, std::uint32_t h,
              std::uint32_t pixel);
    void send(std::uint32_t x, std::uint32_t y, std::uint32_t w, std::uint32_t h);
    std::uint32_t dice(std::uint32_t sides) {
        return static_cast<std::uint32_t>(random_() % sides);
    }

    Emit emit_;
    std::unique_ptr<Encoder> encoder_;
    std::mt19937 random_;
    Bytes pixels_;
    std::uint64_t now_us_ = 0;
    std::uint64_t next_scroll_us_ = 0;
    std::uint64_t next_window_us_ = 0;
    std::uint64_t away_until_us_ = 0;
    std::uint32_t paper_ = 0xffffffff;
    std::uint32_t caret_x_ = 0;
    std::uint32_t caret_y_ = 0;
    bool caret_on_ = false;
};

}  // namespace lucid::bench
