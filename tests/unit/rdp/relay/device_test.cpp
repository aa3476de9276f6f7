// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include "channel_scripts.hpp"

namespace lucid::test {
namespace {

struct DeviceCase {
    const char* field;
    std::vector<Device> left;
};
class DeviceKinds : public testing::TestWithParam<DeviceCase> {};

TEST_P(DeviceKinds, only_the_allowed_kind_is_announced) {
    const auto policy =
        rdp::relay::policy_from_json("{\"" + std::string(GetParam().field) + "\":true}");
    ASSERT_TRUE(policy);
    Session s(*policy, {"rdpdr"});
    s.activate();
    s.client(
        client_message(first_channel, announce({drive, printer, card, serial, parallel, unknown})));
    EXPECT_EQ(s.sink.host, client_message(first_channel, announce(GetParam().left)));
    EXPECT_TRUE(s.sink.noted("device refused|unknown WHAT"));
    EXPECT_EQ(s.sink.notes.size(), 6U) << "each device is an event";
}
INSTANTIATE_TEST_SUITE_P(All, DeviceKinds,
                         testing::Values(DeviceCase{"drive", {drive}},
                                         DeviceCase{"printer", {printer}},
                                         DeviceCase{"smart_card", {card}},
                                         DeviceCase{"ports", {serial, parallel}}));

Policy drive_policy() {
    Policy policy;
    policy.drive = true;
    return policy;
}

TEST(DeviceFilter, list_without_allowed_device_is_not_sent) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({printer})));
    EXPECT_TRUE(s.sink.host.empty());
}

TEST(DeviceFilter, request_to_a_hidden_device_is_answered_not_forwarded) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive, printer})));
    s.sink.clear();
    s.host(host_message(first_channel, io_request(2, 0, 77, 0, create_parameters(""))));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_EQ(s.sink.host, client_message(first_channel, encode_io_failure(2, 77, 0xc000000e)));
    s.sink.clear();
    s.client(client_message(first_channel, io_completion(2, 77, 0, Bytes(5))));
    EXPECT_TRUE(s.sink.host.empty());
}

TEST(DeviceFilter, id_announced_twice_ends_the_session) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive})));
    EXPECT_FALSE(s.relay->from_client(client_message(first_channel, announce({drive}))));
}

TEST(DeviceFilter, removed_device_is_gone) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive, printer})));
    s.sink.clear();
    s.client(client_message(first_channel, encode_device_remove({1, 2})));
    EXPECT_EQ(s.sink.host, client_message(first_channel, encode_device_remove({1})));
    s.sink.clear();
    s.host(host_message(first_channel, io_request(1, 0, 1, 0, create_parameters("\\x"))));
    EXPECT_TRUE(s.sink.client.empty());
}

TEST(DeviceFilter, file_read_by_the_host_is_told_by_name_size_and_hash) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive})));
    s.host(host_message(first_channel, io_request(1, 0, 1, 0, create_parameters("\\a\"b.txt"))));
    Writer created;
    created.u32_le(55).u8(0);
    s.client(client_message(first_channel, io_completion(1, 1, 0, created.view())));
    Writer range;
    range.u32_le(5).u64_le(0).zeros(20);
    s.host(host_message(first_channel, io_request(1, 55, 2, 3, range.view())));
    Writer data;
    data.u32_le(5).text("hello");
    s.client(client_message(first_channel, io_completion(1, 2, 0, data.view())));
    s.host(host_message(first_channel, io_request(1, 55, 3, 2, Bytes(32))));
    EXPECT_EQ(s.sink.count(EventKind::transfer), 0U);
    s.client(client_message(first_channel, io_completion(1, 3, 0, Bytes(4))));
    EXPECT_EQ(s.sink.transfer(),
              R"({"allowed":true,"channel":"rdpdr","direction":"client_to_host","format":0,)"
              R"("name":"\\a\"b.txt","sha256":")" +
                  to_hex(crypto::sha256(as_bytes("hello"))) + R"(","size":5,"type":"file"})");
    EXPECT_FALSE(s.sink.recorded(as_bytes("hello")));
}

TEST(DeviceFilter, file_written_by_the_host_counts_only_when_it_succeeded) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive})));
    s.host(host_message(first_channel, io_request(1, 0, 1, 0, create_parameters("\\out"))));
    Writer created;
    created.u32_le(8).u8(0);
    s.client(client_message(first_channel, io_completion(1, 1, 0, created.view())));
    for (const std::uint32_t status : {0xc0000022U, 0U}) {
        Writer range;
        range.u32_le(4).u64_le(0).zeros(20).text("data");
        s.host(host_message(first_channel, io_request(1, 8, 2, 4, range.view())));
        s.client(client_message(first_channel, io_completion(1, 2, status, Bytes(5))));
    }
    s.host(host_message(first_channel, io_request(1, 8, 3, 2, Bytes(32))));
    s.client(client_message(first_channel, io_completion(1, 3, 0, Bytes(4))));
    EXPECT_NE(s.sink.transfer().find(R"("direction":"host_to_client")"), std::string::npos);
    EXPECT_NE(s.sink.transfer().find(R"("size":4)"), std::string::npos);
}

TEST(DeviceFilter, completion_id_in_use_ends_the_session) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive})));
    const auto request =
        host_message(first_channel, io_request(1, 0, 1, 0, create_parameters("\\x")));
    s.host(request);
    EXPECT_FALSE(s.relay->from_host(request));
}

TEST(DeviceFilter, requests_without_completion_are_limited_with_an_answer) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.client(client_message(first_channel, announce({drive})));
    for (std::uint32_t i = 0; i < rdp::relay::DeviceFilter::pending_max; ++i)
        s.host(host_message(first_channel, io_request(1, 0, i, 0, create_parameters("\\x"))));
    s.sink.clear();
    s.host(host_message(first_channel, io_request(1, 0, 5000, 0, create_parameters("\\x"))));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_EQ(s.sink.host, client_message(first_channel, encode_io_failure(1, 5000, 0xc000009a)));
}

TEST(DeviceFilter, printer_messages_need_the_printer) {
    for (const bool allowed : {false, true}) {
        auto policy = drive_policy();
        policy.printer = allowed;
        Session s(policy, {"rdpdr"});
        s.activate();
        s.host(host_message(first_channel, Bytes{0x52, 0x50, 0x43, 0x50, 4, 0, 0, 0}));
        EXPECT_EQ(!s.sink.client.empty(), allowed);
    }
}

TEST(DeviceFilter, unknown_packets_are_dropped) {
    Session s(drive_policy(), {"rdpdr"});
    s.activate();
    s.host(host_message(first_channel, Bytes{0x72, 0x44, 0x11, 0x11}));
    s.client(client_message(first_channel, Bytes{0x72, 0x44, 0x11, 0x11}));
    EXPECT_TRUE(s.sink.client.empty());
    EXPECT_TRUE(s.sink.host.empty());
}

}  // namespace
}  // namespace lucid::test
