// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <tests/support/rdp_session.hpp>

#include "mcs_script.hpp"
#include "misbehaviour.hpp"

// The client's MCS: Connect-Initial with its GCC blocks, erect, attach, joins.

namespace lucid::hostile {

namespace {

namespace proto = rdp::proto;
namespace mcs = rdp::gateway::test;

Misbehaviour row(std::string name, Stage stage, Script script, Ends ends, std::string reason) {
    Misbehaviour m;
    m.name = "mcs_" + std::move(name);
    m.stage = stage;
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}

// A function: its parts are objects of another file, made at an unknown moment.
const Bytes& good() {
    static const Bytes packet = test::connect_initial({channel_names, 8, 1280, 720});
    return packet;
}

Bytes at_net(std::size_t distance, Bytes replacement) {
    return damaged_behind(good(), Bytes{0x03, 0xc0}, distance, replacement);
}
Bytes at_core(std::size_t distance, Bytes replacement) {
    return damaged_behind(good(), Bytes{0x01, 0xc0}, distance, replacement);
}

Bytes many_channels(std::size_t count) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) names.push_back("ch" + std::to_string(i));
    return test::connect_initial({names, 8, 1280, 720});
}

std::vector<Misbehaviour> connect_initials() {
    const auto bad = [](std::string name, Bytes bytes) {
        return row("connect_initial_" + std::move(name), Stage::login, says(std::move(bytes)),
                   Ends::partial, "protocol violation of the client");
    };
    std::vector<Misbehaviour> rows = {
        bad("tag_wrong", damaged(good(), 8, 0x66)),
        bad("length_too_large", damaged(good(), 10, 0xff)),
        bad("length_indefinite", damaged(good(), 9, 0x80)),
        bad("length_of_seven_bytes", damaged(good(), 9, 0x87)),
        bad("selector_tag_wrong", damaged(good(), 12, 0x05)),
        bad("object_identifier_wrong",
            damaged_behind(good(), Bytes{0x00, 0x05, 0x00, 0x14}, 0, Bytes{0x7d})),
        bad("key_wrong", damaged_behind(good(), as_bytes(std::string_view("Duc")), 0, Bytes{'x'})),
        bad("block_length_0", at_core(0, Bytes{0, 0})),
        bad("block_length_3", at_core(0, Bytes{3, 0})),
        bad("block_length_beyond_the_end", at_net(0, Bytes{0xff, 0xff})),
        bad("core_twice", at_net(-2, Bytes{0x01, 0xc0})),
        bad("core_missing", at_core(-2, Bytes{0x77, 0xc0})),
        bad("channel_count_32", at_net(2, Bytes{32, 0, 0, 0})),
        bad("channel_count_4_billion", at_net(2, Bytes{0xff, 0xff, 0xff, 0xff})),
        bad("channel_count_too_small", at_net(2, Bytes{1, 0, 0, 0})),
        bad("32_channels", many_channels(32)),
        bad("is_an_mcs_pdu", mcs::erect_domain_request()),
        bad("is_empty", proto::encode_data_tpdu({})),
        bad("of_one_byte", proto::encode_data_tpdu(Bytes{0x7f})),
        bad("is_a_connection_request",
            proto::encode_connection_request(proto::ConnectionRequest{"", 3, 0})),
        bad("of_64_kib_of_zeros", proto::encode_data_tpdu(Bytes(65'000))),
    };
    // Truncated, each time with a TPKT length that fits.
    for (const std::size_t length : {9, 13, 20, 60, 120, 250, 400})
        if (length < good().size())
            rows.push_back(bad("cut_to_" + std::to_string(length), recut(good(), length)));
    return rows;
}

std::vector<Misbehaviour> out_of_order() {
    const auto refused = [](std::string name, Stage stage, Bytes bytes,
                            std::string reason = "refused") {
        return row(std::move(name), stage, says(std::move(bytes)), Ends::partial,
                   std::move(reason));
    };
    const auto violation = [](std::string name, Stage stage, Bytes bytes) {
        return row(std::move(name), stage, says(std::move(bytes)), Ends::partial,
                   "protocol violation of the client");
    };
    const auto key = mcs::key_input(30);
    const auto data = test::from_client(test::io_channel, Bytes(8));
    return {
        refused("input_before_connect", Stage::login, key, "client input before login"),
        refused("input_before_attach", Stage::connected, key, "client input before login"),
        refused("input_before_info", Stage::joined, key, "client input before login"),
        refused("channel_data_before_info", Stage::joined,
                test::client_message(clipboard, Bytes(8)), "client data before login"),
        refused("message_channel_before_info", Stage::joined,
                test::from_client(test::message_channel, Bytes(8)), "client data before login"),
        violation("connect_initial_twice", Stage::connected, good()),
        violation("info_before_connect", Stage::login, data),
        violation("info_of_nothing", Stage::connected, test::from_client(test::io_channel, {})),
        violation("type_unknown", Stage::connected, proto::encode_data_tpdu(Bytes{0xfc, 0, 0})),
        violation("token_grab", Stage::connected, proto::encode_data_tpdu(Bytes{0x78, 0, 0})),
        refused("attach_confirm_from_client", Stage::connected, mcs::attach_user_confirm()),
        refused("indication_from_client", Stage::connected, test::from_host(1003, Bytes(8))),
        refused("join_confirm_from_client", Stage::attached, mcs::channel_join_confirm(1003)),
        violation("data_length_too_large", Stage::joined, damaged(data, 13, 0xff)),
        violation("data_length_fragmented", Stage::joined, damaged(data, 13, 0xc1)),
        violation("data_header_cut", Stage::joined, recut(data, 12)),
        violation("tpkt_version_in_session_unknown", Stage::connected, Bytes{0x01, 0, 0, 8}),
        violation("tpkt_length_4", Stage::connected, Bytes{3, 0, 0, 4}),
        violation("x224_disconnect_request", Stage::connected,
                  Bytes{3, 0, 0, 11, 6, 0x80, 0, 0, 0, 0, 0}),
    };
}

}  // namespace

std::vector<Misbehaviour> connect_rows() {
    auto rows = connect_initials();
    for (auto& m : out_of_order()) rows.push_back(std::move(m));
    const auto survives = [&](std::string name, Stage stage, Script script) {
        rows.push_back(row(std::move(name), stage, std::move(script), Ends::survives, ""));
    };
    survives("erects_a_hundred_domains", Stage::connected,
             repeats(mcs::erect_domain_request(), 100));
    survives("joins_10000_channels", Stage::attached, [](Party& party) -> Result<void> {
        // Written as fast as they are taken; the answers are read afterwards.
        Bytes joins;
        for (int i = 0; i < 10'000; ++i)
            append(joins, mcs::channel_join_request(static_cast<std::uint16_t>(2000 + i)));
        LUCID_CHECK(party.wire().send(joins));
        for (int i = 0; i < 10'000; ++i) LUCID_CHECK(party.wire().pdu());
        return {};
    });
    rows.push_back(row("says_good_bye_at_once", Stage::connected,
                       says(proto::encode_disconnect_provider_ultimatum(3)), Ends::complete,
                       "client disconnected"));
    auto flood = row("floods_before_the_host_answered", Stage::login,
                     in_order(says(good()), repeats(mcs::erect_domain_request(), 2'000'000)),
                     Ends::partial, "before the host's answer");
    flood.peer_stage = Stage::login;
    rows.push_back(std::move(flood));
    return rows;
}

}  // namespace lucid::hostile
