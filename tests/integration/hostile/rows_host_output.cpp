// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>

#include <tests/support/rdp_session.hpp>

#include "mcs_script.hpp"
#include "misbehaviour.hpp"

// A host's screen: share PDUs, fast-path output, compression bombs, floods.

namespace lucid::hostile {

namespace {

namespace mcs = rdp::gateway::test;

Misbehaviour row(std::string name, Script script, Ends ends, std::string reason = {}) {
    Misbehaviour m;
    m.who = Who::host;
    m.name = "host_output_" + std::move(name);
    m.stage = Stage::finalized;
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}

Misbehaviour ends(std::string name, Bytes bytes,
                  std::string reason = "protocol violation of the host") {
    return row(std::move(name), says(std::move(bytes)), Ends::partial, std::move(reason));
}
Misbehaviour survives(std::string name, Bytes bytes) {
    return row(std::move(name), says(std::move(bytes)), Ends::survives);
}

Bytes io(ByteView data) {
    return test::from_host(test::io_channel, data);
}

/// Share control header alone, with this total.
Bytes share_header(std::uint16_t total, std::uint16_t type) {
    return io(Writer().u16_le(total).u16_le(type).zeros(30).view());
}

/// A fast-path update that says it is compressed, with content that would grow without end: MPPC
/// copy tuples of the longest length.
Bytes bomb() {
    constexpr std::uint8_t bitmap_compressed = 0x81;
    constexpr std::uint8_t mppc_64k_flushed = 0xa1;
    Bytes update{bitmap_compressed, mppc_64k_flushed, 0x00, 0x20};
    update.resize(4 + 0x2000, 0xff);
    return mcs::screen_output(update);
}

Bytes slow_bomb() {
    return io(test::share_data(0x02, Bytes(8000, 0xff), 0xa1));
}

std::vector<Misbehaviour> share_pdus() {
    Bytes many;
    for (int i = 0; i < 65; ++i) append(many, test::share_data(0x1f, Bytes(4)));
    Writer short_cookie;
    short_cookie.u32_le(3).u16_le(10).u32_le(1).u32_le(0xffffffff).zeros(6);
    Bytes error_then_bye = io(test::share_data(0x2f, Bytes{5, 0, 0, 0}));
    append(error_then_bye, rdp::proto::encode_disconnect_provider_ultimatum(3));
    return {
        ends("share_length_0", share_header(0, 0x17)),
        ends("share_length_3", share_header(3, 0x17)),
        ends("share_length_beyond_the_end", share_header(0xfff0, 0x17)),
        ends("share_of_one_byte", io(Bytes(1))),
        ends("share_of_nothing", io({})),
        ends("share_data_without_header", io(test::share_pdu(7, Bytes(3)))),
        ends("65_share_pdus", io(many)),
        ends("redirection", io(test::share_pdu(10, Bytes(60))), "redirection"),
        ends("error_info_cut", io(test::share_data(0x2f, Bytes(2)))),
        ends("save_session_info_compressed", io(test::share_data(0x26, Bytes(100), 0x21)),
             "compressed Save Session Info"),
        ends(
            "demand_active_among_others",
            [] {
                Bytes two = test::share_data(0x1f, Bytes(4));
                append(two, test::active_pdu(1));
                return io(two);
            }(),
            "Demand Active among other PDUs"),
        survives("save_session_info_empty", io(test::share_data(0x26, {}))),
        survives("save_session_info_cookie_of_4_gib",
                 io(test::share_data(0x26, short_cookie.view()))),
        survives("save_session_info_with_cookie", io(test::save_session_info_with_cookie())),
        survives("deactivate_without_source", io(Bytes{4, 0, 0x16, 0})),
        survives("share_type_unknown", share_header(34, 0x1f)),
        survives("share_data_type_unknown", io(test::share_data(0xee, Bytes(500)))),
        survives("flow_pdus", io(Bytes{0, 0x80, 0, 0, 0, 0, 0, 0})),
        survives("slow_path_compression_bomb", slow_bomb()),
        row("error_info_then_good_bye", says(error_then_bye), Ends::complete, "host disconnected"),
    };
}

std::vector<Misbehaviour> fast_path() {
    std::vector<Misbehaviour> rows = {
        ends("fast_path_length_0", Bytes{0, 0}),
        ends("fast_path_long_length_2", Bytes{0, 0x80, 2}),
        ends("fast_path_action_reserved", Bytes{2, 4, 0, 0}),
        ends("tpkt_length_6", Bytes{3, 0, 0, 6, 2, 0xf0}),
        survives("fast_path_empty", Bytes{0, 2}),
        survives("fast_path_update_size_beyond_the_end",
                 mcs::screen_output(Bytes{1, 0xff, 0xff, 1})),
        survives("fast_path_update_code_unknown",
                 mcs::screen_output(Bytes{0x0f, 4, 0, 1, 2, 3, 4})),
        survives("fast_path_encrypted", Bytes{0x80, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}),
        survives("fast_path_fragments_without_first", mcs::screen_output(Bytes{0x21, 2, 0, 1, 2})),
        row("flood_of_empty_pdus", repeats(Bytes{0, 2}, 300'000), Ends::survives),
        row("flood_of_compression_bombs", repeats(bomb(), 800), Ends::survives),
        row("flood_of_30_megabytes", repeats(mcs::screen_output(Bytes(16'000, 0x5c)), 2000),
            Ends::survives),
        row("flood_of_pointers", repeats(mcs::screen_output(Bytes{5, 0, 0}), 100'000),
            Ends::survives),
    };
    // What a client does not fetch must not pile up in the gateway.
    for (auto& [name, script] : std::vector<std::pair<std::string, Script>>{
             {"30_megabytes_for_a_client_that_reads_nothing",
              repeats(mcs::screen_output(Bytes(16'000, 0x5d)), 2000)},
             {"a_million_empty_pdus_for_a_client_that_reads_nothing",
              repeats(Bytes{0, 2}, 1'000'000)}}) {
        auto slow = row(std::move(name), std::move(script), Ends::survives);
        slow.peer_pause = std::chrono::milliseconds(1500);
        rows.push_back(std::move(slow));
    }
    rows.push_back(row("half_a_pdu_then_closed", in_order(says(Bytes{0, 0x90, 0, 1}), closes()),
                       Ends::complete, "closed"));
    rows.push_back(row("half_a_pdu_then_reset", in_order(says(Bytes{0, 0x90, 0, 1}), resets()),
                       Ends::complete, "closed"));
    rows.push_back(
        row("noise", says(Bytes(5000, 0xbb)), Ends::partial, "protocol violation of the host"));
    rows.push_back(
        row("noise_beneath_tls", says_raw(Bytes(5000, 0xbb)), Ends::partial, "host leg"));
    return rows;
}

}  // namespace

std::vector<Misbehaviour> host_output_rows() {
    auto rows = share_pdus();
    for (auto& m : fast_path()) rows.push_back(std::move(m));
    return rows;
}

}  // namespace lucid::hostile
