// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>

#include <tests/support/rdp_session.hpp>

#include "misbehaviour.hpp"

// The client's way to the desktop: Client Info, licensing, Confirm Active, finalization.

namespace lucid::hostile {

namespace {

Misbehaviour row(std::string name, Stage stage, Bytes bytes, Ends ends, std::string reason) {
    Misbehaviour m;
    m.name = std::move(name);
    m.stage = stage;
    m.script = says(std::move(bytes));
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}

Misbehaviour violation(std::string name, Stage stage, Bytes bytes) {
    return row(std::move(name), stage, std::move(bytes), Ends::partial,
               "protocol violation of the client");
}

/// Client Info with these five lengths and this body.
Bytes info(std::array<std::uint16_t, 5> sizes, ByteView body, std::uint16_t security = 0x40,
           std::uint32_t flags = 0x47b) {
    Writer w;
    w.u16_le(security).u16_le(0).u32_le(0).u32_le(flags);
    for (const auto size : sizes) w.u16_le(size);
    w.bytes(body);
    return test::from_client(test::io_channel, w.view());
}

/// The five empty strings and an extra part.
Bytes info_extra(ByteView extra) {
    Bytes body(10);
    append(body, extra);
    return info({}, body);
}

Bytes confirm_active() {
    return test::active_pdu(3);
}
Bytes io(ByteView data) {
    return test::from_client(test::io_channel, data);
}

std::vector<Misbehaviour> infos() {
    const auto bad = [](std::string name, Bytes bytes) {
        return violation("info_" + std::move(name), Stage::joined, std::move(bytes));
    };
    return {
        bad("without_its_flag", info({}, Bytes(10), 0)),
        bad("encrypted", info({}, Bytes(10), 0x48)),
        bad("of_two_bytes", io(Bytes{0x40, 0})),
        bad("with_header_only", io(Bytes{0x40, 0, 0, 0})),
        bad("domain_of_65535_bytes", info({0xffff, 0, 0, 0, 0}, Bytes(100))),
        bad("user_of_1026_bytes", info({0, 1026, 0, 0, 0}, Bytes(1100))),
        bad("password_beyond_the_end", info({0, 0, 1000, 0, 0}, Bytes(100))),
        bad("shell_of_odd_length", info({0, 0, 0, 3, 0}, Bytes(40))),
        bad("without_terminators", info({}, Bytes(5))),
        bad("ansi_user_of_513_bytes", info({0, 513, 0, 0, 0}, Bytes(600), 0x40, 0x46b)),
        bad("address_beyond_the_end", info_extra(Bytes{2, 0, 0xff, 0xff})),
        bad("extra_of_one_byte", info_extra(Bytes{2})),
        bad("directory_beyond_the_end", info_extra(Bytes{2, 0, 0, 0, 0xff, 0x0f})),
        bad("time_zone_cut",
            [] {
                Bytes extra{2, 0, 0, 0, 0, 0};
                extra.resize(100);
                return info_extra(extra);
            }()),
        bad("cookie_beyond_the_end",
            [] {
                Bytes extra{2, 0, 0, 0, 0, 0};
                extra.resize(6 + 172 + 8);
                append(extra, Bytes{0xff, 0xff, 1, 2});
                return info_extra(extra);
            }()),
    };
}

std::vector<Misbehaviour> licensing_and_activation() {
    const auto capabilities = [](std::uint16_t count, ByteView sets) {
        Writer w;
        w.u32_le(0x103ea).u16_le(0x3ea).u16_le(4).u16_le(0).text("RDP").u8(0);
        w.u16_le(count).u16_le(0).bytes(sets);
        return io(test::share_pdu(3, w.view()));
    };
    Bytes two = confirm_active();
    append(two, test::share_data(0x1f, Bytes(4)));
    return {
        row("share_data_before_licensing", Stage::informed, io(test::share_data(0x1f, Bytes(4))),
            Ends::partial, ""),
        violation("licence_of_one_byte", Stage::informed, io(Bytes{0x80})),
        violation("confirm_active_cut", Stage::demanded, io(ByteView(confirm_active()).first(20))),
        violation("confirm_active_without_content", Stage::demanded, io(test::share_pdu(3, {}))),
        violation("confirm_active_with_65_sets", Stage::demanded, capabilities(65, Bytes(65 * 4))),
        violation("confirm_active_with_65535_sets", Stage::demanded,
                  capabilities(0xffff, Bytes(8))),
        violation("confirm_active_with_set_of_3_bytes", Stage::demanded,
                  capabilities(1, Bytes{1, 0, 3, 0})),
        violation("confirm_active_with_set_of_0_bytes", Stage::demanded,
                  capabilities(1, Bytes{1, 0, 0, 0})),
        violation("confirm_active_with_set_beyond_the_end", Stage::demanded,
                  capabilities(1, Bytes{1, 0, 0xff, 0xff})),
        row("confirm_active_among_others", Stage::demanded, io(two), Ends::partial,
            "Confirm Active among other PDUs"),
        row("confirm_active_twice", Stage::active, io(confirm_active()), Ends::survives, ""),
        row("finalization_without_confirm_active", Stage::demanded, finalization(true)[0],
            Ends::survives, ""),
        row("demand_active_from_client", Stage::demanded, io(test::active_pdu(1)), Ends::partial,
            "client share pdu"),
        row("deactivate_from_client", Stage::finalized, io(test::share_pdu(6, Bytes(6))),
            Ends::partial, "client share pdu"),
        row("redirection_from_client", Stage::finalized, io(test::share_pdu(10, Bytes(40))),
            Ends::partial, "client share pdu"),
        row("info_twice", Stage::finalized, test::client_info("lt", "again"), Ends::partial, ""),
    };
}

/// The ticket comes in Client Info and is wrong: nothing may have happened.
std::vector<Misbehaviour> of_tls_only_clients() {
    const auto unproven = [](std::string name, Stage stage, Bytes bytes, std::string reason) {
        auto m = row("tls_only_" + std::move(name), stage, std::move(bytes), Ends::unlogged,
                     std::move(reason));
        m.client_security = HostSecurity::tls;
        return m;
    };
    return {
        unproven("with_a_wrong_secret", Stage::joined, test::client_info("lt-0", "guess"),
                 "client info names another ticket"),
        unproven("with_another_ticket_than_the_cookie", Stage::joined,
                 test::client_info("lt-witness", "the secret"), "another ticket"),
        unproven("without_user", Stage::joined, test::client_info("", ""), "another ticket"),
        unproven("with_garbage_for_info", Stage::joined, io(Bytes(40, 0x33)),
                 "protocol violation of the client"),
        unproven("with_garbage_for_connect", Stage::login,
                 Bytes{3, 0, 0, 12, 2, 0xf0, 0x80, 1, 2, 3, 4, 5},
                 "protocol violation of the client"),
        unproven("with_data_for_the_host", Stage::joined,
                 test::from_client(test::message_channel, Bytes(8)), "client data before login"),
        unproven("with_input_before_login", Stage::joined, Bytes{4, 4, 0, 30},
                 "client input before login"),
    };
}

}  // namespace

std::vector<Misbehaviour> login_rows() {
    auto rows = infos();
    auto program = row("info_with_program_and_cookie", Stage::joined, {}, Ends::survives, "");
    program.script = [](Party& party) {
        party.skip_to(Stage::informed);
        return party.wire().send(
            test::client_info("lt", "x", true, "cmd.exe /c calc", 0x47b | 0x8000));
    };
    rows.push_back(std::move(program));
    for (auto& m : licensing_and_activation()) rows.push_back(std::move(m));
    for (auto& m : of_tls_only_clients()) rows.push_back(std::move(m));
    return rows;
}

}  // namespace lucid::hostile
