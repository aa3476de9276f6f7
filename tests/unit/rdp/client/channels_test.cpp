// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>

#include "scripted_host.hpp"

namespace lucid::test {
namespace {

namespace channels = rdp::proto::channels;

Bytes dvc_create(std::uint32_t id, std::string_view name) {
    Writer w;
    w.u8(0x12).u32_le(id).text(name).u8(0);
    return w.take();
}

/// The answer's CreationStatus.
std::uint32_t status_of(ByteView response) {
    const auto pdu = channels::decode_dvc_pdu(response, false);
    EXPECT_TRUE(pdu);
    return *Reader(pdu->data).u32_le("status");
}

TEST(DynamicChannels, answers_capabilities_with_version_two_at_most) {
    Host host(all_channels());
    host.activate();
    host.output();
    host.say(host_message(dynamic_channel, Bytes{0x50, 0, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0}));
    const auto answers = host.messages_on(dynamic_channel);
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0], (Bytes{0x50, 0, 2, 0}));
}

TEST(DynamicChannels, opens_by_name_and_refuses_the_rest) {
    Host host(all_channels());
    host.activate();
    host.output();
    host.say(host_message(dynamic_channel, dvc_create(3, client::display_channel_name)));
    host.say(host_message(dynamic_channel, dvc_create(4, "ECHO")));
    const auto answers = host.messages_on(dynamic_channel);
    ASSERT_EQ(answers.size(), 2U);
    EXPECT_EQ(status_of(answers[0]), 0U);
    EXPECT_NE(status_of(answers[1]) & 0x80000000U, 0U);
    const auto opened = host.events<client::ChannelOpened>();
    ASSERT_EQ(opened.size(), 2U);
    EXPECT_TRUE(opened[0].accepted);
    EXPECT_FALSE(opened[1].accepted);
}

TEST(DynamicChannels, are_limited_in_number_and_message) {
    client::DynamicChannels machine({"a"});
    client::Messages out;
    for (std::uint32_t i = 0; i <= client::dynamic_channels_max; ++i) {
        const auto chunk = channels::encode_chunks(dvc_create(i, "a"), false).at(0);
        ASSERT_TRUE(machine.chunk(chunk, out));
        EXPECT_EQ(status_of(out.back()) == 0, i < client::dynamic_channels_max) << i;
    }
    const auto first = [](std::uint32_t total) {
        Writer w;
        w.u8(0x2a).u32_le(0).u32_le(total).u8(1);
        return channels::encode_chunks(w.view(), false).at(0);
    };
    EXPECT_TRUE(machine.chunk(first(client::dynamic_message_bytes_max), out));
    EXPECT_EQ(machine.chunk(first(client::dynamic_message_bytes_max + 1), out).error().code,
              Errc::limit_exceeded);
}

TEST(Graphics, offers_what_the_settings_want) {
    const auto versions = [](client::Graphics graphics) {
        auto settings = all_channels();
        settings.graphics = graphics;
        Host host(std::move(settings));
        host.activate();
        host.output();
        host.say(host_message(dynamic_channel, dvc_create(5, client::graphics_channel_name)));
        const auto answers = host.messages_on(dynamic_channel);
        EXPECT_GE(answers.size(), 1U);
        std::vector<std::pair<std::uint32_t, std::uint32_t>> found;
        if (answers.size() < 2) return found;
        const auto pdu = channels::decode_dvc_pdu(answers[1], false);
        const auto caps = channels::decode_caps_advertise(pdu->data);
        EXPECT_TRUE(caps);
        for (const auto& cap : *caps) {
            EXPECT_TRUE(channels::is_known_egfx_version(cap.version)) << cap.version;
            found.emplace_back(cap.version, *Reader(cap.data).u32_le("flags"));
        }
        return found;
    };
    EXPECT_TRUE(versions(client::Graphics::bitmap).empty());
    EXPECT_TRUE(versions(client::Graphics::remotefx).empty());
    using Pairs = std::vector<std::pair<std::uint32_t, std::uint32_t>>;
    EXPECT_EQ(versions(client::Graphics::avc420), (Pairs{{0x80004, 0}, {0x80105, 0x10}}));
    EXPECT_EQ(versions(client::Graphics::avc444).size(), 9U);
    for (const auto& [version, flags] : versions(client::Graphics::pipeline))
        EXPECT_EQ(flags, version < 0xa0000 ? 0U : 0x20U);
}

