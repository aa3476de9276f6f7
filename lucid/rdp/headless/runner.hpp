// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Runs an order to its end: connects, does what the script says line by line, leaves.

#include <lucid/rdp/headless/picture_watch.hpp>
#include <lucid/rdp/headless/script.hpp>
#include <lucid/rdp/headless/session.hpp>

#include <functional>

namespace lucid::rdp::headless {

/// What the program that embeds this brings along: it has the libraries.
struct Equipment {
    picture::MakeAvcDecoder make_avc;
    client::MakeSoundDecoder make_sound;  ///< none: hosts are offered PCM only
    std::function<Result<void>(const picture::PixelBuffer& screen, const std::string& file)>
        write_png;
};

class Runner {
  public:
    Runner(const Order& order, Equipment equipment);
    /// 0 done, 1 refused or failed; what went wrong was told.
    int run();

  private:
    using Done = Outcome<void>;
    Done play();
    Done play_lines(int fd, bool wait_for_lines);
    Done line(std::string_view text);
    Done keep_until_end();

    Done run_command(const script::WaitPicture& c);
    Done run_command(const script::WaitStill& c);
    Done run_command(const script::WaitChange& c);
    Done run_command(const script::WaitSize& c);
    Done run_command(const script::WaitPixel& c);
    Done run_command(const script::WaitClipboard& c);
    Done run_command(const script::WaitEnd& c);
    Done run_command(const script::Type& c);
    Done run_command(const script::Key& c);
    Done run_command(const script::Mouse& c);
    Done run_command(const script::Wheel& c);
    Done run_command(const script::TouchPoint& c);
    Done run_command(const script::TouchDismiss& c);
    Done run_command(const script::Gesture& c);
    Done run_command(const script::Locks& c);
    Done run_command(const script::Resize& c);
    Done run_command(const script::Arrange& c);
    Done run_command(const script::ClipboardSet& c);
    Done run_command(const script::ClipboardGet& c);
    Done run_command(const script::Screenshot& c);
    Done run_command(const script::Pixel& c);
    Done run_command(const script::Sleep& c);
    Done run_command(const script::Disconnect& c);
    Done run_command(const script::Drop& c);

    /// Steps until the condition holds, the limit passes (`missing` says what did not come) or the
    /// session ends.
    Done wait_for(script::Milliseconds limit, const std::string& missing,
                  const std::function<bool()>& condition);
    Done wait_active();
    Done wait_display_control();
    /// What the host has in that format, as on the wire.
    Outcome<Bytes> fetch_clipboard(std::string_view format);
    Done save_files(const std::string& folder, ByteView list);
    Done save_file(Folder& folder, const client::ClipboardFile& file, std::uint32_t index);
    Done send(std::span<const proto::InputEvent> events);
    /// The host takes touch, or this says why not.
    Done wait_touch();
    Done send_touch(std::span<const client::TouchPoint> points);
    Done over() const;

    const Order& order_;
    Equipment equipment_;
    Report report_;
    Session session_;
    PictureWatch watch_;
    std::size_t line_number_ = 0;
    std::uint16_t mouse_x_ = 0;
    std::uint16_t mouse_y_ = 0;
    bool finished_ = false;
};

}  // namespace lucid::rdp::headless
