// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/relay/policy.hpp>

#include <gtest/gtest.h>

namespace lucid::rdp::relay {
namespace {

struct ChannelCase {
    const char* preset;
    const char* channel;
    bool dynamic;
    bool allowed;
};
class PolicyChannels : public testing::TestWithParam<ChannelCase> {};
TEST_P(PolicyChannels, preset_decides) {
    const auto& c = GetParam();
    const auto policy = policy_preset(c.preset);
    ASSERT_TRUE(policy);
    EXPECT_EQ(c.dynamic ? allows_dynamic_channel(*policy, c.channel)
                        : allows_static_channel(*policy, c.channel),
              c.allowed)
        << c.preset << " " << c.channel;
}
constexpr ChannelCase channel_cases[] = {
    {"strict", "drdynvc", false, true},
    {"strict", "cliprdr", false, false},
    {"strict", "rdpsnd", false, false},
    {"strict", "rdpdr", false, false},
    {"strict", "rail", false, false},
    {"strict", "rdpinpt", false, false},
    {"strict", "", false, false},
    {"standard", "drdynvc", false, true},
    {"standard", "cliprdr", false, true},
    {"standard", "CLIPRDR", false, true},
    {"standard", "cliprdrx", false, false},
    {"standard", "rdpsnd", false, false},
    {"standard", "rdpdr", false, false},
    {"standard", "rail", false, false},
    {"custom", "cliprdr", false, true},
    {"custom", "rdpsnd", false, true},
    {"custom", "rdpdr", false, true},
    {"custom", "rail", false, false},
    {"custom", "encomsp", false, false},
    {"custom", "remdesk", false, false},
    {"strict", "Microsoft::Windows::RDS::Graphics", true, true},
    {"strict", "Microsoft::Windows::RDS::DisplayControl", true, true},
    {"strict", "Microsoft::Windows::RDS::Input", true, true},
    {"strict", "Microsoft::Windows::RDS::Geometry::v08.01", true, true},
    {"strict", "ECHO", true, true},
    {"strict", "echo", true, false},
    {"strict", "AUDIO_PLAYBACK_DVC", true, false},
    {"strict", "AUDIO_INPUT", true, false},
    {"strict", "URBDRC", true, false},
    {"strict", "RDCamera_Device_Enumerator", true, false},
    {"strict", "FileRedirectorChannel", true, false},
    {"strict", "Microsoft::Windows::RDS::AuthRedirection", true, false},
    {"strict", "WebAuthN_Channel", true, false},
    {"strict", "", true, false},
    {"standard", "AUDIO_PLAYBACK_DVC", true, false},
    {"standard", "URBDRC", true, false},
    {"custom", "AUDIO_PLAYBACK_DVC", true, true},
    {"custom", "AUDIO_PLAYBACK_LOSSY_DVC", true, true},
    {"custom", "AUDIO_INPUT", true, true},
    {"custom", "URBDRC", true, false},
    {"custom", "PNPDR", true, false},
    {"custom", "TSMF", true, false},
};
INSTANTIATE_TEST_SUITE_P(Presets, PolicyChannels, testing::ValuesIn(channel_cases));

struct JsonCase {
    const char* text;
    bool accepted;
};
class PolicyJson : public testing::TestWithParam<JsonCase> {};
TEST_P(PolicyJson, reads_what_it_should) {
    EXPECT_EQ(policy_from_json(GetParam().text).has_value(), GetParam().accepted)
        << GetParam().text;
}
constexpr JsonCase json_cases[] = {
    {"{}", true},
    {R"({"drive":true})", true},
    {R"({"keyboard":"none"})", true},
    {R"({"keyboard":"full"})", true},
    {R"({"idle_limit_min":1})", true},
    {R"({"idle_limit_min":1440})", true},
    {R"({"clipboard_bytes_max":67108864})", true},
    {R"({"desktop_width_max":200})", true},
    {"", false},
    {"[]", false},
    {"null", false},
    {R"({"drive":1})", false},
    {R"({"drive":"true"})", false},
    {R"({"drives":true})", false},
    {R"({"keyboard":"all"})", false},
    {R"({"keyboard":1})", false},
    {R"({"idle_limit_min":0})", false},
    {R"({"idle_limit_min":1441})", false},
    {R"({"idle_limit_min":-1})", false},
    {R"({"idle_limit_min":1.5})", false},
    {R"({"total_limit_min":10081})", false},
    {R"({"clipboard_bytes_max":67108865})", false},
    {R"({"clipboard_bytes_max":0})", false},
    {R"({"desktop_width_max":199})", false},
    {R"({"desktop_height_max":8193})", false},
    {R"({"drive":true} x)", false},
};
INSTANTIATE_TEST_SUITE_P(Text, PolicyJson, testing::ValuesIn(json_cases));

TEST(Policy, presets_survive_json_and_differ_in_hash) {
    std::vector<Hash32> hashes;
    for (const auto* name : {"strict", "standard", "custom"}) {
        const auto policy = policy_preset(name);
        ASSERT_TRUE(policy);
        const auto again = policy_from_json(policy_to_json(*policy));
        ASSERT_TRUE(again);
        EXPECT_EQ(*again, *policy);
        hashes.push_back(policy_hash(*policy));
    }
    EXPECT_NE(hashes[0], hashes[1]);
    EXPECT_NE(hashes[1], hashes[2]);
    EXPECT_FALSE(policy_preset("none"));
}

TEST(Policy, sessions_are_sent_on_to_named_hosts_only) {
    Policy policy;
    EXPECT_FALSE(allows_redirection(policy, "desk"));
    policy.redirect_hosts = {"desk"};
    EXPECT_TRUE(allows_redirection(policy, "desk"));
    EXPECT_FALSE(allows_redirection(policy, "desk2"));
    policy.redirect_hosts = {"*"};
    EXPECT_TRUE(allows_redirection(policy, "desk2"));
}

TEST(Policy, json_is_canonical_and_strict_is_the_default) {
    EXPECT_EQ(strict_policy(), Policy{});
    EXPECT_EQ(policy_to_json({}),
              R"({"audio_in":false,"audio_out":false,"camera":false,"clipboard_bytes_max":1048576,)"
              R"("clipboard_files":false,"clipboard_html":true,"clipboard_images":true,)"
              R"("clipboard_other":false,"clipboard_per_minute":0,"clipboard_text":true,)"
              R"("clipboard_to_client":false,"clipboard_to_host":false,)"
              R"("desktop_height_max":8192,"desktop_width_max":8192,"drive":false,)"
              R"("drive_to_client":true,"drive_to_host":true,"file_bytes_max":104857600,)"
              R"("file_names_allowed":[],"file_names_denied":[],)"
              R"("idle_limit_min":30,"keyboard":"timing","mask_titles":[],"ports":false,)"
              R"("printer":false,"printer_keep":false,"redirect_hosts":[],"remote_programs":false,)"
              R"("remote_programs_audit":false,"scan_bytes_max":16777216,"scan_files":false,)"
              R"("scan_too_large_passes":false,"scan_unavailable_passes":false,)"
              R"("smart_card":false,"total_limit_min":480,"usb":false,"usb_classes":[]})");
}

TEST(Policy, hash_covers_every_field) {
    const auto base = policy_hash({});
    for (const auto* change : {R"({"audio_in":true})",
                               R"({"redirect_hosts":["desk"]})",
                               R"({"camera":true})",
                               R"({"mask_titles":["a"]})",
                               R"({"printer_keep":true})",
                               R"({"remote_programs_audit":true})",
                               R"({"scan_bytes_max":1})",
                               R"({"scan_files":true})",
                               R"({"scan_too_large_passes":true})",
                               R"({"scan_unavailable_passes":true})",
                               R"({"usb_classes":["03"]})",
                               R"({"audio_out":true})",
                               R"({"clipboard_bytes_max":1})",
                               R"({"clipboard_files":true})",
                               R"({"clipboard_to_client":true})",
                               R"({"clipboard_to_host":true})",
                               R"({"desktop_height_max":600})",
                               R"({"desktop_width_max":800})",
                               R"({"drive":true})",
                               R"({"idle_limit_min":1})",
                               R"({"keyboard":"none"})",
                               R"({"ports":true})",
                               R"({"printer":true})",
                               R"({"remote_programs":true})",
                               R"({"smart_card":true})",
                               R"({"total_limit_min":1})",
                               R"({"usb":true})",
                               R"({"clipboard_html":false})",
                               R"({"clipboard_images":false})",
                               R"({"clipboard_other":true})",
                               R"({"clipboard_per_minute":1})",
                               R"({"clipboard_text":false})",
                               R"({"drive_to_client":false})",
                               R"({"drive_to_host":false})",
                               R"({"file_bytes_max":1})",
                               R"({"file_names_allowed":["*.txt"]})",
                               R"({"file_names_denied":["*.exe"]})"}) {
        const auto policy = policy_from_json(change);
        ASSERT_TRUE(policy) << change;
        EXPECT_NE(policy_hash(*policy), base) << change;
    }
}

}  // namespace
}  // namespace lucid::rdp::relay
