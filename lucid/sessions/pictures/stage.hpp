// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What recorded events draw: the host's screen, and where the client's mouse is. Keyframes of an
/// index come as events too: their pages and history first, then the keyframe itself.

#include <lucid/rdp/picture/compositor.hpp>
#include <lucid/sessions/format/index.hpp>

#include <map>

namespace lucid::sessions::pictures {

class Stage {
  public:
    explicit Stage(rdp::picture::MakeAvcDecoder make_avc);

    /// An error names what could not be drawn; the stage goes on. A keyframe that is refused leaves
    /// an empty screen.
    Result<void> play(format::EventClass event_class, std::uint8_t kind, ByteView payload);

    [[nodiscard]] rdp::picture::Compositor& compositor() { return compositor_; }
    [[nodiscard]] const rdp::picture::Compositor& compositor() const { return compositor_; }
    [[nodiscard]] std::uint32_t mouse_x() const { return mouse_x_; }
    [[nodiscard]] std::uint32_t mouse_y() const { return mouse_y_; }
    [[nodiscard]] std::uint64_t mouse_moves() const { return mouse_moves_; }

  private:
    void follow_mouse(ByteView packet);
    Result<void> play_index(std::uint8_t kind, ByteView payload);
    Result<void> restore(const format::Keyframe& keyframe);

    rdp::picture::Compositor compositor_;
    std::uint32_t mouse_x_ = 0;
    std::uint32_t mouse_y_ = 0;
    std::uint64_t mouse_moves_ = 0;
    std::map<std::uint32_t, Bytes> pages_;  ///< for the next keyframe
    format::HistoryReader history_reader_;
    std::vector<Bytes> history_;
};

}  // namespace lucid::sessions::pictures
