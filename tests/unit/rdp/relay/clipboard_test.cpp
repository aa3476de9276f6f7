// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include "channel_scripts.hpp"

namespace lucid::test {
namespace {

struct Direction {
    bool to_host;
    bool to_client;
};
class ClipboardDirections : public testing::TestWithParam<Direction> {};

TEST_P(ClipboardDirections, announcement_passes_or_is_answered) {
    Policy policy;
    policy.clipboard_to_host = GetParam().to_host;
    policy.clipboard_to_client = GetParam().to_client;
    if (!policy.clipboard_to_host && !policy.clipboard_to_client) {
        EXPECT_FALSE(allows_static_channel(policy, "cliprdr"));
        return;
    }
    const auto ok = encode_clip_message(ClipType::format_list_response, cb_response_ok, {});
    Clipboard up(policy);
    up.client_says(formats());
    EXPECT_EQ(up.host_got(formats()), policy.clipboard_to_host);
    EXPECT_EQ(up.client_got(ok), !policy.clipboard_to_host);
    Clipboard down(policy);
    down.host_says(formats());
    EXPECT_EQ(down.client_got(formats()), policy.clipboard_to_client);
    EXPECT_EQ(down.host_got(ok), !policy.clipboard_to_client);
}

TEST_P(ClipboardDirections, data_flows_only_where_allowed) {
    Policy policy;
    policy.clipboard_to_host = GetParam().to_host;
    policy.clipboard_to_client = GetParam().to_client;
    if (!policy.clipboard_to_host && !policy.clipboard_to_client) return;
    const auto text = wide("some text");
    Clipboard up(policy);
    up.client_says(formats());
    up.sink.clear();
    up.host_says(request(cf_unicodetext));
    EXPECT_EQ(up.client_got(request(cf_unicodetext)), policy.clipboard_to_host);
    EXPECT_EQ(up.host_got(failure()), !policy.clipboard_to_host);
    up.sink.clear();
    up.client_says(response(text));
    EXPECT_EQ(up.host_got(response(text)), policy.clipboard_to_host);
    EXPECT_FALSE(up.sink.recorded(text));
    EXPECT_EQ(up.sink.count(EventKind::transfer), 1U);

    Clipboard down(policy);
    down.host_says(formats());
    down.client_says(request(cf_unicodetext));
    down.sink.clear();
    down.host_says(response(text));
    EXPECT_EQ(down.client_got(response(text)), policy.clipboard_to_client);
    EXPECT_FALSE(down.sink.recorded(text));
}
INSTANTIATE_TEST_SUITE_P(All, ClipboardDirections,
                         testing::Values(Direction{false, false}, Direction{true, false},
                                         Direction{false, true}, Direction{true, true}));

TEST(ClipboardFilter, transfer_event_names_size_and_hash) {
    Clipboard s(rdp::relay::standard_policy());
    s.client_says(formats());
    s.host_says(request(cf_unicodetext));
    const auto text = wide("abc");
    s.client_says(response(text));
    EXPECT_EQ(s.sink.transfer(),
              R"({"allowed":true,"channel":"cliprdr","direction":"client_to_host","format":13,)"
              R"("name":"","sha256":")" +
                  to_hex(crypto::sha256(text)) + R"(","size":6,"type":"data"})");
}

TEST(ClipboardFilter, size_limit_holds_at_the_byte) {
    auto policy = rdp::relay::standard_policy();
    policy.clipboard_bytes_max = 1000;
    for (const std::size_t size : {1000U, 1001U}) {
        Clipboard s(policy);
        s.client_says(formats());
        s.host_says(request(cf_unicodetext));
        s.sink.clear();
        const auto message = response(Bytes(size, 'x'));
        s.client_says(message);
        EXPECT_EQ(s.host_got(message), size == 1000);
        EXPECT_EQ(s.host_got(failure()), size != 1000);
    }
}

