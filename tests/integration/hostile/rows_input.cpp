// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>

#include <tests/support/rdp_session.hpp>

#include "mcs_script.hpp"
#include "misbehaviour.hpp"

// The client's input in a running session, fast-path and slow-path, and its share PDUs.

namespace lucid::hostile {

namespace {

Misbehaviour row(std::string name, Script script, Ends ends, std::string reason) {
    Misbehaviour m;
    m.name = "input_" + std::move(name);
    m.stage = Stage::finalized;
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}

Misbehaviour violation(std::string name, Bytes bytes) {
    return row(std::move(name), says(std::move(bytes)), Ends::partial,
               "protocol violation of the client");
}

Bytes io(ByteView data) {
    return test::from_client(test::io_channel, data);
}

Bytes slow_path(std::uint16_t count, ByteView events) {
    Writer w;
    w.u16_le(count).u16_le(0).bytes(events);
    return io(test::share_data(0x1c, w.view()));
}

Bytes share_header(std::uint16_t total, std::uint16_t type) {
    Writer w;
    w.u16_le(total).u16_le(type).zeros(30);
    return io(w.view());
}

Bytes many_share_pdus(std::size_t count) {
    Bytes data;
    for (std::size_t i = 0; i < count; ++i) append(data, test::share_data(0x1f, Bytes(4)));
    return io(data);
}

}  // namespace

std::vector<Misbehaviour> input_rows() {
    const auto key = rdp::gateway::test::key_input(31);
    Bytes many_events = {0x00, 0x82, 0x02, 255};  // 255 events of two bytes
    many_events.resize(0x202);
    std::vector<Misbehaviour> rows = {
        violation("fast_path_length_0", Bytes{0x04, 0}),
        violation("fast_path_length_1", Bytes{0x04, 1}),
        violation("fast_path_long_length_2", Bytes{0x04, 0x80, 2}),
        violation("fast_path_action_reserved", Bytes{0x01, 4, 0, 0}),
        violation("fast_path_encrypted", Bytes{0x84, 4, 0, 30}),
        violation("fast_path_with_checksum", Bytes{0x44, 4, 0, 30}),
        violation("fast_path_without_events", Bytes{0x00, 3, 5}),
        violation("fast_path_more_events_than_bytes", Bytes{0x3c, 4, 0, 30}),
        violation("fast_path_bytes_behind_events", Bytes{0x04, 5, 0, 30, 9}),
        violation("fast_path_event_code_unknown", Bytes{0x04, 4, 0xe0, 30}),
        violation("fast_path_mouse_cut", Bytes{0x04, 5, 0x20, 0, 0}),
        violation("slow_path_count_too_large", slow_path(10, Bytes(12))),
        violation("slow_path_count_65535", slow_path(0xffff, Bytes(24))),
        violation("slow_path_of_one_byte", io(test::share_data(0x1c, Bytes(1)))),
        violation("slow_path_compressed", io(test::share_data(0x1c, Bytes(40), 0x21))),
        violation("share_length_0", share_header(0, 0x17)),
        violation("share_length_3", share_header(3, 0x17)),
        violation("share_length_beyond_the_end", share_header(0xfff0, 0x17)),
        violation("share_of_one_byte", io(Bytes(1))),
        violation("share_of_nothing", io({})),
        violation("share_data_without_header", io(test::share_pdu(7, Bytes(5)))),
        violation("65_share_pdus_in_one", many_share_pdus(65)),
        row("64_share_pdus_in_one", says(many_share_pdus(64)), Ends::survives, ""),
        row("share_type_unknown", says(share_header(34, 0x1f)), Ends::partial, "client share pdu"),
        row("flow_pdus_only", says(io(Bytes{0, 0x80, 0, 0, 0, 0, 0, 0})), Ends::survives, ""),
        row("share_data_type_unknown", says(io(test::share_data(0xee, Bytes(100)))), Ends::survives,
            ""),
        row("255_events_at_once", says(many_events), Ends::survives, ""),
        row("flood_of_keys", repeats(key, 100'000), Ends::survives, ""),
        row("flood_of_empty_share_data", repeats(io(test::share_data(0x1f, {})), 50'000),
            Ends::survives, ""),
        row("suppress_output_flood", repeats(io(test::share_data(0x23, Bytes(12))), 20'000),
            Ends::survives, ""),
        row("half_a_pdu_then_closed", in_order(says(Bytes{3, 0, 4, 0, 2}), closes()),
            Ends::complete, "closed"),
        row("half_a_pdu_then_reset", in_order(says(Bytes{3, 0, 4, 0, 2}), resets()), Ends::complete,
            "closed"),
    };
    // Megabytes of keys to a host that reads nothing for a while: backpressure, then all arrives.
    auto slow_host = row("flood_to_a_host_that_reads_nothing", repeats(key, 1'500'000),
                         Ends::complete, "closed");
    slow_host.script = in_order(slow_host.script, closes());
    slow_host.stage = Stage::informed;
    slow_host.peer_stage = Stage::demanded;
    slow_host.peer_pause = std::chrono::milliseconds(1500);
    rows.push_back(std::move(slow_host));
    return rows;
}

}  // namespace lucid::hostile
