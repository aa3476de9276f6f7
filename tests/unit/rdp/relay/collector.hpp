// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A Sink that keeps everything, and a Relay that is taken as far as a test wants.

#include <lucid/rdp/relay/relay.hpp>

#include <memory>
#include <tests/support/rdp_session.hpp>

#include <gtest/gtest.h>

namespace lucid::test {

struct Event {
    rdp::relay::EventClass event_class{};
    rdp::relay::EventKind kind{};
    Bytes payload;
};

class Collector : public rdp::relay::Sink {
  public:
    void to_client(ByteView bytes) override { append(client, bytes); }
    void to_host(ByteView bytes) override { append(host, bytes); }
    void record(rdp::relay::EventClass event_class, rdp::relay::EventKind kind,
                ByteView payload) override {
        events.push_back({event_class, kind, to_bytes(payload)});
    }
    void note(std::string_view what, std::string_view detail) override {
        notes.push_back(std::string(what) + "|" + std::string(detail));
    }
    void keep_host_cookie(const crypto::Secret& kept) override { cookie = to_bytes(kept.expose()); }
    void scan(std::uint32_t id, std::shared_ptr<const Bytes> content) override {
        scans.emplace_back(id, std::move(content));
    }
    Result<void> redeem(ByteView user, const crypto::Secret& secret) override {
        redeemed_user = to_bytes(user);
        redeemed_secret = to_bytes(secret.expose());
        if (refuse_ticket) return fail(Errc::refused, "ticket");
        return {};
    }
    void clear() {
        client.clear();
        host.clear();
        events.clear();
        notes.clear();
    }
    [[nodiscard]] bool noted(std::string_view start) const {
        for (const auto& n : notes)
            if (n.starts_with(start)) return true;
        return false;
    }
    [[nodiscard]] std::size_t count(rdp::relay::EventKind kind) const {
        std::size_t n = 0;
        for (const auto& e : events) n += e.kind == kind ? 1 : 0;
        return n;
    }
    [[nodiscard]] std::string transfer() const {
        for (const auto& e : events)
            if (e.kind == rdp::relay::EventKind::transfer) return std::string(as_text(e.payload));
        return {};
    }
    [[nodiscard]] bool recorded(ByteView needle) const {
        for (const auto& e : events)
            if (std::search(e.payload.begin(), e.payload.end(), needle.begin(), needle.end()) !=
                e.payload.end())
                return true;
        return false;
    }

    Bytes client, host;
    std::vector<Event> events;
    std::vector<std::string> notes;
    std::vector<std::pair<std::uint32_t, std::shared_ptr<const Bytes>>> scans;
    Bytes redeemed_user, redeemed_secret;
    Bytes cookie;
    bool refuse_ticket = false;
};

inline bool contains(ByteView hay, ByteView needle) {
    return std::search(hay.begin(), hay.end(), needle.begin(), needle.end()) != hay.end();
}

/// A session over synthetic peers.
class Session {
  public:
    Session(const rdp::relay::Policy& policy, std::vector<std::string> names, bool host_nla = true,
            bool client_nla = true)
        : channels(std::move(names)) {
        rdp::relay::RelayInput input;
        input.client_requested_protocols = client_nla ? 3 : 1;
        input.host_selected_protocol = host_nla ? 2 : 1;
        input.client_authenticated = client_nla;
        input.user_name = wide("vaulted");
        input.domain_name = wide("DOM");
        if (!host_nla) input.password = crypto::Secret(wide("hostpass"));
        input.policy = policy;
        relay = std::make_unique<rdp::relay::Relay>(std::move(input), sink);
    }

    /// These expect that all is consumed.
    void client(ByteView bytes) {
        const auto done = relay->from_client(bytes);
        ASSERT_TRUE(done) << done.error().message();
        ASSERT_EQ(*done, bytes.size());
    }
    void host(ByteView bytes) {
        const auto done = relay->from_host(bytes);
        ASSERT_TRUE(done) << done.error().message();
        ASSERT_EQ(*done, bytes.size());
    }
    void connect() {
        client(connect_initial({channels, 2, 1280, 720}));
        host(connect_response({channels.size(), 1, 0}));
    }
    void log_on() {
        connect();
        client(client_info("lt-ticket", "secret"));
        host(from_host(io_channel, licensing()));
    }
    void activate() {
        log_on();
        host(from_host(io_channel, active_pdu(1)));
        client(from_client(io_channel, active_pdu(3)));
        sink.clear();
    }
    [[nodiscard]] std::uint16_t channel(std::string_view name) const {
        for (std::size_t i = 0; i < channels.size(); ++i)
            if (channels[i] == name) return static_cast<std::uint16_t>(first_channel + i);
        return 0;
    }

    std::vector<std::string> channels;
    Collector sink;
    std::unique_ptr<rdp::relay::Relay> relay;
};

}  // namespace lucid::test
