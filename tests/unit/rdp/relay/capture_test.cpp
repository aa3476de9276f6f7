// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/tpkt.hpp>

#include <fstream>
#include <iterator>

#include "../../../support/test_paths.hpp"
#include "collector.hpp"

// Whole sessions of real programs (tests/vectors/rdp) through the relay.

namespace lucid::test {
namespace {

using rdp::relay::EventKind;

Bytes vector_file(const std::string& name) {
    std::ifstream file(std::string(lucid::test::source_dir) + "/tests/vectors/rdp/" + name,
                       std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

/// Where Client Info and the licensing answers behind it end.
std::size_t through_client_info(ByteView stream) {
    std::size_t at = 0;
    bool info = false;
    for (;;) {
        const auto frame = rdp::proto::peek_pdu(stream.subspan(at));
        const auto packet = stream.subspan(at, (*frame)->length);
        const auto pdu = rdp::proto::decode_mcs_pdu(packet);
        const bool data = pdu && pdu->type == rdp::proto::McsPduType::send_data_request;
        if (info && (!data || rdp::proto::is_share_control(pdu->data))) return at;
        info = data;
        at += (*frame)->length;
    }
}

/// The client's bytes through Client Info, everything of the host, the rest of the client: an order
/// in which no side speaks too early.
void play(rdp::relay::Relay& relay, ByteView client, ByteView host, std::size_t step) {
    const auto feed = [&](auto direction, ByteView bytes) {
        Bytes kept;
        for (std::size_t at = 0; at < bytes.size(); at += step) {
            append(kept, bytes.subspan(at, std::min(step, bytes.size() - at)));
            const auto done = (relay.*direction)(kept);
            ASSERT_TRUE(done) << done.error().message() << " at " << at;
            kept.erase(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(*done));
        }
        ASSERT_TRUE(kept.empty());
    };
    const auto initial = (*rdp::proto::peek_pdu(client))->length;
    const auto response = (*rdp::proto::peek_pdu(host))->length;
    const auto info = through_client_info(client);
    feed(&rdp::relay::Relay::from_client, client.first(initial));
    feed(&rdp::relay::Relay::from_host, host.first(response));
    feed(&rdp::relay::Relay::from_client, client.subspan(initial, info - initial));
    feed(&rdp::relay::Relay::from_host, host.subspan(response));
    feed(&rdp::relay::Relay::from_client, client.subspan(info));
}

rdp::relay::RelayInput input(const rdp::relay::Policy& policy) {
    rdp::relay::RelayInput in;
    in.client_requested_protocols = 3;
    in.host_selected_protocol = 1;
    in.user_name = wide("vaulted");
    in.password = crypto::Secret(wide("hostpass"));
    in.policy = policy;
    return in;
}

class Captures : public testing::TestWithParam<const char*> {};

TEST_P(Captures, whole_session_passes_under_every_preset) {
    const std::string name = GetParam();
    for (const auto* preset : {"strict", "standard", "custom"}) {
        SCOPED_TRACE(preset);
        Collector sink;
        rdp::relay::Relay relay(input(*rdp::relay::policy_preset(preset)), sink);
        const auto host = vector_file(name + ".h2c");
        play(relay, vector_file(name + ".c2h"), host, 1U << 20);
        EXPECT_TRUE(relay.active());
        EXPECT_FALSE(contains(sink.host, wide("ticket")));
        EXPECT_TRUE(contains(sink.host, wide("vaulted")));
        EXPECT_FALSE(sink.recorded(wide("hostpass")));
        EXPECT_FALSE(contains(sink.client, wide("hostpass")));
    }
}

TEST_P(Captures, result_does_not_depend_on_how_bytes_arrive) {
    const std::string name = GetParam();
    const auto policy = rdp::relay::custom_policy();
    Collector whole, torn;
    rdp::relay::Relay a(input(policy), whole);
    rdp::relay::Relay b(input(policy), torn);
    play(a, vector_file(name + ".c2h"), vector_file(name + ".h2c"), 1U << 20);
    play(b, vector_file(name + ".c2h"), vector_file(name + ".h2c"), 7);
    EXPECT_EQ(whole.client, torn.client);
    EXPECT_EQ(whole.host, torn.host);
    EXPECT_EQ(whole.events.size(), torn.events.size());
    EXPECT_EQ(whole.notes, torn.notes);
}

TEST_P(Captures, pictures_reach_the_client_untouched) {
    const std::string name = GetParam();
    Collector sink;
    rdp::relay::Relay relay(input({}), sink);
    const auto host = vector_file(name + ".h2c");
    play(relay, vector_file(name + ".c2h"), host, 1U << 20);
    std::size_t pictures = 0;
    for (std::size_t at = 0; at < host.size();) {
        const auto frame = *rdp::proto::peek_pdu(ByteView(host).subspan(at));
        const auto packet = ByteView(host).subspan(at, frame->length);
        if (frame->fast_path) {
            EXPECT_TRUE(contains(sink.client, packet)) << at;
            ++pictures;
        }
        at += frame->length;
    }
    EXPECT_GT(pictures, 2U);
}
INSTANTIATE_TEST_SUITE_P(All, Captures, testing::Values("shadow", "shadow_rfx", "xrdp"));

TEST(Capture, damaged_streams_end_without_harm) {
    // Every 5th byte of the session, one bit: the relay either passes the session or refuses it.
    const auto client = vector_file("shadow.c2h");
    const auto host = vector_file("shadow.h2c");
    const auto info = through_client_info(client);
    for (std::size_t i = 0; i < client.size() + host.size(); i += 5) {
        Bytes c = client;
        Bytes h = host;
        auto& byte = i < c.size() ? c[i] : h[i - c.size()];
        byte ^= static_cast<std::uint8_t>(1U << (i % 8));
        Collector sink;
        rdp::relay::Relay relay(input(rdp::relay::custom_policy()), sink);
        const auto initial = relay.from_client(c);
        if (!initial || !relay.from_host(h)) continue;
        if (*initial >= info) continue;
        (void)relay.from_client(ByteView(c).subspan(*initial));
        (void)relay.from_host(ByteView(h).subspan(std::min<std::size_t>(118, h.size())));
        EXPECT_FALSE(sink.recorded(wide("hostpass")));
    }
}

}  // namespace
}  // namespace lucid::test
