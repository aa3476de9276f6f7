// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include "misbehaviour.hpp"

// Before TLS: what is no connection request stays at the door, what asks for the wrong security is
// told so.

namespace lucid::hostile {

namespace {

namespace proto = rdp::proto;

Misbehaviour row(std::string name, Script script, Ends ends, std::string reason = {}) {
    Misbehaviour m;
    m.name = "x224_" + std::move(name);
    m.script = std::move(script);
    m.ends = ends;
    m.reason = std::move(reason);
    return m;
}

Bytes request(std::uint32_t protocols, std::uint8_t flags = 0, const std::string& cookie = "") {
    proto::ConnectionRequest r;
    r.requested_protocols = protocols;
    r.flags = flags;
    r.cookie = cookie;
    return proto::encode_connection_request(r);
}

/// A connection request TPDU whose variable part is not the encoder's.
Bytes request_with(ByteView variable) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(6 + variable.size())).u8(0xe0).zeros(5).bytes(variable);
    const auto tpdu = w.take();
    Writer packet;
    packet.u8(3).u8(0).u16_be(static_cast<std::uint16_t>(tpdu.size() + 4)).bytes(tpdu);
    return packet.take();
}

Bytes text(std::string_view t) {
    return to_bytes(as_bytes(t));
}

/// A byte at a time and then no more.
Script dribbles(Bytes bytes, std::size_t count) {
    return [bytes = std::move(bytes), count](Party& party) -> Result<void> {
        for (std::size_t i = 0; i < count; ++i) {
            LUCID_CHECK(party.send_raw(ByteView(bytes).subspan(i, 1)));
            std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        return {};
    };
}

const Bytes good = request(proto::protocol_ssl | proto::protocol_hybrid);

}  // namespace

std::vector<Misbehaviour> x224_rows() {
    const auto door = [](std::string name, Script script) {
        return row(std::move(name), std::move(script), Ends::at_door);
    };
    const auto bad_negotiation = [](Bytes negotiation) { return says(request_with(negotiation)); };
    std::vector<Misbehaviour> rows = {
        door("http_request", says(text("GET / HTTP/1.1\r\nHost: x\r\n\r\n"))),
        door("ssh_banner", says(text("SSH-2.0-OpenSSH_9.2p1\r\n"))),
        door("tls_hello_without_request", says(Bytes{0x16, 3, 1, 0, 5, 1, 0, 0, 1, 3})),
        door("tpkt_version_2", says(damaged(good, 0, 2))),
        door("tpkt_length_0", says(damaged(damaged(good, 2, 0), 3, 0))),
        door("tpkt_length_below_seven", says(damaged(good, 3, 6))),
        door("tpkt_length_65535", says(damaged(damaged(good, 2, 0xff), 3, 0xff))),
        door("fast_path_first", says(Bytes{0x04, 0x04, 0, 0x1e})),
        door("length_indicator_too_small", says(damaged(good, 4, 3))),
        door("length_indicator_255", says(damaged(good, 4, 0xff))),
        door("confirm_instead_of_request", says(damaged(good, 5, 0xd0))),
        door("data_tpdu_first", says(proto::encode_data_tpdu(Bytes(20)))),
        door("disconnect_request_first", says(damaged(good, 5, 0x80))),
        door("cookie_without_end", says(request_with(text("Cookie: mstshash=abc")))),
        door("cookie_of_243_bytes_without_end", says(request_with(Bytes(243, 'C')))),
        door("negotiation_type_unknown", bad_negotiation(Bytes{9, 0, 8, 0, 3, 0, 0, 0})),
        door("negotiation_length_7", bad_negotiation(Bytes{1, 0, 7, 0, 3, 0, 0, 0})),
        door("negotiation_cut", bad_negotiation(Bytes{1, 0, 8, 0, 3})),
        door("bytes_behind_negotiation", bad_negotiation(Bytes{1, 0, 8, 0, 3, 0, 0, 0, 0})),
        door("correlation_promised_but_absent", bad_negotiation(Bytes{1, 8, 8, 0, 3, 0, 0, 0})),
        door("correlation_of_wrong_length",
             bad_negotiation(Bytes{1, 8, 8, 0, 3, 0, 0, 0, 6, 0, 4, 0})),
        door("zeros", says(Bytes(4096))),
        door("noise", says(Bytes(2000, 0x5a))),
        door("one_byte_then_closed", in_order(says(Bytes{3}), closes())),
        door("half_a_request_then_closed",
             in_order(says(Bytes(good.begin(), good.begin() + 9)), closes())),
        door("half_a_request_then_silent", says(Bytes(good.begin(), good.begin() + 9))),
        door("dribbled_and_never_whole", dribbles(good, 12)),
    };
    const auto refused = [&rows](std::string name, Bytes bytes, std::string reason) {
        rows.push_back(
            row(std::move(name), says(std::move(bytes)), Ends::unlogged, std::move(reason)));
    };
    refused("standard_rdp_security_only", request(proto::protocol_rdp), "no allowed security");
    refused("no_negotiation", request_with({}), "no allowed security");
    refused("unknown_protocols_only", request(0xfffffff4), "no allowed security");
    refused("restricted_admin", request(3, 1), "restricted admin");
    refused("redirected_authentication", request(3, 2), "restricted admin");
    refused("cookie_of_200_bytes_and_rdp_security",
            request(0, 0, "Cookie: mstshash=" + std::string(183, 'x')), "no allowed security");
    Bytes twice = good;
    append(twice, good);
    refused("request_twice_at_once", twice, "behind the connection request");
    Bytes with_hello = good;
    append(with_hello, Bytes(300, 0x16));
    refused("hello_glued_to_request", with_hello, "behind the connection request");
    refused("cookie_that_is_no_text", request(0, 0, "Cookie: mstshash=\xff\xfe\xfd\x01\x1b[2J"),
            "no allowed security");
    return rows;
}

}  // namespace lucid::hostile
