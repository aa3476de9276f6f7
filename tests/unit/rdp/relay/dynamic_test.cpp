// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>

#include "collector.hpp"

namespace lucid::test {
namespace {

using namespace rdp::proto::channels;
using rdp::relay::EventClass;
using rdp::relay::EventKind;
using rdp::relay::KeyboardRecording;
using rdp::relay::Policy;

constexpr std::string_view graphics = "Microsoft::Windows::RDS::Graphics";

Bytes create(std::uint8_t id, std::string_view name) {
    Writer w;
    w.u8(0x10).u8(id).text(name).u8(0);
    return w.take();
}
Bytes created(std::uint8_t id, std::uint32_t status) {
    Writer w;
    w.u8(0x10).u8(id).u32_le(status);
    return w.take();
}
Bytes data(std::uint8_t id, ByteView body) {
    Writer w;
    w.u8(0x30).u8(id).bytes(body);
    return w.take();
}

class Dynamic : public Session {
  public:
    explicit Dynamic(const Policy& policy = {}) : Session(policy, {"drdynvc"}) { activate(); }
    void client_says(ByteView message) { client(client_message(first_channel, message)); }
    void host_says(ByteView message) { host(host_message(first_channel, message)); }
};

TEST(DynamicFilter, version_three_becomes_two) {
    Dynamic s;
    s.host_says(Bytes{0x50, 0, 3, 0, 1, 2, 3, 4, 5, 6, 7, 8});
    EXPECT_EQ(s.sink.client,
              host_message(first_channel, Bytes{0x50, 0, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8}));
    EXPECT_FALSE(s.relay->from_client(client_message(first_channel, Bytes{0x50, 0, 3, 0})));
}

TEST(DynamicFilter, refused_channel_gets_a_failing_answer_and_no_data) {
    Dynamic s;
    s.host_says(create(5, "URBDRC"));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_EQ(s.sink.host,
              client_message(first_channel, encode_dvc_create_response(5, 0x80070005)));
    EXPECT_TRUE(s.sink.noted("dynamic channel refused|URBDRC"));
    s.sink.clear();
    s.host_says(data(5, Bytes(4)));
    s.client_says(data(5, Bytes(4)));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_TRUE(s.sink.host.empty());
}

TEST(DynamicFilter, allowed_channel_passes_byte_for_byte) {
    Dynamic s;
    const auto all = {create(5, graphics), data(5, Bytes(100, 0xe0))};
    for (const auto& message : all) {
        s.sink.clear();
        s.host_says(message);
        EXPECT_EQ(s.sink.client, host_message(first_channel, message));
        EXPECT_EQ(s.sink.count(EventKind::server_pdu), 1U);
    }
}

TEST(DynamicFilter, compressed_data_and_soft_sync_end_the_session) {
    for (const std::uint8_t command : Bytes{0x60, 0x70, 0x80, 0x90, 0xa0, 0x00}) {
        Dynamic s;
        EXPECT_FALSE(s.relay->from_host(host_message(first_channel, Bytes{command, 5, 0, 0, 0, 0})))
            << int{command};
    }
}

TEST(DynamicFilter, channel_the_client_refused_frees_its_place) {
    Dynamic s;
    for (int i = 0; i < 200; ++i) {
        const auto id = static_cast<std::uint8_t>(i);
        s.host_says(create(id, "ECHO"));
        s.client_says(created(id, 0x80004001));
    }
    EXPECT_FALSE(s.sink.noted("dynamic channel refused"));
}

TEST(DynamicFilter, channels_are_limited_with_an_answer) {
    Dynamic s;
    for (std::uint8_t id = 0; id < rdp::relay::DynamicFilter::channels_max; ++id)
        s.host_says(create(id, "ECHO"));
    EXPECT_FALSE(s.sink.noted("dynamic channel refused"));
    s.host_says(create(200, "ECHO"));
    EXPECT_TRUE(s.sink.noted("dynamic channel refused"));
}

TEST(DynamicFilter, closed_channel_is_closed_on_both_sides_before_its_id_returns) {
    Dynamic s;
    s.host_says(create(5, "ECHO"));
    EXPECT_FALSE(s.relay->from_host(host_message(first_channel, create(5, "ECHO"))));
    Dynamic t;
    t.host_says(create(5, "ECHO"));
    t.host_says(Bytes{0x40, 5});
    t.sink.clear();
    t.client_says(Bytes{0x40, 5});
    EXPECT_EQ(t.sink.host, client_message(first_channel, Bytes{0x40, 5}));
    t.host_says(create(5, graphics));
    EXPECT_FALSE(t.sink.client.empty());
}

Bytes acknowledgement(std::uint32_t depth, std::uint32_t frame) {
    Writer w;
    w.u16_le(egfx_frame_acknowledge).u16_le(0).u32_le(20).u32_le(depth).u32_le(frame).u32_le(frame);
    return w.take();
}

TEST(DynamicFilter, a_host_draws_on_without_acknowledgements_when_its_client_is_gone) {
    Dynamic s;
    s.relay->client_gone();
    EXPECT_TRUE(s.sink.host.empty()) << "nothing was acknowledged yet";
    s.host_says(create(5, graphics));
    for (const std::uint32_t frame : {7U, 8U}) s.client_says(data(5, acknowledgement(0, frame)));
    s.sink.clear();
    s.relay->client_gone();
    EXPECT_EQ(s.sink.host,
              client_message(first_channel, encode_dvc_data(5, acknowledgement(~0U, 8))));
    s.host_says(Bytes{0x40, 5});
    s.sink.clear();
    s.relay->client_gone();
    EXPECT_TRUE(s.sink.host.empty()) << "the channel is closing";
}

TEST(DynamicFilter, what_is_no_whole_acknowledgement_is_not_kept) {
    const auto whole = acknowledgement(0, 7);
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_FALSE(suspend_acknowledgements(ByteView(whole).first(size))) << size;
    EXPECT_TRUE(suspend_acknowledgements(whole));
}

TEST(DynamicFilter, unknown_graphics_versions_are_not_offered) {
    Dynamic s;
    s.host_says(create(5, graphics));
    const Bytes flags = {1, 0, 0, 0};
    const EgfxCapability known{0x000a0701, flags};
    const EgfxCapability other{0x000b0000, flags};
    s.sink.clear();
    s.client_says(data(5, encode_caps_advertise({known, other})));
    EXPECT_EQ(s.sink.host,
              client_message(first_channel, encode_dvc_data(5, encode_caps_advertise({known}))));
    s.sink.clear();
    const auto plain = data(5, encode_caps_advertise({known}));
    s.client_says(plain);
    EXPECT_EQ(s.sink.host, client_message(first_channel, plain));
    EXPECT_FALSE(s.relay->from_client(
        client_message(first_channel, data(5, encode_caps_advertise({other})))));
}

Bytes layout(std::uint32_t width, std::uint32_t height) {
    Writer w;
    w.u32_le(2).u32_le(56).u32_le(40).u32_le(1);
    w.u32_le(1).u32_le(0).u32_le(0).u32_le(width).u32_le(height).zeros(20);
    return w.take();
}

TEST(DynamicFilter, display_layouts_keep_the_desktop_limits) {
    Policy policy;
    policy.desktop_width_max = 1920;
    policy.desktop_height_max = 1080;
    Dynamic s(policy);
    s.host_says(create(5, "Microsoft::Windows::RDS::DisplayControl"));
    const auto fits = data(5, layout(1920, 1080));
    s.client_says(fits);
    EXPECT_EQ(s.sink.host, client_message(first_channel, fits));
    s.sink.clear();
    s.client_says(data(5, layout(1921, 1080)));
    s.client_says(data(5, layout(1920, 1081)));
    EXPECT_TRUE(s.sink.host.empty());
    EXPECT_EQ(s.sink.notes.size(), 2U);
}

TEST(DynamicFilter, audio_is_recorded_as_audio) {
    Dynamic s(rdp::relay::custom_policy());
    s.host_says(create(5, "AUDIO_PLAYBACK_DVC"));
    s.host_says(create(6, "AUDIO_INPUT"));
    s.sink.clear();
    s.host_says(data(5, Bytes(10)));
    s.client_says(data(6, Bytes(10, 6)));
    ASSERT_EQ(s.sink.events.size(), 2U);
    EXPECT_EQ(s.sink.events[0].kind, EventKind::server_audio);
    EXPECT_EQ(s.sink.events[1].kind, EventKind::client_audio);
}

/// Fast-path: one scancode event (A down).
const Bytes key_a = {0x04, 0x04, 0x00, 0x1e};

Bytes slow_key(std::uint16_t code) {
    Writer w;
    w.u16_le(1).u16_le(0).u32_le(0).u16_le(4).u16_le(0).u16_le(code).u16_le(0);
    return share_data(0x1c, w.view());
}

class KeyboardModes : public testing::TestWithParam<KeyboardRecording> {};
TEST_P(KeyboardModes, keys_are_recorded_as_policy_says_and_always_forwarded) {
    Policy policy;
    policy.keyboard = GetParam();
    Session s(policy, {});
    s.activate();
    s.client(key_a);
    s.client(from_client(io_channel, slow_key(0x1f)));
    EXPECT_EQ(s.sink.count(EventKind::client_pdu), GetParam() == KeyboardRecording::full ? 2U : 0U);
    EXPECT_EQ(s.sink.count(EventKind::key), GetParam() == KeyboardRecording::timing ? 2U : 0U);
    for (const auto& event : s.sink.events)
        if (event.kind == EventKind::key) {
            EXPECT_EQ(event.payload, (Bytes{0, 0}));
        }
    EXPECT_EQ(s.relay->input_count(), 2U);
    Bytes both = key_a;
    append(both, from_client(io_channel, slow_key(0x1f)));
    EXPECT_EQ(s.sink.host, both);
}
INSTANTIATE_TEST_SUITE_P(All, KeyboardModes,
                         testing::Values(KeyboardRecording::none, KeyboardRecording::timing,
                                         KeyboardRecording::full));

TEST(Keyboard, printable_keys_are_indistinguishable_in_timing_mode) {
    Session s({}, {});
    s.activate();
    for (const std::uint8_t code :
         Bytes{0x02, 0x0b, 0x10, 0x1e, 0x2c, 0x39, 0x47, 0x52, 0x56, 0x73})
        s.client(Bytes{0x04, 0x04, 0x00, code});
    for (const auto& event : s.sink.events) EXPECT_EQ(event.payload, (Bytes{0, 0}));
    EXPECT_EQ(s.sink.events.size(), 10U);
}

TEST(Keyboard, key_hidden_behind_another_share_pdu_is_not_recorded_raw) {
    Session s({}, {});
    s.activate();
    Bytes two = share_data(0x1f, Bytes(4));
    append(two, slow_key(0x1e));
    s.client(from_client(io_channel, two));
    EXPECT_EQ(s.sink.count(EventKind::client_pdu), 0U);
    EXPECT_EQ(s.sink.count(EventKind::key), 1U);
}

TEST(Keyboard, pointer_input_is_recorded_whatever_the_keyboard_mode) {
    Policy policy;
    policy.keyboard = KeyboardRecording::none;
    Session s(policy, {});
    s.activate();
    Bytes pdu = {0x04, 0x09, 0x20, 0x00, 0x08, 0x10, 0x00, 0x20, 0x00};
    s.client(pdu);
    EXPECT_EQ(s.sink.count(EventKind::client_pdu), 1U);
}

}  // namespace
}  // namespace lucid::test
