// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/cliprdr.hpp>

#include "scripted_host.hpp"

namespace lucid::test {
namespace {

namespace channels = rdp::proto::channels;
using channels::ClipType;

constexpr std::uint32_t host_flags =
    channels::cb_use_long_format_names | channels::cb_stream_fileclip_enabled;

Bytes format_list(std::vector<std::pair<std::uint32_t, std::string>> formats) {
    std::vector<channels::ClipFormat> list;
    for (const auto& [id, name] : formats) list.push_back({id, wide(name), {}});
    return channels::encode_format_list(list, true);
}

TEST(Clipboard, gives_what_was_offered) {
    Host host(all_channels());
    host.activate();
    ASSERT_TRUE(host.peer.offer_clipboard(
        {{"text", *client::clipboard_text_to_wire("a\nb")}, {"html", to_bytes(as_bytes("<b>"))}}));
    host.output();
    host.say(host_message(clipboard_channel, channels::encode_clip_caps(host_flags)));
    host.say(host_message(clipboard_channel,
                          channels::encode_clip_message(ClipType::monitor_ready, 0, {})));
    auto sent = host.messages_on(clipboard_channel);
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(channels::decode_clip_message(sent[0])->type, ClipType::clip_caps);
    const auto list = channels::decode_format_list(*channels::decode_clip_message(sent[1]), true);
    ASSERT_TRUE(list);
    ASSERT_EQ(list->size(), 2U);
    EXPECT_EQ((*list)[0].id, 13U);
    EXPECT_EQ((*list)[1].name, wide("HTML Format"));
    for (const auto& format : *list)
        host.say(host_message(clipboard_channel, channels::encode_format_data_request(format.id)));
    host.say(host_message(clipboard_channel, channels::encode_format_data_request(99)));
    sent = host.messages_on(clipboard_channel);
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(to_bytes(channels::decode_clip_message(sent[0])->data),
              wide(std::string_view("a\r\nb\0", 5)));
    EXPECT_EQ(as_text(channels::decode_clip_message(sent[1])->data), "<b>");
    EXPECT_EQ(channels::decode_clip_message(sent[2])->flags, channels::cb_response_fail);
    EXPECT_EQ(host.events<client::ClipboardTaken>().size(), 2U);
}

TEST(Clipboard, fetches_what_the_host_offers) {
    Host host(all_channels());
    host.activate();
    host.say(host_message(clipboard_channel, channels::encode_clip_caps(host_flags)));
    host.say(host_message(clipboard_channel, format_list({{13, ""}, {49999, "HTML Format"}})));
    const auto offered = host.events<client::ClipboardOffered>();
    ASSERT_EQ(offered.size(), 1U);
    EXPECT_EQ(offered[0].formats, (std::vector<std::string>{"text", "html"}));
    host.output();
    EXPECT_EQ(host.peer.request_clipboard("image").error().code, Errc::not_found);
    ASSERT_TRUE(host.peer.request_clipboard("html"));
    EXPECT_EQ(host.peer.request_clipboard("text").error().code, Errc::already_exists);
    const auto sent = host.messages_on(clipboard_channel);
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(*channels::decode_format_data_request(*channels::decode_clip_message(sent[0])),
              49999U);
    const auto data =
        channels::encode_clip_message(ClipType::format_data_response, 1, as_bytes("<i>"));
    host.say(host_message(clipboard_channel, data));
    const auto arrived = host.events<client::ClipboardArrived>();
    ASSERT_EQ(arrived.size(), 1U);
    EXPECT_TRUE(arrived[0].ok);
    EXPECT_EQ(as_text(arrived[0].data), "<i>");
    EXPECT_FALSE(host.tell(host_message(clipboard_channel, data))) << "nobody asked";
}

/// Two files and the folder that one of them is in, offered to a host that is ready.
class ClipboardFiles : public testing::Test {
  protected:
    explicit ClipboardFiles(std::uint32_t flags = host_flags) : host(all_channels()) {
        host.activate();
        host.say(host_message(clipboard_channel, channels::encode_clip_caps(flags)));
        host.say(host_message(clipboard_channel,
                              channels::encode_clip_message(ClipType::monitor_ready, 0, {})));
        host.output();
        EXPECT_TRUE(host.peer.offer_clipboard(
            {{"files", *client::clipboard_files_to_wire(
                           {{"box", true, std::nullopt, 0},
                            {"box/a", false, (std::uint64_t{1} << 32) + 5, 7}})}}));
    }
    std::vector<channels::ClipMessage> sent() {
        kept = host.messages_on(clipboard_channel);
        std::vector<channels::ClipMessage> found;
        for (const auto& message : kept) found.push_back(*channels::decode_clip_message(message));
        return found;
    }
    void ask(std::uint32_t index, std::uint32_t flags, std::uint64_t position,
             std::uint32_t bytes) {
        host.say(host_message(clipboard_channel, channels::encode_file_contents_request(
                                                     {77, index, flags, position, bytes})));
    }
    Host host;
    std::vector<Bytes> kept;
};

TEST_F(ClipboardFiles, sizes_are_answered_and_parts_asked_of_the_driver) {
    host.output();
    ask(1, channels::file_contents_size, 0, 8);
    auto answers = sent();
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(kept[0], (Bytes{9, 0, 1, 0, 12, 0, 0, 0, 77, 0, 0, 0, 5, 0, 0, 0, 1, 0, 0, 0}));
    ask(1, channels::file_contents_range, std::uint64_t{1} << 32, 0xffffffff);
    EXPECT_TRUE(sent().empty());
    const auto wanted = host.events<client::ClipboardFileWanted>();
    ASSERT_EQ(wanted.size(), 1U);
    EXPECT_EQ(wanted[0].stream, 77U);
    EXPECT_EQ(wanted[0].index, 1U);
    EXPECT_EQ(wanted[0].position, std::uint64_t{1} << 32);
    EXPECT_EQ(wanted[0].bytes, client::clipboard_file_part_bytes_max);
    ASSERT_TRUE(host.peer.give_clipboard_file(77, as_bytes("hello")));
    answers = sent();
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_EQ(answers[0].flags, channels::cb_response_ok);
    EXPECT_EQ(as_text(answers[0].data).substr(4), "hello");
    EXPECT_EQ(host.peer.give_clipboard_file(77, std::nullopt).error().code, Errc::not_found);
}

TEST_F(ClipboardFiles, what_is_not_there_is_refused) {
    host.output();
    ask(0, channels::file_contents_size, 0, 8);
    ask(0, channels::file_contents_range, 0, 8);
    ask(2, channels::file_contents_range, 0, 8);
    ask(1, channels::file_contents_size | channels::file_contents_range, 0, 8);
    for (const auto& answer : sent()) EXPECT_EQ(answer.flags, channels::cb_response_fail);
    EXPECT_EQ(kept.size(), 4U) << "a folder, a folder, none, both at once";
    EXPECT_TRUE(host.events<client::ClipboardFileWanted>().empty());
    ask(1, channels::file_contents_range, 0, 8);
    ASSERT_TRUE(host.peer.give_clipboard_file(77, std::nullopt));
    EXPECT_EQ(sent().at(0).flags, channels::cb_response_fail);
}

TEST_F(ClipboardFiles, requests_wait_up_to_their_limit_and_end_with_the_offer) {
    host.output();
    for (std::size_t i = 0; i < client::clipboard_file_requests_max; ++i)
        ask(1, channels::file_contents_range, 0, 8);
    EXPECT_TRUE(sent().empty());
    ask(1, channels::file_contents_range, 0, 8);
    EXPECT_EQ(sent().at(0).flags, channels::cb_response_fail);
    ASSERT_TRUE(host.peer.offer_clipboard({{"text", {'x', 0, 0, 0}}}));
    const auto answers = sent();
    ASSERT_EQ(answers.size(), client::clipboard_file_requests_max + 1);
    EXPECT_EQ(answers[0].flags, channels::cb_response_fail);
    EXPECT_EQ(answers.back().type, ClipType::format_list);
    ask(1, channels::file_contents_size, 0, 8);
    EXPECT_EQ(sent().at(0).flags, channels::cb_response_fail) << "not offered any more";
}

TEST_F(ClipboardFiles, requests_that_are_cut_are_the_end) {
    const auto whole =
        channels::encode_file_contents_request({77, 1, channels::file_contents_range, 0, 8});
    for (std::size_t size = 0; size < whole.size(); ++size) {
        Host cut(all_channels());
        cut.activate();
        EXPECT_FALSE(cut.tell(host_message(clipboard_channel, ByteView(whole).first(size))))
            << size;
        // And with a length that fits what is there.
        if (size < 8) continue;
        const auto shorter = channels::encode_clip_message(ClipType::file_contents_request, 0,
                                                           ByteView(whole).subspan(8, size - 8));
        EXPECT_FALSE(cut.tell(host_message(clipboard_channel, shorter))) << size;
    }
}

class ClipboardWithoutFiles : public ClipboardFiles {
  protected:
    ClipboardWithoutFiles() : ClipboardFiles(channels::cb_use_long_format_names) {}
};

TEST_F(ClipboardWithoutFiles, hosts_that_take_none_are_offered_none) {
    const auto lists = sent();
    ASSERT_EQ(lists.size(), 1U);
    EXPECT_TRUE(channels::decode_format_list(lists[0], true)->empty());
    host.say(host_message(clipboard_channel, channels::encode_format_data_request(0xc0e0)));
    EXPECT_EQ(sent().at(0).flags, channels::cb_response_fail);
}

TEST(Clipboard, fetches_parts_of_the_hosts_files) {
    Host host(all_channels());
    host.activate();
    host.say(host_message(clipboard_channel, channels::encode_clip_caps(host_flags)));
    host.say(host_message(clipboard_channel, format_list({{50000, "FileGroupDescriptorW"}})));
    EXPECT_EQ(host.events<client::ClipboardOffered>().at(0).formats,
              (std::vector<std::string>{"files"}));
    host.output();
    ASSERT_TRUE(host.peer.request_clipboard_file(3, std::uint64_t{5} << 32, 4));
    EXPECT_EQ(host.peer.request_clipboard_file(3, 0, 4).error().code, Errc::already_exists);
    const auto asked = host.messages_on(clipboard_channel);
    ASSERT_EQ(asked.size(), 1U);
    EXPECT_EQ(asked[0], (Bytes{8, 0, 0, 0, 24, 0, 0, 0, 1, 0, 0, 0, 3, 0, 0, 0,
                               2, 0, 0, 0, 0,  0, 0, 0, 5, 0, 0, 0, 4, 0, 0, 0}));
    host.say(host_message(clipboard_channel,
                          channels::encode_file_contents_response(1, as_bytes("abcd"))));
    const auto arrived = host.events<client::ClipboardFileArrived>();
    ASSERT_EQ(arrived.size(), 1U);
    EXPECT_TRUE(arrived[0].ok);
    EXPECT_EQ(as_text(arrived[0].data), "abcd");
    // The next one has another stream; a failing answer is told.
    ASSERT_TRUE(host.peer.request_clipboard_file(3, 0, 4));
    host.say(
        host_message(clipboard_channel, channels::encode_file_contents_response(2, std::nullopt)));
    EXPECT_FALSE(host.events<client::ClipboardFileArrived>().at(0).ok);
}

TEST(Clipboard, answers_that_nobody_asked_for_are_the_end) {
    const auto refused = [](bool asked, std::uint32_t stream, std::string_view data) {
        Host host(all_channels());
        host.activate();
        if (asked) EXPECT_TRUE(host.peer.request_clipboard_file(0, 0, 4));
        return !host.tell(host_message(
            clipboard_channel, channels::encode_file_contents_response(stream, as_bytes(data))));
    };
    EXPECT_FALSE(refused(true, 1, "abcd"));
    EXPECT_TRUE(refused(false, 1, "abcd"));
    EXPECT_TRUE(refused(true, 2, "abcd")) << "another stream";
    EXPECT_TRUE(refused(true, 1, "abcde")) << "more than was asked for";
}

}  // namespace
}  // namespace lucid::test
