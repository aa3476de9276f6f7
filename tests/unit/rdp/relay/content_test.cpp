// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/file_rules.hpp>

#include "channel_scripts.hpp"

// What may cross, by kind, direction, name, size and rate: each row is tried on whole sessions.

namespace lucid::test {
namespace {

using rdp::relay::Side;

struct KindCase {
    const char* field;  ///< that allows it
    std::uint32_t id;
    const char* name;
    bool by_default;
};
constexpr KindCase kind_cases[] = {
    {"clipboard_text", 1, "", true},
    {"clipboard_text", 7, "", true},
    {"clipboard_text", 13, "", true},
    {"clipboard_text", 16, "", true},
    {"clipboard_text", 0xc001, "UTF8_STRING", true},
    {"clipboard_text", 0xc002, "text/plain", true},
    {"clipboard_html", 0xc003, "HTML Format", true},
    {"clipboard_html", 0xc004, "text/html", true},
    {"clipboard_images", 2, "", true},
    {"clipboard_images", 8, "", true},
    {"clipboard_images", 17, "", true},
    {"clipboard_images", 0xc005, "PNG", true},
    {"clipboard_images", 0xc006, "image/jpeg", true},
    {"clipboard_files", 15, "", false},
    {"clipboard_files", 0xc007, "FileGroupDescriptorW", false},
    {"clipboard_files", 0xc008, "FileContents", false},
    {"clipboard_files", 0xc009, "FileNameW", false},
    {"clipboard_other", 0xc00a, "Rich Text Format", false},
    {"clipboard_other", 0xc00b, "Embed Source", false},
    {"clipboard_other", 0xc00c, "Csv", false},
    {"clipboard_other", 3, "", false},
    {"clipboard_other", 14, "", false},
    {"clipboard_other", 0xc00d, "html format", false},
};

class ClipboardKinds : public testing::TestWithParam<KindCase> {};

TEST_P(ClipboardKinds, pass_only_with_their_permission_in_either_direction) {
    const auto& c = GetParam();
    EXPECT_EQ(rdp::relay::policy_to_json(rdp::relay::standard_policy())
                      .find("\"" + std::string(c.field) + "\":true") != std::string::npos,
              c.by_default);
    for (const bool on : {true, false}) {
        const auto policy = rdp::relay::policy_from_json(
            std::string(R"({"clipboard_to_host":true,"clipboard_to_client":true,")") + c.field +
            "\":" + (on ? "true" : "false") + "}");
        ASSERT_TRUE(policy);
        const auto list = one_format(c.id, c.name);
        Clipboard up(*policy);
        up.client_says(list);
        EXPECT_EQ(up.host_got(list), on);
        up.sink.clear();
        up.host_says(request(c.id));
        EXPECT_EQ(up.client_got(request(c.id)), on);
        EXPECT_EQ(up.host_got(failure()), !on);
        Clipboard down(*policy);
        down.host_says(list);
        EXPECT_EQ(down.client_got(list), on);
        down.sink.clear();
        down.client_says(request(c.id));
        EXPECT_EQ(down.host_got(request(c.id)), on);
        EXPECT_EQ(down.client_got(failure()), !on);
    }
}
INSTANTIATE_TEST_SUITE_P(All, ClipboardKinds, testing::ValuesIn(kind_cases));

struct NameCase {
    const char* path;
    const char* allowed;  ///< JSON list
    const char* denied;
    bool passes;
};
constexpr NameCase name_cases[] = {
    {"report.txt", "[]", "[]", true},
    {"report.txt", "[]", R"(["*.exe"])", true},
    {"setup.exe", "[]", R"(["*.exe"])", false},
    {"SETUP.EXE", "[]", R"(["*.exe"])", false},
    {"setup.exe.txt", "[]", R"(["*.exe"])", true},
    {"setup.txt.exe", "[]", R"(["*.exe"])", false},
    {"setup.exe.", "[]", R"(["*.exe"])", false},
    {"setup.exe . ", "[]", R"(["*.exe"])", false},
    {"setup.exe:zone", "[]", R"(["*.exe"])", false},
    {"notes.txt:setup.exe", "[]", R"(["*.exe"])", false},
    {"notes.txt::$DATA", "[]", R"(["*.exe"])", true},
    {"\\\\folder\\\\setup.exe", "[]", R"(["*.exe"])", false},
    {"\\\\setup.exe\\\\notes.txt", "[]", R"(["*.exe"])", true},
    {"folder/setup.exe", "[]", R"(["*.exe"])", false},
    {"exe", "[]", R"(["*.exe"])", true},
    {".exe", "[]", R"(["*.exe"])", false},
    {"report.pdf", R"(["*.pdf","*.txt"])", "[]", true},
    {"report.doc", R"(["*.pdf","*.txt"])", "[]", false},
    {"report.pdf.exe", R"(["*.pdf","*.txt"])", "[]", false},
    {"report.pdf", R"(["*.pdf"])", R"(["report.*"])", false},
    {"summary.pdf", R"(["*.pdf"])", R"(["report.*"])", true},
    {"a1.log", R"(["a?.log"])", "[]", true},
    {"a12.log", R"(["a?.log"])", "[]", false},
    {"aXbXc", R"(["a*b*c"])", "[]", true},
    {"aXbXd", R"(["a*b*c"])", "[]", false},
    {"anything", R"(["*"])", "[]", true},
};

Policy named(const NameCase& c, const char* more) {
    auto policy =
        rdp::relay::policy_from_json(std::string(R"({"file_names_allowed":)") + c.allowed +
                                     R"(,"file_names_denied":)" + c.denied + more + "}");
    EXPECT_TRUE(policy);
    return policy ? *policy : Policy{};
}

class FileNames : public testing::TestWithParam<NameCase> {};

TEST_P(FileNames, decide_on_the_clipboard) {
    const auto& c = GetParam();
    Clipboard s(named(c, R"(,"clipboard_to_host":true,"clipboard_files":true)"));
    s.client_says(formats(true));
    s.host_says(request(file_list));
    s.client_says(response(file_list_of(c.path, 5)));
    s.sink.clear();
    s.host_says(file_request(3, 0, 5));
    EXPECT_EQ(s.client_got(file_request(3, 0, 5)), c.passes) << c.path;
    EXPECT_EQ(s.sink.noted("clipboard refused|client_to_host file name"), !c.passes);
}

/// A drive with one open file; `file` is its id.
class Drive : public Session {
  public:
    static constexpr std::uint32_t file = 40;
    Drive(const Policy& policy, std::string_view path) : Session(policy, {"rdpdr"}) {
        activate();
        client(client_message(first_channel, announce({drive})));
        request_of(0, 0, 1, create_parameters(path));
        Writer opened;
        opened.u32_le(file).u8(1);
        client(client_message(first_channel, io_completion(1, 1, 0, opened.view())));
        sink.clear();
    }
    void request_of(std::uint32_t major, std::uint32_t of_file, std::uint32_t completion,
                    ByteView parameters) {
        sink.clear();
        host(host_message(first_channel, io_request(1, of_file, completion, major, parameters)));
    }
    /// Did the last request go on to the client, or was it answered with "access denied"?
    [[nodiscard]] bool passed(std::uint32_t completion) const {
        const bool denied =
            sink.host ==
            client_message(first_channel, encode_io_failure(1, completion, 0xc0000022));
        EXPECT_NE(sink.client.empty(), !denied);
        return !denied;
    }
    bool reads(std::uint32_t completion, std::uint32_t length) {
        Writer w;
        w.u32_le(length).u64_le(0).zeros(20);
        request_of(3, file, completion, w.view());
        return passed(completion);
    }
    bool writes(std::uint32_t completion, std::size_t length) {
        Writer w;
        w.u32_le(static_cast<std::uint32_t>(length)).u64_le(0).zeros(20).bytes(Bytes(length));
        request_of(4, file, completion, w.view());
        return passed(completion);
    }
    bool renames(std::uint32_t completion, std::string_view to) {
        const auto text = wide(to);
        Writer w;
        w.u32_le(10).u32_le(static_cast<std::uint32_t>(6 + text.size())).zeros(24).u8(0).u8(0);
        w.u32_le(static_cast<std::uint32_t>(text.size())).bytes(text);
        request_of(6, file, completion, w.view());
        return passed(completion);
    }
    bool creates(std::uint32_t completion, std::uint32_t disposition, std::uint32_t options = 0) {
        request_of(0, 0, completion, create_parameters("\\x", disposition, options));
        return passed(completion);
    }
};

TEST_P(FileNames, decide_on_a_drive) {
    const auto& c = GetParam();
    const auto policy = named(c, R"(,"drive":true)");
    Drive read(policy, c.path);
    EXPECT_EQ(read.reads(2, 10), c.passes) << c.path;
    EXPECT_EQ(read.sink.noted("file refused|file name"), !c.passes);
    Drive written(policy, c.path);
    EXPECT_EQ(written.writes(2, 10), c.passes) << c.path;
    EXPECT_TRUE(written.renames(3, "fine") || c.allowed[1] != ']');
    // Renaming is no way around.
    Drive renamed(policy, "start.tmp");
    EXPECT_EQ(renamed.renames(2, c.path), c.passes) << c.path;
}
INSTANTIATE_TEST_SUITE_P(All, FileNames, testing::ValuesIn(name_cases));

TEST(DriveDirections, reading_and_writing_have_a_switch_each) {
    for (const bool to_host : {false, true})
        for (const bool to_client : {false, true}) {
            Policy policy;
            policy.drive = true;
            policy.drive_to_host = to_host;
            policy.drive_to_client = to_client;
            Drive s(policy, "\\notes.txt");
            EXPECT_EQ(s.reads(2, 10), to_host);
            EXPECT_EQ(s.writes(3, 10), to_client);
            EXPECT_EQ(s.renames(4, "\\other.txt"), to_client);
            EXPECT_TRUE(s.creates(5, 1)) << "opening what is there";
            for (const std::uint32_t disposition : {0U, 2U, 3U, 4U, 5U})
                EXPECT_EQ(s.creates(10 + disposition, disposition), to_client) << disposition;
            EXPECT_EQ(s.creates(20, 1, create_option_delete_on_close), to_client);
        }
}

TEST(DriveNames, making_or_emptying_a_file_of_a_refused_name_is_refused) {
    Policy policy;
    policy.drive = true;
    policy.file_names_denied = {"*.exe"};
    Drive s(policy, "\\notes.txt");
    for (const std::uint32_t disposition : {0U, 1U, 2U, 3U, 4U, 5U}) {
        const auto completion = 10 + disposition;
        s.request_of(0, 0, completion, create_parameters("\\run.exe", disposition));
        EXPECT_EQ(s.passed(completion), disposition == 1) << disposition;
    }
    s.request_of(0, 0, 20, create_parameters("\\dir.exe", 2, create_option_directory));
    EXPECT_TRUE(s.passed(20)) << "a directory";
}

TEST(FileSizes, hold_at_the_byte_on_a_drive) {
    Policy policy;
    policy.drive = true;
    policy.file_bytes_max = 100;
    Drive s(policy, "\\notes.txt");
    EXPECT_TRUE(s.reads(2, 60));
    Writer data;
    data.u32_le(60).bytes(Bytes(60));
    s.client(client_message(first_channel, io_completion(1, 2, 0, data.view())));
    EXPECT_FALSE(s.reads(3, 41));
    EXPECT_TRUE(s.reads(4, 40));
    EXPECT_FALSE(s.writes(5, 101));
    EXPECT_TRUE(s.writes(6, 100));
}

TEST(FileSizes, hold_at_the_byte_on_the_clipboard) {
    auto policy = rdp::relay::custom_policy();
    policy.file_bytes_max = 100;
    for (const auto& [size, passes] :
         {std::pair<std::optional<std::uint64_t>, bool>{100, true}, {101, false}, {{}, true}}) {
        Clipboard s(policy);
        s.client_says(formats(true));
        s.host_says(request(file_list));
        s.client_says(response(file_list_of("a.bin", size)));
        s.sink.clear();
        s.host_says(file_request(1, 0, 60));
        EXPECT_EQ(s.client_got(file_request(1, 0, 60)), passes);
        if (size) continue;
        // Of unknown size: what is asked for counts.
        s.sink.clear();
        s.host_says(file_request(2, 0, 41, 60));
        EXPECT_TRUE(s.sink.client.empty());
        s.host_says(file_request(3, 0, 40, 60));
        EXPECT_FALSE(s.sink.client.empty());
    }
}

TEST(FileFlows, a_file_in_pieces_is_one_event_with_the_hash_of_the_whole) {
    Clipboard s(rdp::relay::custom_policy());
    s.client_says(formats(true));
    s.host_says(request(file_list));
    s.client_says(response(file_list_of("a.bin", 11)));
    s.sink.clear();
    s.host_says(file_request(1, 0, 6));
    s.client_says(file_response(1, as_bytes("hello ")));
    EXPECT_EQ(s.sink.count(EventKind::transfer), 0U) << "it is not whole yet";
    s.host_says(file_request(2, 0, 6, 6));
    s.client_says(file_response(2, as_bytes("world")));
    std::string told;
    for (const auto& e : s.sink.events)
        if (as_text(e.payload).find("sha256") != std::string_view::npos) told = as_text(e.payload);
    EXPECT_NE(told.find(to_hex(crypto::sha256(as_bytes("hello world")))), std::string::npos)
        << told;
    EXPECT_NE(told.find(R"("size":11)"), std::string::npos);
}

TEST(ClipboardRate, holds_within_a_minute_and_is_over_after_it) {
    auto policy = rdp::relay::standard_policy();
    policy.clipboard_per_minute = 3;
    Clipboard s(policy);
    s.client_says(formats());
    const auto pastes = [&](std::uint64_t at_us) {
        s.relay->set_time(at_us);
        s.host_says(request(13));
        s.sink.clear();
        s.client_says(response(wide("x")));
        return s.host_got(response(wide("x")));
    };
    EXPECT_TRUE(pastes(1'000'000));
    EXPECT_TRUE(pastes(2'000'000));
    EXPECT_TRUE(pastes(3'000'000));
    EXPECT_FALSE(pastes(60'999'999));
    EXPECT_TRUE(s.sink.noted("clipboard refused|client_to_host data too often"));
    EXPECT_TRUE(pastes(61'000'000));
    EXPECT_FALSE(pastes(61'500'000));
    EXPECT_TRUE(pastes(62'000'000));
}

TEST(ClipboardHtml, passes_cleaned_and_the_event_tells_what_passed) {
    Clipboard s(rdp::relay::standard_policy());
    s.client_says(one_format(0xc0a1, "HTML Format"));
    s.host_says(request(0xc0a1));
    s.sink.clear();
    s.client_says(response(as_bytes("<b onclick=x()>hi</b><script>evil()</script>")));
    EXPECT_TRUE(contains(s.sink.host, as_bytes("<b>hi</b>")));
    EXPECT_FALSE(contains(s.sink.host, as_bytes("evil")));
    EXPECT_NE(s.sink.transfer().find(to_hex(crypto::sha256(as_bytes("<b>hi</b>")))),
              std::string::npos);
}

TEST(ClipboardLocks, are_never_negotiated) {
    Clipboard s(rdp::relay::custom_policy());
    s.host_says(caps(0x3e));
    EXPECT_TRUE(s.client_got(caps(0x2e)));
    s.sink.clear();
    s.host_says(encode_clip_message(ClipType::lock_clip_data, 0, Bytes(4)));
    EXPECT_TRUE(s.sink.client.empty());
}

}  // namespace
}  // namespace lucid::test
