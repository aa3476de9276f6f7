// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/client/capabilities.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/license.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/updates.hpp>

#include "scripted_host.hpp"

namespace lucid::test {
namespace {

using client::Activated;

TEST(Client, says_who_it_is) {
    client::Settings settings = all_channels();
    settings.desktop_width = 1024;
    settings.desktop_height = 600;
    settings.selected_protocol = 2;
    Host host(std::move(settings));
    host.peer.start();
    const auto initial = host.output().at(0);
    const auto blocks = rdp::proto::locate_client_blocks(initial);
    ASSERT_TRUE(blocks) << blocks.error().message();
    const auto* core = rdp::proto::find_block(*blocks, rdp::proto::GccBlockType::cs_core);
    ASSERT_NE(core, nullptr);
    Reader r(ByteView(initial).subspan(core->offset + 8));
    EXPECT_EQ(*r.u16_le("width"), 1024);
    EXPECT_EQ(*r.u16_le("height"), 600);
    Reader selected(ByteView(initial).subspan(core->offset +
                                              rdp::proto::cs_core_server_selected_protocol_offset));
    EXPECT_EQ(*selected.u32_le("selected"), 2U);
    const auto* net = rdp::proto::find_block(*blocks, rdp::proto::GccBlockType::cs_net);
    const auto channels = rdp::proto::decode_client_network_data(initial, *net);
    ASSERT_TRUE(channels);
    std::vector<std::string> names;
    for (const auto& channel : *channels) names.push_back(channel.name);
    EXPECT_EQ(names, (std::vector<std::string>{"rdpdr", "rdpsnd", "cliprdr", "drdynvc"}));
}

TEST(Client, logs_in_with_client_info) {
    auto settings = all_channels();
    settings.password = crypto::Secret(wide("secret"));
    settings.reconnect_cookie = crypto::Secret(reconnect_cookie());
    Host host(std::move(settings));
    host.join();
    const auto sent = host.output_on(io_channel);
    ASSERT_FALSE(sent.empty());
    const auto info = rdp::proto::decode_client_info(sent.back());
    ASSERT_TRUE(info) << info.error().message();
    EXPECT_EQ(info->user_name, wide("alice"));
    EXPECT_EQ(to_bytes(info->password.expose()), wide("secret"));
    EXPECT_NE(info->flags & rdp::proto::info_autologon, 0U);
    EXPECT_TRUE(info->had_auto_reconnect_cookie);
}

TEST(Client, without_a_password_it_does_not_log_in_by_itself) {
    Host host(all_channels());
    host.join();
    const auto info = rdp::proto::decode_client_info(host.output_on(io_channel).back());
    EXPECT_EQ(info->flags & rdp::proto::info_autologon, 0U);
    EXPECT_FALSE(info->had_auto_reconnect_cookie);
}

TEST(Client, is_active_when_the_host_has_its_fonts) {
    Host host(all_channels());
    host.join();
    EXPECT_FALSE(host.peer.active());
    EXPECT_EQ(host.peer.input(std::array{client::mouse_move(1, 1)}).error().code, Errc::refused);
    host.say(from_host(io_channel, licensing()));
    host.output();
    host.say(from_host(io_channel, active_pdu(1)));
    const auto answers = host.output_on(io_channel);
    ASSERT_EQ(answers.size(), 5U);
    EXPECT_EQ(rdp::proto::decode_share_control(answers[0])->type,
              rdp::proto::PduType::confirm_active);
    EXPECT_TRUE(rdp::proto::locate_capabilities(answers[0]));
    std::vector<std::uint8_t> types;
    for (std::size_t i = 1; i < answers.size(); ++i)
        types.push_back(
            rdp::proto::decode_share_data(*rdp::proto::decode_share_control(answers[i]))->type2);
    EXPECT_EQ(types, (std::vector<std::uint8_t>{0x1f, 0x14, 0x14, 0x27}));
    host.say(from_host(io_channel, share_data(0x28, Bytes(8))));
    EXPECT_TRUE(host.peer.active());
    const auto events = host.events<Activated>();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_FALSE(events[0].again);
    EXPECT_EQ(host.output(), (std::vector<Bytes>{{0x04, 0x80, 0x04, 0x60}})) << "locks are told";
}

TEST(Client, follows_deactivation_and_activation) {
    Host host(all_channels());
    host.activate();
    host.events<Activated>();
    host.say(from_host(io_channel, share_pdu(6, Bytes(6))));
    EXPECT_FALSE(host.peer.active());
    host.say(from_host(io_channel, active_pdu(1)));
    host.say(from_host(io_channel, share_data(0x28, Bytes(8))));
    const auto events = host.events<Activated>();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].again);
}

TEST(Client, has_no_license_and_says_so) {
    Host host(all_channels());
    host.join();
    host.output();
    // License Request (MS-RDPELE 2.2.2.1), cut behind its preamble.
    host.say(from_host(io_channel, Bytes{0x80, 0, 0, 0, 1, 3, 8, 0, 0, 0, 0, 0}));
    const auto answers = host.output_on(io_channel);
    ASSERT_EQ(answers.size(), 1U);
    const auto answer = rdp::proto::decode_license_pdu(answers[0]);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->error_code, rdp::proto::license_err_no_license_server);
    auto refusal = licensing();
    refusal[8] = rdp::proto::license_err_no_license_server;
    EXPECT_EQ(host.tell(from_host(io_channel, refusal)).error().code, Errc::refused);
}

