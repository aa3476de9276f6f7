// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0

/// Files that are held until scanned: order, budgets and late verdicts. What passes and what does
/// not, by verdict and policy, is in tests/integration/policy.

#include "channel_scripts.hpp"

namespace lucid::test {
namespace {

using scan::proto::ScanResult;
using scan::proto::Verdict;

const ScanResult clean{Verdict::clean, ""};

Policy scanning(std::uint32_t bytes_max = 1024) {
    Policy policy;
    policy.drive = policy.scan_files = policy.clipboard_files = true;
    policy.clipboard_to_host = policy.clipboard_to_client = true;
    policy.scan_bytes_max = bytes_max;
    return policy;
}

class HeldDrive : public Session {
  public:
    explicit HeldDrive(std::uint32_t bytes_max = 1024) : Session(scanning(bytes_max), {"rdpdr"}) {
        activate();
        client_says(announce({drive}));
        sink.clear();
    }
    void client_says(ByteView message) { client(client_message(first_channel, message)); }
    void host_says(ByteView message) { host(host_message(first_channel, message)); }
    /// Disposition 5: with nothing in it.
    void open(std::uint32_t file, std::string_view path, std::uint32_t disposition = 1) {
        host_says(io_request(1, 0, 900, 0, create_parameters(path, disposition)));
        client_says(io_completion(1, 900, 0, Writer().u32_le(file).u8(1).take()));
        sink.clear();
    }
    void read(std::uint32_t file, std::uint32_t completion, std::uint32_t bytes) {
        host_says(
            io_request(1, file, completion, 3, Writer().u32_le(bytes).u64_le(0).zeros(20).take()));
    }
    void write(std::uint32_t file, std::uint32_t completion, std::string_view text,
               std::uint64_t offset = 0) {
        host_says(io_request(1, file, completion, 4,
                             Writer()
                                 .u32_le(static_cast<std::uint32_t>(text.size()))
                                 .u64_le(offset)
                                 .zeros(20)
                                 .text(text)
                                 .take()));
    }
    void close(std::uint32_t file, std::uint32_t completion) {
        host_says(io_request(1, file, completion, 2, Bytes(32)));
    }
    /// What the client gives to our own read number `nth`.
    void give(std::uint32_t nth, ByteView data) {
        client_says(encode_read_completion(1, own(nth), data));
    }
    static std::uint32_t own(std::uint32_t nth) {
        return rdp::relay::DriveHold::first_completion + nth;
    }
    [[nodiscard]] bool host_got(ByteView message) const {
        return contains(sink.host, client_message(first_channel, message));
    }
    [[nodiscard]] bool client_got(ByteView message) const {
        return contains(sink.client, host_message(first_channel, message));
    }
    [[nodiscard]] bool denied(std::uint32_t completion) const {
        return host_got(encode_io_failure(1, completion, 0xc0000022));
    }
};

TEST(DriveHold, requests_are_answered_in_their_order) {
    HeldDrive s;
    s.open(5, "\\a");
    s.read(5, 10, 3);
    s.read(5, 11, 100);
    s.close(5, 12);
    EXPECT_TRUE(s.sink.host.empty());
    s.give(0, as_bytes("abcdef"));
    s.give(1, {});
    ASSERT_EQ(s.sink.scans.size(), 1U);
    EXPECT_EQ(as_text(*s.sink.scans[0].second), "abcdef");
    EXPECT_TRUE(s.sink.host.empty()) << "not a byte before the verdict";
    s.sink.client.clear();
    s.relay->on_verdict(s.sink.scans[0].first, clean);
    Bytes answers = client_message(first_channel, encode_read_completion(1, 10, as_bytes("abc")));
    append(answers,
           client_message(first_channel, encode_read_completion(1, 11, as_bytes("abcdef"))));
    EXPECT_EQ(s.sink.host, answers);
    EXPECT_EQ(s.sink.client, host_message(first_channel, io_request(1, 5, 12, 2, Bytes(32))));
}

TEST(DriveHold, what_is_written_is_scanned_with_what_was_there) {
    HeldDrive s;
    s.open(5, "\\a");
    s.write(5, 10, "XY", 2);
    s.give(0, as_bytes("abcdef"));
    s.give(1, {});
    EXPECT_TRUE(s.host_got(encode_write_completion(1, 10, 2)));
    s.write(5, 11, "Z", 8);
    s.sink.client.clear();
    s.close(5, 12);
    EXPECT_TRUE(s.sink.client.empty());
    ASSERT_EQ(s.sink.scans.size(), 1U);
    EXPECT_EQ(as_text(*s.sink.scans[0].second), std::string_view("abXYef\0\0Z", 9));
    s.relay->on_verdict(s.sink.scans[0].first, clean);
    EXPECT_TRUE(s.client_got(encode_write_request(1, 5, HeldDrive::own(2), 2, as_bytes("XY"))));
    s.client_says(encode_write_completion(1, HeldDrive::own(2), 2));
    EXPECT_TRUE(s.client_got(encode_write_request(1, 5, HeldDrive::own(3), 8, as_bytes("Z"))));
    EXPECT_FALSE(s.client_got(io_request(1, 5, 12, 2, Bytes(32))));
    s.client_says(encode_write_completion(1, HeldDrive::own(3), 1));
    EXPECT_TRUE(s.client_got(io_request(1, 5, 12, 2, Bytes(32))));
    EXPECT_NE(s.sink.transfer().find(R"("scan":"clean")"), std::string::npos);
}

TEST(DriveHold, a_new_end_cuts_what_was_written) {
    HeldDrive s;
    s.open(5, "\\a", 5);
    s.write(5, 10, "abcdef");
    const auto cut =
        io_request(1, 5, 11, 6, Writer().u32_le(20).u32_le(8).zeros(24).u64_le(2).take());
    s.host_says(cut);
    EXPECT_TRUE(s.client_got(cut)) << "the client's file is cut, too";
    s.client_says(io_completion(1, 11, 0, Bytes(4)));
    s.close(5, 12);
    ASSERT_EQ(s.sink.scans.size(), 1U);
    EXPECT_EQ(as_text(*s.sink.scans[0].second), "ab");
}

TEST(DriveHold, a_write_that_fails_at_the_client_fails_the_close) {
    HeldDrive s;
    s.open(5, "\\a", 5);
    s.write(5, 10, "abc");
    s.close(5, 11);
    s.relay->on_verdict(s.sink.scans.at(0).first, clean);
    s.client_says(io_completion(1, HeldDrive::own(0), 0xc000007f, Bytes(5)));
    s.client_says(io_completion(1, 11, 0, Bytes(4)));
    EXPECT_TRUE(s.denied(11));
    EXPECT_NE(s.sink.transfer().find(R"("allowed":false)"), std::string::npos);
}

TEST(DriveHold, one_file_is_not_written_by_two_handles) {
    HeldDrive s;
    s.open(5, "\\a", 5);
    s.open(6, "\\A", 5);
    s.write(5, 10, "one half");
    s.write(6, 11, "other half");
    EXPECT_TRUE(s.denied(11));
    EXPECT_TRUE(s.sink.noted("file refused|written by two at once"));
}

TEST(DriveHold, held_files_share_one_budget) {
    HeldDrive s(1024);
    s.open(5, "\\a", 5);
    s.open(6, "\\b", 5);
    s.write(5, 10, std::string(1000, 'a'));
    s.write(6, 11, std::string(24, 'b'));
    EXPECT_FALSE(s.denied(11));
    s.write(6, 12, "b", 24);
    EXPECT_TRUE(s.denied(12));
    // What was only read gives way.
    HeldDrive t(1024);
    t.open(5, "\\a");
    t.read(5, 10, 10);
    t.give(0, Bytes(1000, 'a'));
    t.give(1, {});
    t.relay->on_verdict(t.sink.scans.at(0).first, clean);
    t.open(6, "\\b", 5);
    t.write(6, 11, std::string(1000, 'b'));
    EXPECT_FALSE(t.denied(11));
    t.sink.client.clear();
    t.read(5, 12, 10);
    EXPECT_TRUE(t.client_got(encode_read_request(1, 5, HeldDrive::own(2), 0, 512 * 1024)))
        << "fetched again";
}

TEST(DriveHold, offsets_may_be_any_number) {
    for (const auto offset : {~std::uint64_t{0}, ~std::uint64_t{0} - 2, std::uint64_t{1} << 40}) {
        HeldDrive s;
        s.open(5, "\\a", 5);
        s.write(5, 10, "abc", offset);
        EXPECT_TRUE(s.denied(10)) << offset;
    }
}

TEST(DriveHold, a_late_verdict_changes_nothing) {
    HeldDrive s;
    s.open(5, "\\a");
    s.read(5, 10, 3);
    s.give(0, as_bytes("abc"));
    s.give(1, {});
    s.client_says(encode_device_remove({1}));
    s.sink.clear();
    s.relay->on_verdict(1, clean);
    s.relay->on_verdict(77, clean);
    EXPECT_TRUE(s.sink.host.empty());
    EXPECT_TRUE(s.sink.client.empty());
}

TEST(DriveHold, numbers_of_our_own_are_not_the_hosts) {
    HeldDrive s;
    s.open(5, "\\a");
    s.read(5, 10, 3);
    s.open(6, "\\b");
    s.sink.clear();
    s.read(6, HeldDrive::own(0), 3);
    EXPECT_TRUE(s.host_got(encode_io_failure(1, HeldDrive::own(0), 0xc000009a)));
}

TEST(ClipboardHold, files_share_the_budget_and_come_again) {
    Clipboard s(scanning(1000));
    s.client_says(one_format(file_list, "FileGroupDescriptorW"));
    s.host_says(request(file_list));
    Writer list;
    list.u32_le(2);
    for (const auto* name : {"a", "b"}) list.bytes(ByteView(file_list_of(name, 600)).subspan(4));
    s.client_says(response(list.view()));
    std::uint32_t stream = rdp::relay::ClipboardHold::first_stream;
    for (const std::uint32_t index : {0U, 1U, 0U}) {
        s.host_says(file_request(7, index, 10));
        s.client_says(file_response(stream++, Bytes(600, 'x')));
        s.sink.host.clear();
        s.relay->on_verdict(s.sink.scans.back().first, clean);
        EXPECT_TRUE(s.host_got(file_response(7, Bytes(10, 'x')))) << index;
    }
    EXPECT_EQ(s.sink.scans.size(), 3U) << "the first gave way and was scanned again";
}

TEST(ClipboardHold, requests_that_wait_are_limited) {
    Clipboard s(scanning());
    s.client_says(one_format(file_list, "FileGroupDescriptorW"));
    s.host_says(request(file_list));
    s.client_says(response(file_list_of("a", 10)));
    for (std::uint32_t i = 0; i < rdp::relay::ClipboardHold::waiting_max; ++i)
        s.host_says(file_request(i, 0, 1));
    s.sink.host.clear();
    s.host_says(file_request(500, 0, 1));
    EXPECT_TRUE(s.host_got(encode_clip_message(ClipType::file_contents_response, cb_response_fail,
                                               Writer().u32_le(500).take())));
}

}  // namespace
}  // namespace lucid::test