TEST(ClipboardFilter, far_too_large_data_is_hashed_not_kept_and_the_asker_told) {
    auto policy = rdp::relay::standard_policy();
    policy.clipboard_bytes_max = 1000;
    Clipboard s(policy);
    s.client_says(formats());
    s.host_says(request(cf_unicodetext));
    s.sink.clear();
    const Bytes data(300'000, 'y');
    s.client_says(response(data));
    EXPECT_TRUE(s.host_got(failure()));
    EXPECT_NE(s.sink.transfer().find(to_hex(crypto::sha256(data))), std::string::npos);
    EXPECT_NE(s.sink.transfer().find(R"("allowed":false)"), std::string::npos);
    EXPECT_NE(s.sink.transfer().find(R"("size":300000)"), std::string::npos);
    // The session goes on.
    s.sink.clear();
    s.host_says(request(cf_unicodetext));
    s.client_says(response(wide("ok")));
    EXPECT_TRUE(s.host_got(response(wide("ok"))));
}

TEST(ClipboardFilter, data_nobody_asked_for_is_dropped) {
    Clipboard s(rdp::relay::standard_policy());
    s.client_says(formats());
    s.sink.clear();
    s.client_says(response(wide("pushed")));
    EXPECT_TRUE(s.sink.host.empty());
    EXPECT_TRUE(s.sink.noted("clipboard refused|client_to_host data nobody asked for"));
}

TEST(ClipboardFilter, request_for_a_format_never_announced_fails) {
    Clipboard s(rdp::relay::standard_policy());
    s.client_says(formats());
    s.sink.clear();
    s.host_says(request(49));
    EXPECT_TRUE(s.host_got(failure()));
    EXPECT_TRUE(s.sink.client.empty());
}

TEST(ClipboardFilter, files_are_neither_offered_nor_negotiated_without_permission) {
    Clipboard s(rdp::relay::standard_policy());
    s.host_says(caps(0x3e));
    EXPECT_TRUE(s.client_got(caps(0x02)));
    s.sink.clear();
    s.client_says(formats(true));
    EXPECT_TRUE(s.host_got(formats(false)));
    s.sink.clear();
    s.host_says(file_request(7, 0, 100));
    EXPECT_TRUE(s.sink.client.empty());
    Writer failed;
    failed.u32_le(7);
    EXPECT_TRUE(s.host_got(
        encode_clip_message(ClipType::file_contents_response, cb_response_fail, failed.view())));
}

TEST(ClipboardFilter, short_format_names_are_understood) {
    Session s(rdp::relay::standard_policy(), {"cliprdr"});
    s.activate();
    Writer w;
    w.u32_le(file_list).text("FileContents").zeros(20);
    s.client(
        client_message(first_channel, encode_clip_message(ClipType::format_list, 4, w.view())));
    EXPECT_EQ(s.sink.host,
              client_message(first_channel, encode_clip_message(ClipType::format_list, 4, {})));
}

TEST(ClipboardFilter, unreadable_announcement_fails_for_its_sender) {
    Clipboard s(rdp::relay::standard_policy());
    s.client_says(encode_clip_message(ClipType::format_list, 0, Bytes{1, 2, 3}));
    EXPECT_TRUE(s.sink.host.empty());
    EXPECT_TRUE(
        s.client_got(encode_clip_message(ClipType::format_list_response, cb_response_fail, {})));
}

TEST(ClipboardFilter, files_pass_with_permission_and_are_told_by_name) {
    Clipboard s(rdp::relay::custom_policy());
    s.client_says(formats(true));
    s.host_says(request(file_list));
    Writer list;
    list.u32_le(1).zeros(72).bytes(wide("report.txt")).zeros(520 - 20);
    s.client_says(response(list.view()));
    s.host_says(file_request(9, 0, 100));
    s.sink.clear();
    const auto contents = file_response(9, as_bytes("hello"));
    s.client_says(contents);
    EXPECT_TRUE(s.host_got(contents));
    EXPECT_EQ(s.sink.transfer(),
              R"({"allowed":true,"channel":"cliprdr","direction":"client_to_host","format":0,)"
              R"("name":"report.txt","sha256":")" +
                  to_hex(crypto::sha256(as_bytes("hello"))) + R"(","size":5,"type":"file"})");
    s.sink.clear();
    s.client_says(contents);
    EXPECT_TRUE(s.sink.host.empty()) << "answered once only";
}

TEST(ClipboardFilter, file_request_beyond_the_limit_fails) {
    auto policy = rdp::relay::custom_policy();
    policy.clipboard_bytes_max = 1000;
    Clipboard s(policy);
    s.client_says(formats(true));
    s.host_says(request(file_list));
    s.client_says(response(file_list_of("a.txt", std::nullopt)));
    s.sink.clear();
    s.host_says(file_request(9, 0, 1001));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_FALSE(s.sink.host.empty());
    s.sink.clear();
    s.host_says(file_request(9, 0, 1000));
    EXPECT_FALSE(s.sink.client.empty());
}

TEST(ClipboardFilter, compressed_chunk_ends_the_session) {
    Clipboard s(rdp::relay::standard_policy());
    Writer w;
    w.u32_le(8).u32_le(3 | 0x00200000).zeros(8);
    EXPECT_FALSE(s.relay->from_client(from_client(first_channel, w.view())));
}

}  // namespace
}  // namespace lucid::test
