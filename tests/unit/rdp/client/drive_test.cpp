// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "drive_host.hpp"

namespace lucid::test {
namespace {

TEST_F(DriveChannel, is_announced_when_somebody_is_logged_on) {
    auto answers = tell(core(0x496e, Bytes{1, 0, 12, 0, 9, 0, 0, 0}));
    ASSERT_EQ(answers.size(), 2U) << "announce reply and name";
    EXPECT_EQ(answers[0], core(0x4343, Bytes{1, 0, 12, 0, 9, 0, 0, 0}));
    Writer caps;
    caps.u16_le(1).u16_le(0).u16_le(1).u16_le(44).u32_le(2).zeros(20).u32_le(7).zeros(12);
    answers = tell(core(0x5350, caps.view()));
    ASSERT_EQ(answers.size(), 1U);
    EXPECT_TRUE(tell(core(0x4343, Bytes{1, 0, 12, 0, 9, 0, 0, 0})).empty());
    answers = tell(core(0x554c, {}));
    ASSERT_EQ(answers.size(), 1U);
    const auto devices = channels::decode_device_list(*channels::decode_rdpdr_message(answers[0]));
    ASSERT_TRUE(devices);
    ASSERT_EQ(devices->size(), 1U);
    EXPECT_EQ(devices->at(0).type, channels::DeviceType::filesystem);
    EXPECT_EQ(as_text(devices->at(0).name).substr(0, 4), "docs");
    EXPECT_TRUE(tell(core(0x554c, {})).empty()) << "once";
    tell(core(0x6472, Bytes{1, 0, 0, 0, 0, 0, 0, 0}));
    const auto events = host.events<client::DriveAnswered>();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_TRUE(events[0].accepted);
}

TEST_F(DriveChannel, gives_files_to_read) {
    announce();
    const auto file = file_of(open("\\a.txt"));
    const auto read =
        ask(file, channels::irp_mj_read, 0, Writer().u32_le(100).u64_le(1).zeros(20).view());
    EXPECT_EQ(read.status, 0U);
    EXPECT_EQ(as_text(read.parameters), std::string_view("\x04\0\0\0ello", 8));
    const auto standard = ask(file, channels::irp_mj_query_information, 0,
                              Writer().u32_le(5).u32_le(0).zeros(24).view());
    EXPECT_EQ(*Reader(ByteView(standard.parameters).subspan(12)).u64_le("EndOfFile"), 5U);
    EXPECT_EQ(ask(file, channels::irp_mj_close, 0, Bytes(32)).status, 0U);
    EXPECT_EQ(ask(file, channels::irp_mj_close, 0, Bytes(32)).status, 0xc0000008U);
}

TEST_F(DriveChannel, gives_nothing_to_be_changed) {
    announce();
    constexpr std::uint32_t access_denied = 0xc0000022;
    EXPECT_EQ(open("\\new.txt", 0x00120089, 3).status, access_denied) << "open or create";
    EXPECT_EQ(open("\\a.txt", 0x40000000).status, access_denied) << "generic write";
    EXPECT_EQ(open("\\a.txt", 0x00010080).status, access_denied) << "delete";
    EXPECT_EQ(open("\\new.txt", 0x00120089, 2).status, access_denied) << "create";
    EXPECT_EQ(open("\\a.txt", 0x00120089, 1, 0x1000).status, access_denied) << "delete on close";
    const auto file = file_of(open("\\a.txt"));
    EXPECT_EQ(
        ask(file, channels::irp_mj_write, 0, Writer().u32_le(1).u64_le(0).zeros(20).u8('x').view())
            .status,
        access_denied);
    EXPECT_EQ(ask(file, channels::irp_mj_set_information, 0,
                  Writer().u32_le(20).u32_le(8).zeros(24).u64_le(0).view())
                  .status,
              access_denied);
    EXPECT_TRUE(host.folder.changes.empty());
}

TEST_F(DriveChannel, lists_folders) {
    announce();
    const auto folder = file_of(open("\\"));
    std::vector<std::string> names;
    auto answer = list(folder, "\\*", true);
    while (answer.status == 0) {
        // Length, then the entry: the name's length at 60, the name at 93.
        const auto entry = ByteView(answer.parameters).subspan(4);
        const auto bytes = *Reader(entry.subspan(60)).u32_le("FileNameLength");
        EXPECT_EQ(entry.size(), 93U + bytes);
        std::string name;
        for (std::size_t i = 0; i < bytes; i += 2) name += static_cast<char>(entry[93 + i]);
        names.push_back(name);
        answer = list(folder, "", false);
    }
    EXPECT_EQ(answer.status, 0x80000006U) << "no more files";
    EXPECT_EQ(names, (std::vector<std::string>{"a.txt", "sub"}));
    EXPECT_EQ(list(folder, "\\*.doc", true).status, 0xc000000fU) << "no such file";
    EXPECT_EQ(list(folder, "\\sub\\B.*", true).status, 0U);
    EXPECT_EQ(list(folder, "\\*", true, 99).status, 0xc00000bbU) << "an unknown class";
}

TEST_F(DriveChannel, keeps_the_host_inside_of_the_folder) {
    announce();
    for (const auto* path : {"\\..\\etc", "\\sub\\..\\..\\x", "\\.", "..", "\\a/b"})
        EXPECT_EQ(open(path).status, 0xc0000022U) << path;
    EXPECT_EQ(open("\\none").status, 0xc0000034U);
    const auto folder = file_of(open("\\"));
    EXPECT_EQ(list(folder, "\\..\\*", true).status, 0xc0000022U);
}

TEST_F(DriveChannel, opens_no_more_files_than_its_limit) {
    announce();
    for (std::size_t i = 0; i < client::drive_files_max; ++i) ASSERT_EQ(open("\\a.txt").status, 0U);
    EXPECT_EQ(open("\\a.txt").status, 0xc000011fU);
}

TEST_F(DriveChannel, answers_questions_about_the_volume) {
    announce();
    for (const std::uint32_t information_class : {1U, 3U, 4U, 5U, 7U}) {
        const auto answer = ask(0, channels::irp_mj_query_volume_information, 0,
                                Writer().u32_le(information_class).u32_le(0).zeros(24).view());
        EXPECT_EQ(answer.status, 0U) << information_class;
        EXPECT_EQ(*Reader(answer.parameters).u32_le("Length") + 4, answer.parameters.size());
    }
    EXPECT_EQ(ask(0, channels::irp_mj_query_volume_information, 0, Bytes{99, 0, 0, 0}).status,
              0xc00000bbU);
}

TEST(Drive, without_one_the_channel_is_answered_and_nothing_is_given) {
    auto settings = all_channels();
    settings.drive.reset();
    Host host(std::move(settings));
    host.activate();
    host.output();
    host.say(host_message(devices_channel, core(0x496e, Bytes{1, 0, 12, 0, 9, 0, 0, 0})));
    host.say(host_message(devices_channel, core(0x4343, Bytes{1, 0, 12, 0, 9, 0, 0, 0})));
    const auto answers = host.messages_on(devices_channel);
    ASSERT_EQ(answers.size(), 3U);
    EXPECT_EQ(answers[2], core(0x4441, Bytes(4)));
}

TEST(DrivePattern, matches_as_shells_of_the_host_do) {
    EXPECT_TRUE(client::matches_pattern("readme.txt", "*"));
    EXPECT_TRUE(client::matches_pattern("readme.txt", "READ*.t?t"));
    EXPECT_TRUE(client::matches_pattern("", "*"));
    EXPECT_FALSE(client::matches_pattern("readme.txt", "*.doc"));
    EXPECT_FALSE(client::matches_pattern("a", ""));
    EXPECT_TRUE(client::matches_pattern("aaab", "*a*b"));
}

}  // namespace
}  // namespace lucid::test
