// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <iterator>
#include <random>

#include "../../../support/test_paths.hpp"
#include "scripted_host.hpp"

// Whole sessions of real hosts (tests/vectors/rdp): what they said to another client, this one
// takes too, and it sees the same picture. The channels of those clients are this one's.

namespace lucid::test {
namespace {

Bytes vector_file(const std::string& name) {
    std::ifstream file(std::string(source_dir) + "/tests/vectors/rdp/" + name, std::ios::binary);
    EXPECT_TRUE(file) << name;
    return {std::istreambuf_iterator<char>(file), {}};
}

bool is_data(ByteView packet) {
    const auto pdu = rdp::proto::decode_mcs_pdu(packet);
    return pdu && pdu->type == rdp::proto::McsPduType::send_data_indication;
}

struct Reference {
    Bytes picture;
    std::size_t undrawn = 0;  ///< H.264 has no decoder here
};
/// Drawn by the compositor alone.
Reference draw_alone(ByteView stream) {
    rdp::picture::Compositor compositor({});
    Reference reference;
    bool first = true;
    while (!stream.empty()) {
        const auto length = (*rdp::proto::peek_pdu(stream))->length;
        const auto packet = stream.first(length);
        const auto drawn =
            first ? compositor.connect_response(packet) : compositor.server_pdu(packet);
        first = false;
        if (!drawn && (packet[0] != rdp::proto::tpkt_version || is_data(packet)))
            ++reference.undrawn;
        stream = stream.subspan(length);
    }
    reference.picture = to_bytes(compositor.screen().bytes());
    return reference;
}

class Golden : public testing::TestWithParam<const char*> {
  protected:
    Bytes stream = vector_file(std::string(GetParam()) + ".h2c");
    MemoryFolder folder;
};

TEST_P(Golden, is_taken_in_any_pieces) {
    const auto expected = draw_alone(stream);
    for (const std::size_t step : {std::size_t{1}, std::size_t{37}, stream.size()}) {
        client::Client peer(all_channels(), {}, &folder);
        peer.start();
        for (std::size_t at = 0; at < stream.size(); at += step) {
            const auto part = ByteView(stream).subspan(at, std::min(step, stream.size() - at));
            const auto taken = peer.receive(part, at);
            ASSERT_TRUE(taken) << taken.error().message() << " at " << at << " step " << step;
        }
        std::size_t activated = 0;
        std::size_t undrawn = 0;
        for (const auto& event : peer.take_events()) {
            undrawn += std::holds_alternative<client::Undrawn>(event) ? 1U : 0U;
            activated += std::holds_alternative<client::Activated>(event) ? 1U : 0U;
        }
        EXPECT_EQ(activated, 1U);
        EXPECT_EQ(undrawn, expected.undrawn);
        EXPECT_TRUE(to_bytes(peer.picture().screen().bytes()) == expected.picture);
        EXPECT_FALSE(expected.picture.empty());
    }
}

TEST_P(Golden, cut_anywhere_it_waits_for_the_rest) {
    client::Client peer(all_channels(), {}, &folder);
    peer.start();
    // One client sees every prefix: no byte makes it fail before the next is there.
    for (const auto byte : ByteView(stream).first(std::min<std::size_t>(stream.size(), 20000)))
        ASSERT_TRUE(peer.receive(Bytes{byte}, 0));
}

TEST_P(Golden, damaged_it_fails_or_draws_something_else) {
    std::mt19937 random(7);
    for (int round = 0; round < 60; ++round) {
        auto damaged = stream;
        // The first half is the connection sequence, where damage has the most to say.
        const auto reach =
            round % 2 == 0 ? std::min<std::size_t>(damaged.size(), 2000) : damaged.size();
        damaged[random() % reach] ^= static_cast<std::uint8_t>(1U << random() % 8);
        client::Client peer(all_channels(), {}, &folder);
        peer.start();
        (void)peer.receive(damaged, 0);
        EXPECT_LE(peer.picture().pixel_bytes(), rdp::picture::pixel_memory_max);
    }
}

INSTANTIATE_TEST_SUITE_P(Hosts, Golden, testing::Values("xrdp", "shadow"));

}  // namespace
}  // namespace lucid::test
