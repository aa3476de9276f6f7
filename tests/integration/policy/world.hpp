// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A gateway with its real processes, and both ends of a session in the hands of one thread: what
/// one side says is heard at the other, or is not, without waiting for time to pass.

#include <lucid/rdp/gateway/gateway.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>
#include <lucid/rdp/gateway/scanner_link.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/relay/sink.hpp>

#include <condition_variable>
#include <filesystem>
#include <map>
#include <tests/support/clamd_double.hpp>

#include "../gateway/desk_double.hpp"
#include "../gateway/peers.hpp"
#include "vector.hpp"

namespace lucid::test {

struct Recorded {
    std::uint8_t event_class = 0;
    std::uint8_t kind = 0;
    std::uint64_t time_us = 0;
    Bytes payload;
    /// Notes as "what|detail", keys as "key|flags group", everything else as it is.
    [[nodiscard]] std::string text() const;
};

/// What arrived: a channel's name and a whole message of it, or "" and a whole PDU.
struct Heard {
    std::string channel;
    Bytes message;
    friend bool operator==(const Heard&, const Heard&) = default;
};

class World {
  public:
    /// Files are scanned by a clamd double; `scan_limit` is what one that says nothing costs a
    /// test.
    World() : World("", std::chrono::milliseconds(400)) {}
    /// Files are scanned by the clamd at this address.
    World(const std::string& clamd, std::chrono::milliseconds scan_limit);
    ~World();

    /// What the next session's policy is (JSON).
    void set_policy(const std::string& policy);
    [[nodiscard]] std::string new_ticket();
    [[nodiscard]] std::uint16_t port() const { return gateway_->listening_on().port; }
    /// Takes the gateway's next connection to the host: X.224 and TLS.
    Result<rdp::gateway::test::Wire> accept_host();
    /// Of the session that ended last.
    std::vector<Recorded> recorded();

  private:
    std::filesystem::path directory_;
    rdp::gateway::test::DeskDouble desk_;
    rdp::gateway::test::Identity host_identity_;
    rdp::gateway::SslContext host_context_;
    core::net::Fd host_listener_;
    core::runtime::Metrics metrics_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<rdp::gateway::RecordingClosed> closed_;
    std::unique_ptr<rdp::gateway::RecorderLink> recorder_;
    std::unique_ptr<ClamdDouble> clamd_;
    std::unique_ptr<rdp::gateway::ScannerLink> scanner_;
    std::unique_ptr<rdp::gateway::Gateway> gateway_;
    int tickets_ = 0;
};

/// A session whose desktop is up.
class LiveSession {
  public:
    static Result<std::unique_ptr<LiveSession>> start(World& world, const std::string& policy,
                                                      std::vector<std::string> channels);

    /// "" as channel: the message is a whole PDU.
    Result<void> say(Side from, const std::string& channel, ByteView message);
    /// All that arrived at a side of what the other has said so far, and the gateway's answers.
    Result<std::vector<Heard>> hear(Side at);
    /// The next message, waited for.
    Result<Heard> hear_one(Side at);
    /// The client leaves in order.
    Result<void> leave();
    /// Both connections end by the gateway's decision.
    Result<void> wait_for_end();

  private:
    LiveSession(rdp::gateway::test::ScriptedClient client, rdp::gateway::test::Wire host,
                std::vector<std::string> channels);
    Result<void> activate(const std::string& ticket);
    rdp::gateway::test::Wire& wire(Side side) {
        return side == Side::client ? client_.wire() : host_;
    }
    /// Takes PDUs until something whole is there; nothing for a marker.
    Result<std::optional<Heard>> next(Side at);
    [[nodiscard]] std::string name_of(std::uint16_t channel) const;

    rdp::gateway::test::ScriptedClient client_;
    rdp::gateway::test::Wire host_;
    std::vector<std::string> channels_;
    std::map<std::pair<Side, std::uint16_t>, rdp::proto::channels::Reassembler> parts_;
};

}  // namespace lucid::test
