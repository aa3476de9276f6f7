// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <tests/support/rdp_session.hpp>

#include "mcs_script.hpp"
#include "misbehaviour.hpp"

// A host's MCS, licensing and activation.

namespace lucid::hostile {

namespace {

namespace proto = rdp::proto;
namespace mcs = rdp::gateway::test;

Misbehaviour row(std::string name, Stage stage, Script script, Ends ends, std::string reason) {
    Misbehaviour m;
    m.who = Who::host;
    m.name = "host_" + std::move(name);
    m.stage = stage;
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}

constexpr const char* violates = "protocol violation of the host";

// A function: its parts are objects of another file, made at an unknown moment.
const Bytes& good() {
    static const Bytes packet = test::connect_response({channel_names.size(), 0, 0});
    return packet;
}

Bytes behind(std::uint8_t type, std::size_t distance, Bytes replacement) {
    return damaged_behind(good(), Bytes{type, 0x0c}, distance, replacement);
}

/// Reads Connect-Initial and answers this.
Misbehaviour response(std::string name, Bytes answer, std::string reason = violates) {
    return row(
        "response_" + std::move(name), Stage::login,
        [answer = std::move(answer)](Party& p) -> Result<void> {
            LUCID_CHECK(p.wire().pdu());
            return p.wire().send(answer);
        },
        Ends::partial, std::move(reason));
}

std::vector<Misbehaviour> responses() {
    std::vector<Misbehaviour> rows = {
        response("result_refused", damaged_behind(good(), Bytes{0x0a, 0x82, 0, 1}, 0, Bytes{14}),
                 ""),
        response("tag_wrong", damaged(good(), 8, 0x65)),
        response("length_too_large", damaged(good(), 10, 0xff)),
        response("key_wrong",
                 damaged_behind(good(), as_bytes(std::string_view("McD")), 0, Bytes{'x'})),
        response("core_missing", behind(0x01, -2, Bytes{0x77})),
        response("net_missing", behind(0x03, -2, Bytes{0x77})),
        response("core_twice", behind(0x02, -2, Bytes{0x01})),
        response("block_length_0", behind(0x03, 0, Bytes{0, 0})),
        response("block_beyond_the_end", behind(0x03, 0, Bytes{0xff, 0xff})),
        response("security_block_of_4_bytes", behind(0x02, 0, Bytes{4, 0})),
        response("wants_standard_encryption", test::connect_response({channel_names.size(), 0, 2}),
                 "standard RDP encryption"),
        response("too_few_channels", test::connect_response({2, 0, 0})),
        response("too_many_channels", test::connect_response({20, 0, 0})),
        response("channel_count_65535", behind(0x03, 4, Bytes{0xff, 0xff})),
        response("channel_id_twice", behind(0x03, 6, Bytes{0xec, 3, 0xec, 3})),
        response("channel_id_is_the_io_channel", behind(0x03, 6, Bytes{0xeb, 3})),
        response("is_connect_initial", test::connect_initial({channel_names, 1, 640, 480})),
        response("is_attach_confirm", mcs::attach_user_confirm()),
        response("is_fast_path", mcs::screen_output(Bytes(10)), "host output before login"),
        response("of_64_kib_of_zeros", proto::encode_data_tpdu(Bytes(65'000))),
    };
    for (const std::size_t length : {9, 13, 24, 50, 80, 110})
        if (length < good().size())
            rows.push_back(response("cut_to_" + std::to_string(length), recut(good(), length)));
    return rows;
}

std::vector<Misbehaviour> out_of_order() {
    const auto ends = [](std::string name, Stage stage, Bytes bytes, std::string reason) {
        return row(std::move(name), stage, says(std::move(bytes)), Ends::partial,
                   std::move(reason));
    };
    return {
        ends("speaks_before_connect_initial", Stage::login, good(), ""),
        ends("draws_before_connect_initial", Stage::login, mcs::screen_output(Bytes(4)), ""),
        ends("responds_twice", Stage::connected, good(), violates),
        ends("draws_before_login", Stage::connected, mcs::screen_output(Bytes(4)),
             "host output before login"),
        ends("data_before_login", Stage::joined, test::from_host(test::io_channel, Bytes(8)),
             "host data before login"),
        ends("data_on_unknown_channel", Stage::joined, test::from_host(3000, Bytes(8)),
             "host channel nobody opened"),
        ends("request_from_host", Stage::connected, mcs::attach_user_request(), "host mcs pdu"),
        ends("send_data_request_from_host", Stage::finalized,
             test::from_client(test::io_channel, Bytes(8)), "host mcs pdu"),
        ends("mcs_type_unknown", Stage::attached, proto::encode_data_tpdu(Bytes{0xfc, 0}),
             violates),
        ends("tpkt_length_4", Stage::connected, Bytes{3, 0, 0, 4}, violates),
        ends("pdu_of_no_kind", Stage::connected, Bytes{2, 0, 0, 9}, violates),
        ends("encrypts_inside_tls", Stage::informed,
             test::from_host(test::io_channel, Bytes{0x08, 0, 0, 0, 1, 2, 3, 4}),
             "host encrypts inside TLS"),
        ends("redirects_before_activation", Stage::informed,
             test::from_host(test::io_channel, Bytes{0, 4, 0, 0, 1, 2, 3, 4}), "redirection"),
        ends("licence_of_one_byte", Stage::informed, test::from_host(test::io_channel, Bytes{0x80}),
             violates),
    };
}

std::vector<Misbehaviour> activations() {
    const auto demand = [](std::string name, Bytes data, std::string reason = violates) {
        return row("demand_active_" + std::move(name), Stage::licensed,
                   says(test::from_host(test::io_channel, data)), Ends::partial, std::move(reason));
    };
    const auto sets = [](std::uint16_t count, ByteView content) {
        Writer w;
        w.u32_le(0x103ea).u16_le(4).u16_le(0).text("RDP").u8(0).u16_le(count).u16_le(0);
        w.bytes(content);
        return test::share_pdu(1, w.view());
    };
    Bytes two = test::active_pdu(1);
    append(two, test::active_pdu(1));
    return {
        demand("cut", to_bytes(ByteView(test::active_pdu(1)).first(22)), ""),
        demand("without_content", test::share_pdu(1, {})),
        demand("with_65_sets", sets(65, Bytes(65 * 4, 4))),
        demand("with_65535_sets", sets(0xffff, Bytes(8))),
        demand("with_set_of_3_bytes", sets(1, Bytes{1, 0, 3, 0})),
        demand("with_set_beyond_the_end", sets(1, Bytes{1, 0, 0xff, 0xff})),
        demand("twice_in_one", two, "Demand Active among other PDUs"),
        row("multitransport_request", Stage::informed,
            says(test::from_host(test::message_channel, Bytes{2, 0, 0, 0, 1, 2, 3, 4, 5, 6})),
            Ends::survives, ""),
        row("licensing_ten_thousand_times", Stage::informed,
            repeats(test::from_host(test::io_channel, test::licensing()), 10'000), Ends::complete,
            "closed"),
    };
}

}  // namespace

std::vector<Misbehaviour> host_connect_rows() {
    auto rows = responses();
    for (const auto& table : {out_of_order, activations})
        for (auto& m : table()) rows.push_back(std::move(m));
    // The flood ends with the host's connection; its client has waited for Demand Active.
    for (auto& m : rows) {
        if (m.name == "host_licensing_ten_thousand_times") {
            m.script = in_order(std::move(m.script), closes());
            m.peer_stage = Stage::informed;
        }
        // A client that went on would make these timely.
        if (m.name.ends_with("_before_connect_initial")) m.peer_stage = Stage::login;
        if (m.name == "host_data_before_login") m.peer_stage = Stage::joined;
    }
    auto joins = row("confirms_10000_joins", Stage::attached,
                     repeats(mcs::channel_join_confirm(1003), 10'000), Ends::complete, "closed");
    joins.script = in_order(std::move(joins.script), closes());
    joins.peer_stage = Stage::attached;
    rows.push_back(std::move(joins));
    return rows;
}

}  // namespace lucid::hostile