TEST(DisplayControl, resizes_within_what_the_host_takes) {
    Host host(all_channels());
    host.activate();
    EXPECT_EQ(host.peer.resize(1024, 768).error().code, Errc::unsupported);
    host.say(host_message(dynamic_channel, dvc_create(3, client::display_channel_name)));
    EXPECT_FALSE(host.peer.can_resize());
    Writer caps;
    caps.u8(0x32).u32_le(3).u32_le(5).u32_le(20).u32_le(1).u32_le(1920).u32_le(1080);
    host.say(host_message(dynamic_channel, caps.view()));
    host.output();
    ASSERT_TRUE(host.peer.resize(1024, 768));
    const auto sent = host.messages_on(dynamic_channel);
    ASSERT_EQ(sent.size(), 1U);
    const auto layout =
        channels::decode_monitor_layout(channels::decode_dvc_pdu(sent[0], false)->data);
    ASSERT_TRUE(layout) << layout.error().message();
    EXPECT_EQ(layout->at(0).width, 1024U);
    EXPECT_EQ(layout->at(0).height, 768U);
    for (const auto& [width, height] : std::vector<std::pair<int, int>>{
             {1025, 768}, {198, 768}, {1024, 199}, {1922, 1080}, {8194, 200}})
        EXPECT_EQ(
            host.peer.resize(static_cast<std::uint16_t>(width), static_cast<std::uint16_t>(height))
                .error()
                .code,
            Errc::bad_value)
            << width << 'x' << height;
    EXPECT_TRUE(host.peer.resize(1920, 1080)) << "exactly the area";
    host.say(host_message(dynamic_channel, Bytes{0x42, 3, 0, 0, 0}));
    EXPECT_FALSE(host.peer.can_resize()) << "the host closed the channel";
}

Bytes sound_pdu(std::uint8_t type, ByteView body, std::uint16_t size) {
    return Writer().u8(type).u8(0).u16_le(size).bytes(body).take();
}
Bytes sound_pdu(std::uint8_t type, ByteView body) {
    return sound_pdu(type, body, static_cast<std::uint16_t>(body.size()));
}
Bytes sound_formats() {
    Writer w;
    w.zeros(14).u16_le(2).u8(0).u16_le(8).u8(0);
    w.u16_le(0x11).u16_le(2).u32_le(44100).u32_le(0).u16_le(0).u16_le(4).u16_le(0);
    w.u16_le(1).u16_le(2).u32_le(44100).u32_le(176400).u16_le(4).u16_le(16).u16_le(0);
    return sound_pdu(7, w.view());
}

TEST(Sound, takes_pcm_only_and_confirms_each_block) {
    Host host(all_channels());
    host.activate();
    host.output();
    host.say(host_message(sound_channel, sound_formats()));
    auto sent = host.messages_on(sound_channel);
    ASSERT_EQ(sent.size(), 2U) << "formats and quality";
    const auto ours = channels::decode_sound_formats(*channels::decode_sound_message(sent[0]));
    ASSERT_TRUE(ours);
    ASSERT_EQ(ours->formats.size(), 1U);
    EXPECT_EQ(ours->formats[0].tag, channels::sound_format_pcm);
    host.say(host_message(sound_channel, sound_pdu(6, Bytes{1, 2, 3, 4})));
    EXPECT_EQ(host.messages_on(sound_channel).at(0), (Bytes{6, 0, 4, 0, 1, 2, 3, 4}));
    // Wave Info and its rest: 10 bytes of sound, four of which come first.
    host.say(host_message(sound_channel,
                          sound_pdu(2, Bytes{9, 0, 0, 0, 7, 0, 0, 0, 'a', 'b', 'c', 'd'}, 18)));
    host.say(host_message(sound_channel, Bytes{0, 0, 0, 0, 'e', 'f', 'g', 'h', 'i', 'j'}));
    host.say(
        host_message(sound_channel, sound_pdu(13, Bytes{8, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 'k'})));
    sent = host.messages_on(sound_channel);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0], (Bytes{5, 0, 4, 0, 9, 0, 7, 0}));
    EXPECT_EQ(sent[1], (Bytes{5, 0, 4, 0, 8, 0, 8, 0}));
    std::string heard;
    std::size_t started = 0;
    for (const auto& event : host.peer.take_events()) {
        if (const auto* data = std::get_if<client::SoundData>(&event)) heard += as_text(data->data);
        started += std::holds_alternative<client::SoundStarted>(event) ? 1U : 0U;
    }
    EXPECT_EQ(heard, "abcdefghijk");
    EXPECT_EQ(started, 1U);
}

