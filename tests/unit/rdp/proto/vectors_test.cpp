// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/proto/channels/drdynvc.hpp>
#include <lucid/rdp/proto/channels/egfx.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/fast_path.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/share.hpp>
#include <lucid/rdp/proto/tpkt.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <tests/support/rdp_parsers.hpp>

#include "../../../support/test_paths.hpp"
#include <gtest/gtest.h>

// Real PDUs (tests/vectors/rdp): what they say, and what is left when they are cut or damaged.

namespace lucid::rdp::proto {
namespace {

Bytes read_all(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    EXPECT_TRUE(file) << path;
    return {std::istreambuf_iterator<char>(file), {}};
}

Bytes vector_file(const std::string& name) {
    return read_all(std::filesystem::path(lucid::test::source_dir) / "tests/vectors/rdp" / name);
}

std::vector<Bytes> pdus_of(const std::string& name) {
    const auto stream = vector_file(name);
    std::vector<Bytes> pdus;
    for (std::size_t at = 0; at < stream.size();) {
        const auto frame = peek_pdu(ByteView(stream).subspan(at));
        EXPECT_TRUE(frame && *frame);
        pdus.push_back(to_bytes(ByteView(stream).subspan(at, (*frame)->length)));
        at += (*frame)->length;
    }
    return pdus;
}

const std::vector<std::string> streams = {"shadow.c2h",     "shadow.h2c", "shadow_rfx.c2h",
                                          "shadow_rfx.h2c", "xrdp.c2h",   "xrdp.h2c"};

TEST(Vectors, connection_request_and_confirm) {
    const auto request = decode_connection_request(vector_file("xrdp.cr"));
    ASSERT_TRUE(request);
    EXPECT_EQ(request->cookie, "Cookie: mstshash=ticket");
    EXPECT_EQ(request->requested_protocols, 3U);
    const auto confirm = decode_connection_confirm(vector_file("xrdp.cc"));
    ASSERT_TRUE(confirm);
    EXPECT_EQ(confirm->selected_protocol, protocol_ssl);
}

TEST(Vectors, connect_initial_names_its_channels) {
    const auto packet = pdus_of("xrdp.c2h")[0];
    const auto blocks = locate_client_blocks(packet);
    ASSERT_TRUE(blocks);
    ASSERT_NE(find_block(*blocks, GccBlockType::cs_core), nullptr);
    EXPECT_EQ(find_block(*blocks, GccBlockType::cs_core)->length, 234U);
    const auto* net = find_block(*blocks, GccBlockType::cs_net);
    ASSERT_NE(net, nullptr);
    const auto channels = decode_client_network_data(packet, *net);
    ASSERT_TRUE(channels);
    std::vector<std::string> names;
    for (const auto& channel : *channels) names.push_back(channel.name);
    EXPECT_EQ(names, (std::vector<std::string>{"rdpdr", "rdpsnd", "cliprdr", "drdynvc"}));
}

TEST(Vectors, connect_response_gives_the_channel_ids) {
    const auto packet = pdus_of("xrdp.h2c")[0];
    const auto blocks = locate_server_blocks(packet);
    ASSERT_TRUE(blocks);
    const auto* net = find_block(*blocks, GccBlockType::sc_net);
    ASSERT_NE(net, nullptr);
    const auto data = decode_server_network_data(packet, *net);
    ASSERT_TRUE(data);
    EXPECT_EQ(data->io_channel, 1003);
    EXPECT_EQ(data->channels, (std::vector<std::uint16_t>{1004, 1005, 1006, 1007}));
}

TEST(Vectors, client_info_holds_the_login) {
    const auto packet = pdus_of("xrdp.c2h")[9];
    const auto pdu = decode_mcs_pdu(packet);
    ASSERT_TRUE(pdu);
    EXPECT_EQ(pdu->channel, 1003);
    const auto info = decode_client_info(pdu->data);
    ASSERT_TRUE(info) << info.error().message();
    const Bytes ticket = {'t', 0, 'i', 0, 'c', 0, 'k', 0, 'e', 0, 't', 0};
    EXPECT_EQ(info->user_name, ticket);
    EXPECT_NE(info->flags & info_autologon, 0U);
    EXPECT_NE(info->flags & info_compression, 0U);
    const auto again = encode_client_info(*info);
    EXPECT_TRUE(std::equal(again.expose().begin(), again.expose().end(), pdu->data.begin(),
                           pdu->data.end()))
        << "an unchanged Client Info encodes to its own bytes";
}

TEST(Vectors, licensing_is_no_share_pdu_and_demand_active_is) {
    const auto pdus = pdus_of("xrdp.h2c");
    EXPECT_FALSE(is_share_control(decode_mcs_pdu(pdus[8])->data));
    EXPECT_EQ(*decode_security_flags(decode_mcs_pdu(pdus[8])->data) & sec_license_pkt,
              sec_license_pkt);
    const auto demand = decode_mcs_pdu(pdus[10]);
    ASSERT_TRUE(demand);
    EXPECT_TRUE(is_share_control(demand->data));
    const auto capabilities = locate_capabilities(demand->data);
    ASSERT_TRUE(capabilities);
    EXPECT_EQ(capabilities->size(), 13U);
}

TEST(Vectors, confirm_active_of_xfreerdp_has_a_virtual_channel_set) {
    const auto packet = pdus_of("xrdp.c2h")[11];
    const auto pdu = decode_mcs_pdu(packet);
    ASSERT_TRUE(pdu);
    const auto capabilities = locate_capabilities(pdu->data);
    ASSERT_TRUE(capabilities);
    EXPECT_TRUE(std::any_of(capabilities->begin(), capabilities->end(),
                            [](const auto& c) { return c.type == capstype_virtual_channel; }));
}

TEST(Vectors, every_captured_pdu_is_understood) {
    for (const auto& name : streams) {
        const bool from_host = name.ends_with(".h2c");
        for (const auto& packet : pdus_of(name)) {
            if (packet[0] == tpkt_version) {
                if (!decode_mcs_pdu(packet)) {
                    EXPECT_TRUE(from_host ? locate_server_blocks(packet).has_value()
                                          : locate_client_blocks(packet).has_value());
                }
            } else if (from_host) {
                EXPECT_TRUE(decode_fast_path_output(packet));
            } else {
                EXPECT_TRUE(decode_fast_path_input(packet));
            }
        }
    }
}

TEST(Vectors, graphics_channel_opens_and_advertises_version_8_first) {
    channels::Reassembler parts(65536);
    std::vector<std::string> created;
    for (const auto& packet : pdus_of("shadow.h2c")) {
        const auto pdu = decode_mcs_pdu(packet);
        if (!pdu || pdu->channel != 1007) continue;
        const auto message = parts.add(pdu->data);
        ASSERT_TRUE(message);
        if (!*message) continue;
        const auto dvc = channels::decode_dvc_pdu(**message, true);
        ASSERT_TRUE(dvc);
        if (dvc->command == channels::DvcCommand::create) created.push_back(dvc->name);
    }
    EXPECT_EQ(created,
              (std::vector<std::string>{"AUDIO_INPUT", "Microsoft::Windows::RDS::Graphics"}));
    channels::Reassembler client_parts(65536);
    bool advertised = false;
    for (const auto& packet : pdus_of("shadow.c2h")) {
        const auto pdu = decode_mcs_pdu(packet);
        if (!pdu || pdu->channel != 1007) continue;
        const auto message = client_parts.add(pdu->data);
        ASSERT_TRUE(message && *message);
        const auto dvc = channels::decode_dvc_pdu(**message, false);
        ASSERT_TRUE(dvc);
        const auto capabilities = channels::decode_caps_advertise(dvc->data);
        if (!capabilities) continue;
        advertised = true;
        EXPECT_EQ(capabilities->front().version, 0x00080004U);
        const auto again = channels::encode_caps_advertise(*capabilities);
        EXPECT_TRUE(std::equal(again.begin(), again.end(), dvc->data.begin(), dvc->data.end()));
    }
    EXPECT_TRUE(advertised);
}

TEST(Damage, no_connect_pdu_is_accepted_cut) {
    for (const auto& name : {"shadow.c2h", "shadow.h2c", "xrdp.c2h", "xrdp.h2c"}) {
        const auto packet = pdus_of(name)[0];
        for (std::size_t n = 0; n < packet.size(); ++n) {
            const auto cut = ByteView(packet).first(n);
            EXPECT_FALSE(locate_client_blocks(cut));
            EXPECT_FALSE(locate_server_blocks(cut));
        }
    }
}

TEST(Damage, no_send_data_or_client_info_is_accepted_cut) {
    const auto packet = pdus_of("xrdp.c2h")[9];
    for (std::size_t n = 0; n < packet.size(); ++n)
        EXPECT_FALSE(decode_mcs_pdu(ByteView(packet).first(n)));
    const auto data = to_bytes(decode_mcs_pdu(packet)->data);
    const auto info = decode_client_info(data);
    // Everything up to the time zone is obligatory; the rest may be missing field by field.
    const std::size_t obligatory =
        data.size() - info->extra_before_cookie.size() - info->extra_after_cookie.size() - 2;
    for (std::size_t n = 0; n < obligatory; ++n)
        EXPECT_FALSE(decode_client_info(ByteView(data).first(n))) << n;
}

TEST(Damage, capability_sets_are_not_accepted_cut) {
    const auto packet = pdus_of("xrdp.c2h")[11];
    const auto data = decode_mcs_pdu(packet)->data;
    for (std::size_t n = 0; n < data.size(); ++n)
        EXPECT_FALSE(locate_capabilities(data.first(n))) << n;
}

TEST(Damage, fast_path_is_not_accepted_cut) {
    for (const auto& name : streams)
        for (const auto& packet : pdus_of(name)) {
            if (packet[0] == tpkt_version) continue;
            const bool output = name.ends_with(".h2c");
            // Whole updates may be missing; a piece of one may not.
            if (!output) {
                for (std::size_t n = 0; n < packet.size(); ++n)
                    EXPECT_FALSE(decode_fast_path_input(ByteView(packet).first(n)));
            }
            EXPECT_FALSE(!output ? decode_fast_path_input({}).has_value()
                                 : decode_fast_path_output({}).has_value());
        }
}

TEST(Damage, every_parser_survives_every_cut_and_bit) {
    int accepted = 0;
    for (const auto& name : streams)
        for (const auto& packet : pdus_of(name)) {
            const auto pdu = decode_mcs_pdu(packet);
            const std::vector<Bytes> forms = {
                packet, pdu ? to_bytes(pdu->data) : Bytes(),
                pdu && pdu->data.size() > 8 ? to_bytes(pdu->data.subspan(8)) : Bytes()};
            for (const auto& form : forms) {
                // Bodies of pictures say nothing here: heads do.
                const auto limit = std::min<std::size_t>(form.size(), 600);
                for (std::size_t i = 0; i < limit; ++i) {
                    accepted += test::parse_everything(ByteView(form).first(i));
                    Bytes damaged = form;
                    damaged[i] ^= static_cast<std::uint8_t>(1U << (i % 8));
                    accepted += test::parse_everything(damaged);
                }
            }
        }
    EXPECT_GT(accepted, 0);
}

TEST(Conformance, crash_inputs_of_other_parsers_are_survived) {
    const auto archive =
        std::filesystem::path(lucid::test::conformance_dir) / "rdp/rdp-data.tar.zst";
    if (!std::filesystem::exists(archive)) GTEST_SKIP() << "no " << archive;
    const auto folder =
        std::filesystem::temp_directory_path() /
        ("lucid_rdp_proto_" + std::to_string(::testing::UnitTest::GetInstance()->random_seed()) +
         "_" + std::to_string(std::filesystem::file_size(archive)));
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    const auto command = "tar --zstd -xf '" + archive.string() + "' -C '" + folder.string() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        const auto path = entry.path().string();
        const bool pdu = path.find("fuzz_regression") != std::string::npos ||
                         path.find("test_data/pdu") != std::string::npos || path.ends_with(".pcap");
        if (!entry.is_regular_file() || !pdu) continue;
        const auto bytes = read_all(entry.path());
        ++files;
        // From each of the first offsets too: heads of the other parsers' own framing differ.
        for (std::size_t skip = 0; skip < std::min<std::size_t>(16, bytes.size() + 1); ++skip)
            (void)test::parse_everything(ByteView(bytes).subspan(skip));
    }
    EXPECT_GE(files, 30U);
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace lucid::rdp::proto
