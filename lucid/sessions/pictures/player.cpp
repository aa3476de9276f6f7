// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/avc/ffmpeg_decoder.hpp>
#include <lucid/sessions/pictures/player.hpp>

#include <algorithm>

namespace lucid::sessions::pictures {

Player::Player(const replay::Recording& recording)
    : recording_(&recording), stage_(rdp::avc::make_ffmpeg_decoder) {}

std::uint64_t Player::next_us() const {
    return done() ? recording_->manifest.duration_us : recording_->events[next_].time_us;
}

void Player::advance(std::uint64_t until_us) {
    while (!done() && recording_->events[next_].time_us <= until_us)
        play(recording_->events[next_++]);
}

void Player::play(const replay::RecordedEvent& event) {
    const auto drawn = stage_.play(event.event_class, event.kind, event.payload);
    if (drawn) return;
    if (problems_.count++ > 0) return;
    problems_.first = drawn.error();
    problems_.first_us = event.time_us;
}

FrameView Player::frame() const {
    const auto& screen = compositor().screen();
    return {screen.bytes(), screen.width(), screen.height()};
}

FrameView Player::frame_with_pointer() {
    const auto plain = frame();
    with_pointer_.assign(plain.pixels.begin(), plain.pixels.end());
    draw_pointer();
    return {with_pointer_, plain.width, plain.height};
}

void Player::draw_pointer() {
    const auto* image = compositor().pointer().image();
    if (image == nullptr) return;
    const auto& screen = compositor().screen();
    const auto& shape = image->pixels;
    for (std::uint32_t y = 0; y < shape.height(); ++y) {
        const auto to_y = std::int64_t{stage_.mouse_y()} + y - image->hot_y;
        if (to_y < 0 || to_y >= screen.height()) continue;
        const auto row = shape.row(y);
        for (std::uint32_t x = 0; x < shape.width(); ++x) {
            const auto to_x = std::int64_t{stage_.mouse_x()} + x - image->hot_x;
            if (to_x < 0 || to_x >= screen.width()) continue;
            const auto at =
                (static_cast<std::size_t>(to_y) * screen.width() + static_cast<std::size_t>(to_x)) *
                rdp::codec::pixel_bytes;
            const auto pixel = row.subspan(x * rdp::codec::pixel_bytes, 4);
            const unsigned alpha = pixel[3];
            for (std::size_t i = 0; i < 3; ++i)
                with_pointer_[at + i] = static_cast<std::uint8_t>(
                    (pixel[i] * alpha + with_pointer_[at + i] * (255 - alpha)) / 255);
        }
    }
}

bool Player::take_changed(bool with_pointer) {
    const bool picture = !stage_.compositor().take_damage().empty();
    const auto pointer = compositor().pointer().changes() + stage_.mouse_moves();
    const bool moved = pointer != seen_pointer_;
    seen_pointer_ = pointer;
    return picture || (with_pointer && moved);
}

}  // namespace lucid::sessions::pictures
