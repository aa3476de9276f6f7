// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// core's side of one relay: answers its requests in the only order that leads to a session. The
/// relay is assumed hostile: whatever it asks out of order or too often ends it.
///
///   sign* → verify_ntlm (or route, where TLS-only is allowed) → dial → redeem → record → end
///
/// Behind record the host may send the session to another registered one, a few times: redirect.
/// Behind record it may ask for a pipe to the scanner, and again when that broke.
/// Behind record a relay may lose its client (or host): lost → end, or → handed_over when core said
/// that the client is back in another relay.

#include <lucid/core/ports/content_scanner.hpp>
#include <lucid/rdp/gateway/dial.hpp>
#include <lucid/rdp/gateway/live_sessions.hpp>
#include <lucid/rdp/gateway/messages.hpp>

namespace lucid::rdp::gateway {

/// What all conversations share; outlives them.
struct ConversationContext {
    TicketDesk& desk;
    RecorderPort& recorder;
    const LocalSigner& signer;
    bool allow_tls_only = false;
    std::chrono::milliseconds dial_limit{8'000};
    /// Null where sessions end with their client's connection.
    LiveSessions* live = nullptr;
    /// How long a session waits for its client to come back; 0: not at all.
    std::chrono::seconds resume_window{0};
    /// Null where none is configured.
    core::ports::ContentScanner* scanner = nullptr;
    [[nodiscard]] bool resumable() const { return live != nullptr && resume_window.count() > 0; }
};

enum class Stage { handshake, proven, dialled, redeemed, recording, lost, ended };
[[nodiscard]] const char* to_text(Stage stage);

/// What status shows of one connection.
struct SessionView {
    Stage stage = Stage::handshake;
    std::optional<SessionId> id;  ///< from dial on; of a returning client from its proof on
    unsigned leg = 1;             ///< connections of a client to this session, with this one
    std::string ticket;
    std::string user;
    std::string host;
    std::string client_address;
    bool hello = false;      ///< the client's TLS hello is there: it makes progress
    std::string end_state;   ///< set with Stage::ended
    std::string end_reason;  ///< set with Stage::ended
    std::uint64_t start_boottime_us = 0;
};

class Conversation {
  public:
    /// A TLS 1.3 server signs once; a second one is allowed for a hello retry.
    static constexpr int signatures_max = 2;
    /// One login attempt per connection: clients that retry open a new one, which is counted.
    static constexpr int verifications_max = 1;
    static constexpr int events_max = 10'000;
    /// A host renews its cookie every hour.
    static constexpr int cookies_max = 1'000;
    /// Hosts that send a session around in a circle end it.
    static constexpr int redirections_max = 3;
    static constexpr int scan_pipes_max = 100;
    /// How long the relay that waits may take to let go: its pipe's grace and a little.
    static constexpr std::chrono::milliseconds hand_over_limit{9'000};

    struct Reply {
        std::optional<Answer> answer;  ///< none: the request needs no answer
        core::net::Fd fd;              ///< to be passed along; invalid: none
        std::string note;              ///< for the log; empty: nothing worth it
        bool failed_login = false;     ///< counts against the client's address
    };

    Conversation(const ConversationContext& context, std::string client_address);
    /// Gives the ticket back.
    ~Conversation();
    Conversation(const Conversation&) = delete;
    Conversation& operator=(const Conversation&) = delete;

    /// Blocks while dialling and while the recorder opens. Errc::refused: the relay broke the
    /// protocol and is to be killed.
    Result<Reply> answer(Request request);

    [[nodiscard]] const SessionView& view() const { return view_; }
    /// The relay is gone, and says nothing more. `reason` counts where it said no end itself.
    void close(const std::string& reason);
    /// Another relay goes on with the recording.
    [[nodiscard]] bool handed_over() const { return handed_over_; }

  private:
    Reply take(std::unique_ptr<TicketLease> lease, Answer answer);
    Result<Reply> on(const SignRequest& request);
    Result<Reply> on(const NtlmClaim& request);
    Result<Reply> on(const RouteRequest& request);
    Result<Reply> on(const DialRequest& request);
    Result<Reply> on(const RedeemRequest& request);
    Result<Reply> on(const RecordRequest& request);
    Result<Reply> on(const RedirectRequest& request);
    Result<Reply> on(const HostCookieRequest& request);
    Result<Reply> on(const ScanRequest& request);
    Result<Reply> on(const EventRequest& request);
    Result<Reply> on(const LostRequest& request);
    Result<Reply> on(const HandedOverRequest& request);
    Result<Reply> on(const EndRequest& request);
    Reply connected(Grant grant, core::net::Fd socket, std::string routing_token) const;
    Result<core::net::Fd> open_recording();
    void give_back();

    const ConversationContext& context_;
    SessionView view_;
    std::unique_ptr<TicketLease> lease_;
    std::string policy_;
    bool resumes_ = false;
    bool redeemed_ = false;
    bool holds_pipe_ = false;
    bool handed_over_ = false;
    int signatures_ = 0;
    int verifications_ = 0;
    int events_ = 0;
    int redirections_ = 0;
    int cookies_ = 0;
    int scan_pipes_ = 0;
};

}  // namespace lucid::rdp::gateway