/// ADPCM, PCM, Opus as xrdp says it, AAC.
Bytes compressed_formats() {
    Writer w;
    w.zeros(14).u16_le(4).u8(0).u16_le(8).u8(0);
    for (const std::uint16_t tag : std::initializer_list<std::uint16_t>{0x11, 1, 0x69, 0xa106})
        w.u16_le(tag).u16_le(2).u32_le(44100).u32_le(176400).u16_le(4).u16_le(16).u16_le(0);
    return sound_pdu(7, w.view());
}

TEST(Sound, takes_compressed_blocks_where_the_driver_decodes_them) {
    for (const bool compressed : {false, true}) {
        auto settings = all_channels();
        settings.compressed_sound = compressed;
        Host host(std::move(settings));
        host.activate();
        host.output();
        host.say(host_message(sound_channel, compressed_formats()));
        const auto sent = host.messages_on(sound_channel);
        const auto ours =
            channels::decode_sound_formats(*channels::decode_sound_message(sent.at(0)));
        ASSERT_TRUE(ours);
        std::vector<std::uint16_t> tags;
        for (const auto& format : ours->formats) tags.push_back(format.tag);
        if (!compressed) {
            EXPECT_EQ(tags, (std::vector<std::uint16_t>{1}));
            continue;
        }
        EXPECT_EQ(tags, (std::vector<std::uint16_t>{1, 0x69, 0xa106}));
        // A block of Opus, one of AAC, one of PCM: each with its format, none of them touched.
        for (const auto format : Bytes{1, 2, 0})
            host.say(host_message(sound_channel, sound_pdu(13, Bytes{8, 0, format, 0, 1, 0, 0, 0, 0,
                                                                     0, 0, 0, 'x', format})));
        std::vector<client::SoundCodec> started;
        std::vector<Bytes> blocks;
        for (const auto& event : host.peer.take_events()) {
            if (const auto* start = std::get_if<client::SoundStarted>(&event)) {
                started.push_back(start->codec);
                EXPECT_EQ(start->format.samples_per_second, 44100U);
            }
            if (const auto* data = std::get_if<client::SoundData>(&event))
                blocks.push_back(data->data);
        }
        using client::SoundCodec;
        EXPECT_EQ(started,
                  (std::vector<SoundCodec>{SoundCodec::opus, SoundCodec::aac, SoundCodec::pcm}));
        EXPECT_EQ(blocks, (std::vector<Bytes>{{'x', 1}, {'x', 2}, {'x', 0}}));
        EXPECT_EQ(host.messages_on(sound_channel).size(), 3U) << "each confirmed";
    }
}

TEST(Sound, aac_without_a_configuration_is_known_by_rate_and_channels) {
    channels::SoundFormat format{0xa106, 2, 44100, 12000, 4, 16, {}};
    EXPECT_EQ(client::aac_config_of(format), (Bytes{0x12, 0x10}));
    format.channels = 1;
    format.samples_per_second = 8000;
    EXPECT_EQ(client::aac_config_of(format), (Bytes{0x15, 0x88}));
    format.extra = Bytes(12);
    format.extra.push_back(0x77);
    EXPECT_EQ(client::aac_config_of(format), Bytes{0x77}) << "what the host says";
    format.extra[0] = 1;
    EXPECT_EQ(client::aac_config_of(format), Bytes{}) << "ADTS says it itself";
}

TEST(Sound, refuses_formats_that_were_not_agreed) {
    Host host(all_channels());
    host.activate();
    host.say(host_message(sound_channel, sound_formats()));
    EXPECT_EQ(host.tell(host_message(sound_channel,
                                     sound_pdu(13, Bytes{8, 0, 1, 0, 8, 0, 0, 0, 0, 0, 0, 0})))
                  .error()
                  .code,
              Errc::bad_value);
    Host other(all_channels());
    other.activate();
    other.say(host_message(sound_channel, sound_formats()));
    other.say(
        host_message(sound_channel, sound_pdu(2, Bytes{9, 0, 0, 0, 7, 0, 0, 0, 1, 2, 3, 4}, 18)));
    EXPECT_EQ(other.tell(host_message(sound_channel, Bytes(9))).error().code, Errc::bad_length);
}

}  // namespace
}  // namespace lucid::test
