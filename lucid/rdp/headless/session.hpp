// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A client on a line: one poll loop that moves bytes, tells events, and connects again where that
/// is wanted. One thread.

#include <lucid/rdp/client/client.hpp>
#include <lucid/rdp/headless/connection.hpp>
#include <lucid/rdp/headless/folder.hpp>
#include <lucid/rdp/headless/offered_files.hpp>
#include <lucid/rdp/headless/report.hpp>
#include <lucid/rdp/headless/sound_keeper.hpp>

#include <deque>
#include <memory>

namespace lucid::rdp::headless {

using Clock = std::chrono::steady_clock;

enum class End : std::uint8_t {
    none,
    left,        ///< we said good-bye
    host,        ///< the host did
    broken,      ///< the line broke
    protocol,    ///< the stream made no sense
    interrupted  ///< a signal
};

struct Decoders {
    picture::MakeAvcDecoder avc;
    client::MakeSoundDecoder sound;
};

class Session {
  public:
    /// Report and order must outlive it.
    Session(const Order& order, Decoders decoders, Report& report);

    /// Files that will be written, then the line.
    Outcome<void> open();
    /// Moves what there is to move, waiting for it until `until` at most; also for input on
    /// `other_fd` (-1: none). False once the session is over.
    bool step(Clock::time_point until, int other_fd = -1);
    [[nodiscard]] End end() const { return end_; }
    /// Why, where that is not the plain end.
    [[nodiscard]] const std::string& end_text() const { return end_text_; }

    /// As client::Client::touch, now.
    Result<void> touch(std::span<const client::TouchPoint> points);
    [[nodiscard]] client::Client& client() { return *client_; }
    [[nodiscard]] const picture::PixelBuffer& screen() const { return client_->picture().screen(); }
    /// Of the client, clipboard only; the next one, in order.
    std::optional<client::ClipboardArrived> take_clipboard();
    /// Of the client, parts of the host's files only; the next one, in order.
    std::optional<client::ClipboardFileArrived> take_clipboard_file();
    /// The host gets these when it pastes, also after a reconnection.
    Result<void> offer(std::vector<client::ClipboardContent> contents,
                       std::optional<OfferedFiles> files);
    [[nodiscard]] const std::vector<std::string>& host_clipboard() const { return host_formats_; }
    /// Counts updates of the picture.
    [[nodiscard]] std::uint64_t updates() const { return updates_; }
    /// Frames that the host marked, over all connections.
    [[nodiscard]] std::uint64_t frames() const {
        return frames_before_ + (client_ ? client_->frames() : 0);
    }
    [[nodiscard]] std::uint64_t heard_bytes() const {
        return sound_ ? sound_->file().heard_bytes() : 0;
    }

    /// Good-bye, and what is still to be sent.
    void leave();
    /// Closes without one.
    void drop();

  private:
    Outcome<void> connect();
    bool finish(End end, std::string text);
    bool take_input();
    bool take_events();
    void take_clipboard_event(client::Event& event);
    bool take_sound(const client::Event& event);
    bool lose(const Error& error);
    bool reconnect();
    bool flush();

    const Order& order_;
    Decoders decoders_;
    Report& report_;
    core::net::Fd signals_;
    std::unique_ptr<Folder> folder_;
    std::optional<SoundKeeper> sound_;
    std::optional<Connection> line_;
    std::unique_ptr<client::Client> client_;
    std::deque<client::ClipboardArrived> clipboard_;
    std::deque<client::ClipboardFileArrived> clipboard_files_;
    std::vector<client::ClipboardContent> offered_;
    std::optional<OfferedFiles> offered_files_;
    std::vector<std::string> host_formats_;
    std::uint64_t updates_ = 0;
    std::uint64_t frames_before_ = 0;  ///< of earlier connections
    std::uint32_t host_error_ = 0;
    unsigned reconnects_ = 0;
    End end_ = End::none;
    std::string end_text_;
};

}  // namespace lucid::rdp::headless
