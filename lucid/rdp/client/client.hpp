// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// An RDP client over a secured stream, without I/O: what comes behind X.224, TLS and CredSSP
/// (rdp/handshake) until the end. Bytes and the time go in, bytes and events come out, and the
/// picture is there to be looked at.
///
///   Client client(std::move(settings), make_avc);
///   client.start();
///   for (;;) {
///       send(client.take_output());
///       LUCID_CHECK(client.receive(read(), now_ms()));
///       for (const auto& event : client.take_events()) …;
///       client.picture().screen();
///   }
///
/// An error of receive() ends the connection: host and client do not agree on the stream any more.
/// What cannot be drawn is an event and no error.

#include <lucid/rdp/client/clipboard.hpp>
#include <lucid/rdp/client/drive.hpp>
#include <lucid/rdp/client/dynamic_channels.hpp>
#include <lucid/rdp/client/event.hpp>
#include <lucid/rdp/client/keyboard.hpp>
#include <lucid/rdp/client/line_meter.hpp>
#include <lucid/rdp/client/outlet.hpp>
#include <lucid/rdp/client/settings.hpp>
#include <lucid/rdp/client/sound.hpp>
#include <lucid/rdp/client/touch.hpp>
#include <lucid/rdp/picture/compositor.hpp>
#include <lucid/rdp/proto/channels/display_control.hpp>

#include <span>

namespace lucid::rdp::client {

/// Events that wait to be taken; a host that makes more is given up.
inline constexpr std::size_t events_max = 16384;

class Client {
  public:
    /// `folder`: what a drive shows; needed with Settings::drive, and must outlive the client.
    Client(Settings settings, picture::MakeAvcDecoder make_avc, DriveFolder* folder = nullptr);
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;

    /// Connect-Initial becomes output. Once.
    void start();
    /// What the host sent, in any pieces. `now_ms`: a clock that never goes back.
    Result<void> receive(ByteView bytes, std::uint64_t now_ms);
    [[nodiscard]] Bytes take_output() { return outlet_.take(); }
    [[nodiscard]] std::vector<Event> take_events() { return std::exchange(events_, {}); }

    /// The host takes input.
    [[nodiscard]] bool active() const { return phase_ == Phase::active; }
    [[nodiscard]] const char* phase_name() const;
    [[nodiscard]] const picture::Compositor& picture() const { return picture_; }
    [[nodiscard]] std::vector<codec::Rect> take_damage() { return picture_.take_damage(); }
    /// Frames that the host marked as such, by surface commands or in the graphics pipeline.
    [[nodiscard]] std::uint64_t frames() const { return frames_; }

    /// Errc::refused unless active().
    Result<void> input(std::span<const proto::InputEvent> events);
    /// By display control; the host then reactivates or resets its graphics. Errc::unsupported: the
    /// host has not opened that channel; Errc::bad_value: outside of what it takes.
    Result<void> resize(std::uint16_t width, std::uint16_t height);
    /// The same with several monitors; errors say which rule is broken.
    Result<void> arrange(std::span<const Monitor> monitors);
    [[nodiscard]] bool can_resize() const { return display_caps_.has_value(); }
    /// As Touch::frame and Touch::dismiss; `now_ms` as for receive().
    Result<void> touch(std::span<const TouchPoint> points, std::uint64_t now_ms);
    Result<void> dismiss_touch(std::size_t contact);
    [[nodiscard]] Touch::State touch_state() const { return touch_.state(); }
    /// Errc::unsupported: the host has no clipboard channel.
    Result<void> offer_clipboard(std::vector<ClipboardContent> contents);
    Result<void> request_clipboard(std::string_view format);
    /// As Clipboard::request_file and Clipboard::give_file.
    Result<void> request_clipboard_file(std::uint32_t index, std::uint64_t position,
                                        std::uint32_t bytes);
    Result<void> give_clipboard_file(std::uint32_t stream, std::optional<ByteView> part);
    [[nodiscard]] bool clipboard_ready() const { return clipboard_.ready(); }
    /// An orderly end: MCS Disconnect Provider Ultimatum.
    void leave();
    /// The host's latest auto-reconnect cookie (ARC_SC_PRIVATE_PACKET); empty: none.
    [[nodiscard]] const crypto::Secret& reconnect_cookie() const { return cookie_; }

  private:
    enum class Phase { start, joining, licensing, capabilities, finalizing, active, ended };
    /// Static channels in the order in which they are asked for.
    enum class StaticChannel { devices, sound, clipboard, dynamic };
    struct OpenChannel {
        StaticChannel what;
        std::uint16_t id = 0;
        proto::channels::Reassembler reassembler;
    };

    Result<void> pdu(ByteView packet, std::uint64_t now_ms);
    Result<void> join(ByteView packet);
    void send_client_info();
    Result<void> io_data(ByteView packet, ByteView user_data);
    Result<void> secured_data(ByteView user_data);
    Result<void> license(ByteView user_data);
    Result<void> share(ByteView user_data);
    Result<void> demand_active(ByteView user_data, const proto::ShareControlPdu& pdu);
    Result<void> share_data(const proto::ShareControlPdu& pdu);
    void save_session_info(ByteView payload);
    void send_share_data(std::uint8_t type2, ByteView payload);
    Result<void> message_data(ByteView user_data, std::uint64_t now_ms);
    void draw(ByteView packet);
    void acknowledge_surface_frames();
    void acknowledge_graphics_frames();

    Result<void> channel_data(OpenChannel& channel, ByteView packet, ByteView user_data);
    Result<void> dynamic_data(ByteView user_data);
    Result<void> dynamic_message(const DynamicMessage& message);
    void send_static(StaticChannel what, const Messages& messages);
    void send_dynamic(std::string_view name, const Messages& messages);
    [[nodiscard]] OpenChannel* find(StaticChannel what);

    Settings settings_;
    Phase phase_ = Phase::start;
    bool was_active_ = false;
    Bytes partial_;  ///< a PDU whose end has not come
    Outlet outlet_;
    std::vector<Event> events_;
    picture::Compositor picture_;
    std::vector<StaticChannel> wanted_;
    std::optional<handshake::McsJoin> join_;
    std::vector<OpenChannel> channels_;
    std::uint32_t share_id_ = 0;
    LineMeter line_;
    bool acknowledges_ = false;  ///< frames of surface commands
    std::uint64_t frames_ = 0;
    std::size_t unread_bytes_ = 0;  ///< received, behind the PDU at hand
    DynamicChannels dynamic_;
    std::optional<proto::channels::DisplayControlCaps> display_caps_;
    Clipboard clipboard_;
    Sound sound_;
    Sound dynamic_sound_;
    Touch touch_;
    Drive drive_;
    crypto::Secret cookie_;
};

}  // namespace lucid::rdp::client
