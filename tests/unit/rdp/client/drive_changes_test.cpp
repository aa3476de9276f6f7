// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/client/drive_status.hpp>

#include "drive_host.hpp"

namespace lucid::test {
namespace {

using Strings = std::vector<std::string>;

constexpr std::uint32_t access_write = 0x00120116;
constexpr std::uint32_t access_delete = 0x00110080;
constexpr std::uint32_t option_folder = channels::create_option_directory;
constexpr std::uint64_t growth = 10;

client::Settings writable_drive() {
    auto settings = all_channels();
    settings.drive_growth_bytes_max = growth;
    return settings;
}

class DriveChanges : public DriveChannel {
  protected:
    DriveChanges() : DriveChannel(writable_drive()) { announce(); }
    [[nodiscard]] const Strings& changes() const { return host.folder.changes; }
    static Bytes rename_to(std::string_view path, bool replace = false) {
        const auto name = wide(path);
        Writer w;
        w.u8(replace ? 1 : 0).u8(0).u32_le(static_cast<std::uint32_t>(name.size())).bytes(name);
        return w.take();
    }
    Strings told() {
        Strings lines;
        for (const auto& event : host.events<client::DriveChanged>())
            lines.push_back(event.what + " " + event.path +
                            (event.to.empty() ? "" : " " + event.to) +
                            (event.bytes == 0 ? "" : " " + std::to_string(event.bytes)));
        return lines;
    }
};

TEST_F(DriveChanges, each_disposition_does_what_it_says) {
    struct Case {
        const char* path;
        std::uint32_t disposition;
        std::uint32_t status;
        int information;
        const char* change;
    };
    using namespace client;
    const Case cases[] = {
        {"\\a.txt", channels::create_disposition_supersede, 0, 3, "resize a.txt 0"},
        {"\\n0", channels::create_disposition_supersede, 0, 0, "create n0"},
        {"\\a.txt", channels::create_disposition_open, 0, 1, nullptr},
        {"\\n1", channels::create_disposition_open, status_object_name_not_found, -1, nullptr},
        {"\\a.txt", channels::create_disposition_create, status_object_name_collision, -1, nullptr},
        {"\\n2", channels::create_disposition_create, 0, 0, "create n2"},
        {"\\a.txt", channels::create_disposition_open_if, 0, 1, nullptr},
        {"\\n3", channels::create_disposition_open_if, 0, 0, "create n3"},
        {"\\a.txt", channels::create_disposition_overwrite, 0, 3, "resize a.txt 0"},
        {"\\n4", channels::create_disposition_overwrite, status_object_name_not_found, -1, nullptr},
        {"\\a.txt", channels::create_disposition_overwrite_if, 0, 3, "resize a.txt 0"},
        {"\\n5", channels::create_disposition_overwrite_if, 0, 0, "create n5"},
        {"\\n6", 6, status_invalid_parameter, -1, nullptr},
    };
    for (const auto& c : cases) {
        host.folder.changes.clear();
        const auto answer = open(c.path, access_write, c.disposition);
        EXPECT_EQ(answer.status, c.status) << c.path << ' ' << c.disposition;
        EXPECT_EQ(changes(), c.change == nullptr ? Strings{} : Strings{c.change})
            << c.path << ' ' << c.disposition;
        ASSERT_EQ(answer.parameters.size(), 5U);
        if (c.information >= 0) EXPECT_EQ(answer.parameters[4], c.information) << c.path;
    }
}

TEST_F(DriveChanges, folders_are_made_and_not_overwritten) {
    const auto made =
        open("\\new", access_write, channels::create_disposition_create, option_folder);
    EXPECT_EQ(made.status, 0U);
    EXPECT_EQ(changes(), (Strings{"mkdir new"}));
    EXPECT_EQ(open("\\sub", access_write, channels::create_disposition_overwrite_if).status,
              client::status_file_is_a_directory);
    EXPECT_EQ(
        open("\\a.txt", access_write, channels::create_disposition_open_if, option_folder).status,
        client::status_not_a_directory);
    EXPECT_EQ(write(file_of(made), 0, "x").status, client::status_file_is_a_directory);
    EXPECT_EQ(told(), (Strings{"created new"}));
}

TEST_F(DriveChanges, what_is_written_arrives_and_is_told_at_the_end) {
    const auto file = file_of(open("\\n", access_write, channels::create_disposition_create));
    const auto answer = write(file, 2, "cd");
    EXPECT_EQ(answer.status, 0U);
    EXPECT_EQ(answer.parameters, (Bytes{2, 0, 0, 0, 0}));
    EXPECT_EQ(write(file, 0, "ab").status, 0U);
    EXPECT_EQ(changes(), (Strings{"create n", "write n 2 cd", "write n 0 ab"}));
    EXPECT_EQ(told(), (Strings{"created n"}));
    EXPECT_EQ(ask(file, channels::irp_mj_close, 0, Bytes(32)).status, 0U);
    EXPECT_EQ(told(), (Strings{"written n 4"}));
    EXPECT_EQ(write(file, 0, "x").status, client::status_invalid_handle);
}

TEST_F(DriveChanges, growth_ends_at_its_limit) {
    // a.txt has five bytes; overwriting them costs nothing.
    const auto file = file_of(open("\\a.txt", access_write));
    EXPECT_EQ(write(file, 0, "HELLO").status, 0U);
    EXPECT_EQ(write(file, 5, "0123456789").status, 0U) << "ten more";
    EXPECT_EQ(write(file, 5, "0").status, client::status_disk_full) << "and one";
    EXPECT_EQ(write(file, 4, "o").status, 0U);
    EXPECT_EQ(set(file, 20, Writer().u64_le(6).view()).status, client::status_disk_full);
    EXPECT_EQ(set(file, 20, Writer().u64_le(2).view()).status, 0U) << "shorter";
    EXPECT_EQ(changes().back(), "resize a.txt 2");
    const auto largest = std::uint64_t{1} << 63;
    EXPECT_EQ(set(file, 20, Writer().u64_le(largest).view()).status,
              client::status_invalid_parameter);
    EXPECT_EQ(write(file, largest, "x").status, client::status_invalid_parameter);
    EXPECT_EQ(write(file, largest - 2, "x").status, client::status_disk_full);
    EXPECT_EQ(set(file, 20, Bytes(7)).status, client::status_invalid_parameter);
}

TEST_F(DriveChanges, an_allocation_cuts_and_sets_nothing_aside) {
    const auto file = file_of(open("\\a.txt", access_write));
    EXPECT_EQ(set(file, 19, Writer().u64_le(9).view()).status, 0U);
    EXPECT_TRUE(changes().empty());
    EXPECT_EQ(set(file, 19, Writer().u64_le(3).view()).status, 0U);
    EXPECT_EQ(changes(), (Strings{"resize a.txt 3"}));
    EXPECT_EQ(write(file, 5, "0123456789").status, 0U) << "it costs nothing";
}

TEST_F(DriveChanges, makes_no_more_files_than_its_limit) {
    client::Messages out;
    std::vector<client::Event> events;
    client::Drive drive("lucid", "docs", growth, &host.folder);
    const auto ask_drive = [&](std::size_t number) {
        // The folder keeps only the last names: looking is linear here.
        host.folder.changes.clear();
        const auto name = wide("\\f" + std::to_string(number) + '\0');
        Writer w;
        w.u32_le(drive_id).u32_le(0).u32_le(1).u32_le(channels::irp_mj_create).u32_le(0);
        w.u32_le(access_write).u64_le(0).u32_le(0).u32_le(7).u32_le(2).u32_le(0);
        w.u32_le(static_cast<std::uint32_t>(name.size())).bytes(name);
        out.clear();
        EXPECT_TRUE(drive.message(core(0x4952, w.view()), out, events));
        const auto answer =
            *channels::decode_io_completion(*channels::decode_rdpdr_message(out[0]));
        const auto file = *Reader(answer.parameters).u32_le("FileId");
        Writer close;
        close.u32_le(drive_id).u32_le(file).u32_le(1).u32_le(channels::irp_mj_close).zeros(36);
        EXPECT_TRUE(drive.message(core(0x4952, close.view()), out, events));
        events.clear();
        return answer.status;
    };
    for (std::size_t i = 0; i < client::drive_created_max; ++i) ASSERT_EQ(ask_drive(i), 0U) << i;
    EXPECT_EQ(ask_drive(client::drive_created_max), client::status_disk_full);
}

TEST_F(DriveChanges, names_are_what_the_host_could_use_itself) {
    for (const auto* path : {"\\a:stream", "\\a*", "\\a?", "\\a|b", "\\a<b", "\\a>b", "\\a\"b",
                             "\\a\tb", "\\sub\\x:y"})
        EXPECT_EQ(open(path, access_write, channels::create_disposition_create).status,
                  client::status_object_name_invalid)
            << path;
    const std::string longest(client::drive_name_bytes_max, 'n');
    EXPECT_EQ(open("\\" + longest, access_write, channels::create_disposition_create).status, 0U);
    EXPECT_EQ(open("\\" + longest + "n", access_write, channels::create_disposition_create).status,
              client::status_object_name_invalid);
    EXPECT_EQ(open("\\..\\x", access_write, channels::create_disposition_create).status,
              client::status_access_denied);
}

TEST_F(DriveChanges, renames_take_open_files_along) {
    const auto folder = file_of(open("\\sub", access_write));
    const auto inside = file_of(open("\\sub\\b.txt", access_write));
    EXPECT_EQ(set(folder, 10, rename_to("\\a.txt")).status, client::status_object_name_collision);
    EXPECT_EQ(set(folder, 10, rename_to("\\moved")).status, 0U);
    EXPECT_EQ(changes(), (Strings{"rename sub moved"}));
    EXPECT_EQ(told(), (Strings{"renamed sub moved"}));
    EXPECT_EQ(set(inside, 10, rename_to("\\a.txt", true)).status, 0U);
    EXPECT_EQ(changes().back(), "rename moved/b.txt a.txt replace");
    EXPECT_EQ(set(inside, 10, rename_to("\\..\\x")).status, client::status_access_denied);
    EXPECT_EQ(set(inside, 10, rename_to("\\x:y")).status, client::status_object_name_invalid);
    EXPECT_EQ(set(inside, 10, rename_to("\\")).status, client::status_object_name_invalid);
    auto rooted = rename_to("\\x");
    rooted[1] = 1;
    EXPECT_EQ(set(inside, 10, rooted).status, client::status_invalid_parameter);
    const auto root = file_of(open("\\"));
    EXPECT_EQ(set(root, 10, rename_to("\\x")).status, client::status_access_denied);
    const auto whole = rename_to("\\y");
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(set(inside, 10, ByteView(whole).first(size)).status,
                  client::status_invalid_parameter)
            << size;
}

TEST_F(DriveChanges, removes_what_is_closed_last) {
    const auto file = file_of(open("\\a.txt", access_delete));
    EXPECT_EQ(set(file, 13, Bytes{1}).status, 0U);
    EXPECT_EQ(set(file, 13, Bytes{0}).status, 0U) << "it may stay";
    EXPECT_EQ(ask(file, channels::irp_mj_close, 0, Bytes(32)).status, 0U);
    EXPECT_TRUE(changes().empty());
    const auto gone = file_of(open("\\a.txt", access_delete));
    EXPECT_EQ(set(gone, 13, {}).status, 0U) << "no buffer means that it goes";
    EXPECT_TRUE(changes().empty());
    EXPECT_EQ(ask(gone, channels::irp_mj_close, 0, Bytes(32)).status, 0U);
    EXPECT_EQ(changes(), (Strings{"remove a.txt"}));
    const auto option = file_of(open("\\a.txt", access_delete, channels::create_disposition_open,
                                     channels::create_option_delete_on_close));
    EXPECT_EQ(ask(option, channels::irp_mj_close, 0, Bytes(32)).status, 0U);
    EXPECT_EQ(told(), (Strings{"removed a.txt", "removed a.txt"}));
    const auto full = file_of(open("\\sub", access_delete));
    EXPECT_EQ(set(full, 13, Bytes{1}).status, client::status_directory_not_empty);
    const auto root = file_of(open("\\"));
    EXPECT_EQ(set(root, 13, Bytes{1}).status, client::status_access_denied);
    EXPECT_EQ(open("\\", access_delete, channels::create_disposition_open,
                   channels::create_option_delete_on_close)
                  .status,
              client::status_access_denied);
}

TEST_F(DriveChanges, times_are_set_and_other_classes_refused) {
    const auto file = file_of(open("\\a.txt", access_write));
    const auto basic = [](std::uint64_t time) {
        return Writer().zeros(16).u64_le(time).zeros(8).u32_le(0x80).take();
    };
    EXPECT_EQ(set(file, 4, basic(12345)).status, 0U);
    EXPECT_EQ(changes(), (Strings{"touch a.txt 12345"}));
    EXPECT_EQ(set(file, 4, basic(0)).status, 0U);
    EXPECT_EQ(set(file, 4, basic(~std::uint64_t{0})).status, 0U);
    EXPECT_EQ(changes().size(), 1U) << "0 and -1 leave it";
    EXPECT_EQ(set(file, 4, Bytes(35)).status, client::status_invalid_parameter);
    EXPECT_EQ(set(file, 99, Bytes(8)).status, client::status_not_supported);
}

TEST_F(DriveChanges, the_reason_of_a_failure_is_told) {
    const auto file = file_of(open("\\a.txt", access_write));
    const std::pair<Error, std::uint32_t> cases[] = {
        {make_system_error(ENOSPC, ""), client::status_disk_full},
        {make_system_error(EFBIG, ""), client::status_disk_full},
        {make_system_error(EROFS, ""), client::status_access_denied},
        {make_system_error(EPERM, ""), client::status_access_denied},
        {make_system_error(ENAMETOOLONG, ""), client::status_object_name_invalid},
        {make_system_error(ENOTEMPTY, ""), client::status_directory_not_empty},
        {make_system_error(EIO, ""), client::status_unsuccessful},
    };
    for (const auto& [error, status] : cases) {
        host.folder.broken = error;
        EXPECT_EQ(write(file, 0, "x").status, status) << error.message();
    }
}

TEST_F(DriveChanges, requests_that_are_cut_are_the_end) {
    const auto file = file_of(open("\\a.txt", access_write));
    Writer w;
    w.u32_le(drive_id).u32_le(file).u32_le(77).u32_le(channels::irp_mj_write).u32_le(0);
    w.u32_le(1).u64_le(0).zeros(20).u8('x');
    const auto whole = core(0x4952, w.view());
    client::Messages out;
    std::vector<client::Event> events;
    client::Drive drive("lucid", "docs", growth, &host.folder);
    // A file that is not open is answered; what is cut before that is known is not.
    constexpr std::size_t head_bytes = 24;
    for (std::size_t size = 0; size < whole.size(); ++size)
        EXPECT_EQ(drive.message(ByteView(whole).first(size), out, events).has_value(),
                  size >= head_bytes)
            << size;
    for (std::size_t size = head_bytes; size < whole.size(); ++size) {
        Host cut(writable_drive());
        cut.activate();
        cut.say(host_message(devices_channel, core(0x496e, Bytes{1, 0, 12, 0, 9, 0, 0, 0})));
        cut.say(host_message(devices_channel, core(0x4343, Bytes{1, 0, 12, 0, 9, 0, 0, 0})));
        const auto name = wide("\\a.txt");
        Writer create;
        create.u32_le(drive_id).u32_le(0).u32_le(1).u32_le(0).u32_le(0);
        create.u32_le(access_write).u64_le(0).u32_le(0).u32_le(7).u32_le(1).u32_le(0);
        create.u32_le(static_cast<std::uint32_t>(name.size())).bytes(name);
        cut.say(host_message(devices_channel, core(0x4952, create.view())));
        EXPECT_FALSE(cut.tell(host_message(devices_channel, ByteView(whole).first(size)))) << size;
        EXPECT_TRUE(cut.folder.changes.empty());
    }
}

TEST_F(DriveChanges, the_volume_has_what_the_host_may_use) {
    const auto size = ask(0, channels::irp_mj_query_volume_information, 0,
                          Writer().u32_le(3).u32_le(0).zeros(24).view());
    EXPECT_EQ(*Reader(ByteView(size.parameters).subspan(4)).u64_le("total"), (1U << 30) / 4096U);
    EXPECT_EQ(*Reader(ByteView(size.parameters).subspan(12)).u64_le("available"), 0U)
        << "ten bytes are no unit";
    const auto attributes = ask(0, channels::irp_mj_query_volume_information, 0,
                                Writer().u32_le(5).u32_le(0).zeros(24).view());
    EXPECT_EQ(*Reader(ByteView(attributes.parameters).subspan(4)).u32_le("flags") & 0x80000U, 0U);
}

}  // namespace
}  // namespace lucid::test
