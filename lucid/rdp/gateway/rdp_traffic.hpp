// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The RDP relay machine (rdp/relay) as the pump's Traffic: keeps incomplete PDUs between reads,
/// puts events on the recorder's pipe, and asks core what the machine asks.

#include <lucid/rdp/gateway/pump.hpp>
#include <lucid/rdp/gateway/scan_pipe.hpp>
#include <lucid/rdp/relay/relay.hpp>

namespace lucid::rdp::gateway {

class RdpTraffic : public Traffic, private relay::Sink {
  public:
    /// Refusals told to core; later ones are only recorded.
    static constexpr int notes_told_max = 200;
    /// Cookies told to core; the session is resumed without one after that.
    static constexpr int cookies_told_max = 500;
    /// Pauses between attempts to reach a scanner that was not there.
    static constexpr std::chrono::seconds scanner_pause{2};

    /// Both references must outlive the traffic. Takes the password out of `session`.
    /// Errc::bad_value: the grant's policy cannot be read.
    static Result<std::unique_ptr<RdpTraffic>> make(CoreLink& core, EventPipe& pipe,
                                                    LoggedIn& session);

    std::optional<Ended> on_client(ByteView bytes, std::uint64_t time_us, Output& out) override;
    std::optional<Ended> on_host(ByteView bytes, std::uint64_t time_us, Output& out) override;
    void on_client_gone(std::uint64_t time_us, Output& out) override;
    [[nodiscard]] bool redirected() const override { return relay_.redirection().has_value(); }
    [[nodiscard]] bool holds_client() const override { return relay_.changing_host(); }
    /// Where redirected() leads.
    [[nodiscard]] RedirectRequest redirect_request() const;
    /// Goes on with another host; `from` and `dialled` name both. Takes the password out of
    /// `dialled`. Errc::bad_value: a credential that is no UTF-8.
    Result<void> go_on_with(const std::string& from, Dialled& dialled, std::uint32_t protocol,
                            Output& out);
    [[nodiscard]] bool started() const override { return relay_.started(); }
    [[nodiscard]] pollfd helper() const override;
    [[nodiscard]] std::optional<ScanPipe::Time> helper_deadline() const override {
        return scanner_.deadline();
    }
    std::optional<Ended> on_helper(std::uint64_t time_us, Output& out) override;
    void on_end(std::uint64_t time_us) override;
    [[nodiscard]] std::uint64_t input_count() const override { return relay_.input_count(); }
    [[nodiscard]] std::string goodbye() const override { return relay_.farewell(); }
    [[nodiscard]] Bytes farewell() const override;
    /// The first event of a client that came back to its session.
    void note_return(const LoggedIn& session);
    /// The policy's own limits.
    [[nodiscard]] PumpLimits limits() const { return limits_; }

  private:
    RdpTraffic(CoreLink& core, EventPipe& pipe, relay::RelayInput input, std::string ticket_name,
               std::uint64_t start_boottime_us);
    [[nodiscard]] std::uint64_t now_us() const;
    using Step = Result<std::size_t> (relay::Relay::*)(ByteView);
    std::optional<Ended> feed(Step step, Bytes& kept, ByteView bytes, const char* who);
    [[nodiscard]] Ended ended_by(const char* who, const Error& error) const;

    void to_client(ByteView bytes) override;
    void to_host(ByteView bytes) override;
    void record(relay::EventClass event_class, relay::EventKind kind, ByteView payload) override;
    void note(std::string_view what, std::string_view detail) override;
    void keep_host_cookie(const crypto::Secret& cookie) override;
    void scan(std::uint32_t id, std::shared_ptr<const Bytes> content) override;
    /// Gives the machine the verdicts that are there. An end where core said so meanwhile.
    std::optional<Ended> hand_verdicts();
    Result<void> redeem(ByteView user_utf16, const crypto::Secret& secret_utf16) override;

    CoreLink& core_;
    EventPipe& pipe_;
    PumpLimits limits_;
    /// Of a TLS-only client, from its cookie; Client Info must name the same.
    std::string ticket_name_;
    std::uint64_t start_boottime_us_;
    std::uint64_t time_us_ = 0;
    Output* out_ = nullptr;
    int notes_told_ = 0;
    int cookies_told_ = 0;
    Bytes client_kept_;
    Bytes host_kept_;
    ScanPipe scanner_;
    bool client_gone_ = false;
    std::string no_scanner_;  ///< why there was none at the last attempt
    ScanPipe::Time next_attempt_{};
    relay::Relay relay_;
};

}  // namespace lucid::rdp::gateway