TEST(Client, answers_what_measures_the_line) {
    Host host(all_channels());
    host.activate();
    host.output();
    const auto request = [](std::uint16_t type) {
        Writer w;
        w.u16_le(0x1000).u16_le(0).u8(6).u8(0).u16_le(0x1234).u16_le(type);
        return from_host(message_channel, w.view());
    };
    host.say(request(0x0001));
    auto answers = host.output_on(message_channel);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0], (Bytes{0, 0x20, 0, 0, 6, 1, 0x34, 0x12, 0, 0}));
    host.say(request(0x0014));
    EXPECT_TRUE(host.output().empty());
    host.now_ms += 250;
    host.say(request(0x0429));
    answers = host.output_on(message_channel);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(ByteView(answers[0]).subspan(4, 6).size(), 6U);
    EXPECT_EQ(ByteView(answers[0]).subspan(10, 4)[0], 250) << "milliseconds since the start";
    EXPECT_EQ(answers[0][8], 0x0b);
    // A heartbeat wants no answer; an unknown request is the end.
    host.say(from_host(message_channel, Bytes{0, 0x40, 0, 0, 0, 5, 1, 2}));
    EXPECT_TRUE(host.output().empty());
    EXPECT_FALSE(host.tell(request(0x7777)));
}

TEST(Client, tells_errors_logons_and_the_cookie) {
    Host host(all_channels());
    host.activate();
    (void)host.peer.take_events();
    host.say(from_host(io_channel, share_data(0x2f, Bytes{5, 0, 0, 0})));
    const auto errors = host.events<client::HostError>();
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_STREQ(client::host_error_text(errors[0].code),
                 "another connection took the session over");
    EXPECT_STREQ(client::host_error_text(0xffff), "");
    EXPECT_TRUE(host.peer.reconnect_cookie().empty());
    host.say(from_host(io_channel, save_session_info(reconnect_cookie())));
    EXPECT_EQ(host.events<client::CookieGiven>().size(), 1U);
    EXPECT_EQ(to_bytes(host.peer.reconnect_cookie().expose()), reconnect_cookie());
}

TEST(Client, ends_with_the_host_and_by_itself) {
    Host host(all_channels());
    host.activate();
    (void)host.peer.take_events();
    host.say(rdp::proto::encode_disconnect_provider_ultimatum(1));
    const auto ends = host.events<client::Ended>();
    ASSERT_EQ(ends.size(), 1U);
    EXPECT_EQ(ends[0].reason, 1U);
    host.say(Bytes{0xff, 0xff});  // nobody listens any more
    Host other(all_channels());
    other.activate();
    other.output();
    other.peer.leave();
    const auto sent = other.output();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(*rdp::proto::decode_disconnect_reason(sent[0]), 3U);
    EXPECT_FALSE(other.peer.active());
}

TEST(Client, refuses_what_no_host_may_say) {
    const auto refused = [](ByteView bytes) {
        Host host(all_channels());
        host.activate();
        return !host.tell(bytes);
    };
    EXPECT_TRUE(refused(from_host(1999, Bytes(8)))) << "a channel that nobody joined";
    EXPECT_TRUE(refused(attach_user_confirm(client_user)));
    EXPECT_TRUE(refused(from_host(io_channel, active_pdu(3)))) << "confirm active";
    Host early(all_channels());
    early.peer.start();
    EXPECT_FALSE(early.tell(Bytes{0x00, 0x04, 0, 0})) << "output before the channels are there";
    Host encrypted(all_channels());
    encrypted.peer.start();
    EXPECT_EQ(encrypted.tell(connect_response({4, 1, 2})).error().code, Errc::refused);
    Host fewer(all_channels());
    fewer.peer.start();
    EXPECT_EQ(fewer.tell(connect_response({3})).error().code, Errc::bad_length);
}

TEST(Client, redirection_is_told_and_not_followed) {
    Host host(all_channels());
    host.join();
    EXPECT_EQ(host.tell(from_host(io_channel, redirection_pdu({}))).error().code,
              Errc::unsupported);
}

TEST(Capabilities, are_sets_that_others_can_read) {
    for (const auto graphics : {client::Graphics::bitmap, client::Graphics::avc444}) {
        client::Settings settings;
        settings.graphics = graphics;
        const auto sets = client::make_capabilities(settings, {1280, 720, false});
        const auto pdu = rdp::proto::encode_confirm_active(1, client_user, sets.count, sets.bytes);
        const auto located = rdp::proto::locate_capabilities(pdu);
        ASSERT_TRUE(located) << located.error().message();
        EXPECT_EQ(located->size(), sets.count);
        bool has_codecs = false;
        for (const auto& set : *located) {
            const auto bytes = ByteView(pdu).subspan(set.offset, set.length);
            if (set.type == rdp::proto::capstype_bitmap_codecs) {
                const auto codecs = rdp::proto::decode_bitmap_codecs(bytes);
                ASSERT_TRUE(codecs);
                EXPECT_EQ(codecs->size(), 2U);
                has_codecs = true;
            }
            if (set.type == rdp::proto::capstype_bitmap)
                EXPECT_EQ(rdp::proto::decode_bitmap_capability(bytes)->desktop_width, 1280);
        }
        EXPECT_EQ(has_codecs, graphics != client::Graphics::bitmap);
    }
}

}  // namespace
}  // namespace lucid::test
