// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/channels/static_channel.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <tests/support/rdp_session.hpp>

namespace lucid::test {
namespace {

Bytes block(std::uint16_t type, ByteView body) {
    Writer w;
    w.u16_le(type).u16_le(static_cast<std::uint16_t>(body.size() + 4)).bytes(body);
    return w.take();
}

Bytes ber(std::uint8_t tag, ByteView content) {
    Writer w;
    w.u8(tag).u8(0x82).u16_be(static_cast<std::uint16_t>(content.size())).bytes(content);
    return w.take();
}

Bytes per(ByteView content) {
    Writer w;
    w.u16_be(static_cast<std::uint16_t>(0x8000U | content.size())).bytes(content);
    return w.take();
}

Bytes connect_element(std::uint8_t tag, ByteView content) {
    Writer w;
    w.u8(0x7f).u8(tag).u8(0x82).u16_be(static_cast<std::uint16_t>(content.size()));
    w.bytes(content);
    return rdp::proto::encode_data_tpdu(w.view());
}

const Bytes t124 = {0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01};

}  // namespace

Bytes wide(std::string_view text) {
    Bytes out;
    for (const char c : text) {
        out.push_back(static_cast<std::uint8_t>(c));
        out.push_back(0);
    }
    return out;
}

Bytes connect_initial(const ConnectInitial& input) {
    Writer core;
    core.u32_le(0x00080004).u16_le(input.width).u16_le(input.height);
    core.zeros(204 - 8 + 4).u32_le(0).zeros(0);
    Bytes core_body = core.take();
    core_body.resize(230);
    for (std::size_t i = 0; i < 4; ++i)
        core_body[208 + i] = static_cast<std::uint8_t>(input.selected_protocol >> (8 * i));
    Writer net;
    net.u32_le(static_cast<std::uint32_t>(input.channels.size()));
    for (const auto& name : input.channels) {
        Bytes field(8);
        for (std::size_t i = 0; i < name.size() && i < 8; ++i)
            field[i] = static_cast<std::uint8_t>(name[i]);
        net.bytes(field).u32_le(0xc0800000);
    }
    Writer blocks;
    blocks.bytes(block(0xc001, core_body)).bytes(block(0xc004, Bytes(8)));
    blocks.bytes(block(0xc002, Bytes(8)));
    if (!input.channels.empty()) blocks.bytes(block(0xc003, net.view()));
    blocks.bytes(block(0xc006, Bytes(4))).bytes(block(0xc00a, Bytes{1, 0, 0, 0}));
    Writer request;
    request.bytes(Bytes{0x00, 0x08, 0x00, 0x10, 0x00, 0x01, 0xc0, 0x00, 'D', 'u', 'c', 'a'});
    request.bytes(per(blocks.view()));
    Writer gcc;
    gcc.bytes(t124).bytes(per(request.view()));
    Writer content;
    content.bytes(ber(0x04, Bytes{1})).bytes(ber(0x04, Bytes{1})).bytes(ber(0x01, Bytes{0xff}));
    for (int i = 0; i < 3; ++i) content.bytes(ber(0x30, Bytes(4)));
    content.bytes(ber(0x04, gcc.view()));
    return connect_element(0x65, content.view());
}

Bytes connect_response(const ConnectResponse& input) {
    Writer core;
    core.u32_le(0x00080004).u32_le(input.requested_protocols).u32_le(0);
    Writer security;
    security.u32_le(input.encryption_method).u32_le(input.encryption_method == 0 ? 0 : 3);
    Writer net;
    net.u16_le(static_cast<std::uint16_t>(io_channel + input.shift))
        .u16_le(static_cast<std::uint16_t>(input.channels));
    for (std::size_t i = 0; i < input.channels; ++i)
        net.u16_le(static_cast<std::uint16_t>(first_channel + i + input.shift));
    if (input.channels % 2 != 0) net.u16_le(0);
    Writer message;
    message.u16_le(static_cast<std::uint16_t>(message_channel + input.shift));
    Writer blocks;
    blocks.bytes(block(0x0c01, core.view())).bytes(block(0x0c02, security.view()));
    blocks.bytes(block(0x0c03, net.view())).bytes(block(0x0c04, message.view()));
    blocks.bytes(block(0x0c08, Bytes{1, 0, 0, 0}));
    Writer gcc;
    gcc.bytes(t124).u8(0x2a).bytes(Bytes{0x14, 0x76, 0x0a, 0x01, 0x01, 0x00});
    gcc.bytes(Bytes{0x01, 0xc0, 0x00, 'M', 'c', 'D', 'n'}).bytes(per(blocks.view()));
    Writer content;
    content.bytes(ber(0x0a, Bytes{0})).bytes(ber(0x02, Bytes{0})).bytes(ber(0x30, Bytes(4)));
    content.bytes(ber(0x04, gcc.view()));
    return connect_element(0x66, content.view());
}

Bytes attach_user_confirm(std::uint16_t user) {
    Writer w;
    w.u8(0x2e).u8(0).u16_be(static_cast<std::uint16_t>(user - 1001));
    return rdp::proto::encode_data_tpdu(w.view());
}

Bytes channel_join_confirm(std::uint16_t user, std::uint16_t channel) {
    Writer w;
    w.u8(0x3e).u8(0).u16_be(static_cast<std::uint16_t>(user - 1001)).u16_be(channel);
    w.u16_be(channel);
    return rdp::proto::encode_data_tpdu(w.view());
}

Bytes from_client(std::uint16_t channel, ByteView data) {
    return rdp::proto::encode_send_data(rdp::proto::McsPduType::send_data_request, client_user,
                                        channel, data);
}

Bytes from_host(std::uint16_t channel, ByteView data) {
    return rdp::proto::encode_send_data(rdp::proto::McsPduType::send_data_indication, host_user,
                                        channel, data);
}

Bytes client_message(std::uint16_t channel, ByteView message) {
    Bytes out;
    for (const auto& chunk : rdp::proto::channels::encode_chunks(message, true))
        append(out, from_client(channel, chunk));
    return out;
}

Bytes host_message(std::uint16_t channel, ByteView message) {
    Bytes out;
    for (const auto& chunk : rdp::proto::channels::encode_chunks(message, false))
        append(out, from_host(channel, chunk));
    return out;
}

Bytes client_info(std::string_view user, std::string_view password, bool cookie,
                  std::string_view shell, std::uint32_t flags) {
    const std::vector<Bytes> strings = {wide(""), wide(user), wide(password), wide(shell),
                                        wide("")};
    Writer w;
    w.u16_le(0x40).u16_le(0).u32_le(0).u32_le(flags);
    for (const auto& s : strings) w.u16_le(static_cast<std::uint16_t>(s.size()));
    for (const auto& s : strings) w.bytes(s).u16_le(0);
    w.u16_le(2).u16_le(4).bytes(Bytes(4)).u16_le(2).u16_le(0).zeros(172).u32_le(0).u32_le(7);
    w.u16_le(cookie ? 28 : 0);
    if (cookie) w.bytes(Bytes(28, 0xcc));
    w.u16_le(0x6a6a);
    return from_client(io_channel, w.view());
}

Bytes licensing() {
    Writer w;
    // STATUS_VALID_CLIENT; flagsHi is garbage as xrdp sends it.
    w.u16_le(0x80).u16_le(0x013e).bytes(
        Bytes{0xff, 0x03, 0x10, 0x00, 7, 0, 0, 0, 2, 0, 0, 0, 4, 0, 0, 0});
    return w.take();
}

Bytes share_pdu(std::uint8_t type, ByteView body) {
    Writer w;
    w.u16_le(static_cast<std::uint16_t>(body.size() + 6))
        .u16_le(static_cast<std::uint16_t>(0x10U | type));
    w.u16_le(client_user).bytes(body);
    return w.take();
}

Bytes share_data(std::uint8_t type2, ByteView payload, std::uint8_t compressed) {
    Writer w;
    w.u32_le(0x103ea).u8(0).u8(1).u16_le(static_cast<std::uint16_t>(payload.size() + 18));
    w.u8(type2).u8(compressed).u16_le(0).bytes(payload);
    return share_pdu(7, w.view());
}

Bytes active_pdu(std::uint8_t type, std::uint32_t channel_flags) {
    Writer w;
    w.u32_le(0x103ea);
    if (type == 3) w.u16_le(0x3ea);
    w.u16_le(4).u16_le(24 + 12 + 4).text("RDP").u8(0).u16_le(2).u16_le(0);
    w.u16_le(1).u16_le(24).zeros(20);
    w.u16_le(0x14).u16_le(12).u32_le(channel_flags).u32_le(1600);
    if (type == 1) w.u32_le(0);
    return share_pdu(type, w.view());
}

Bytes save_session_info_with_cookie() {
    Writer w;
    w.u32_le(3).u16_le(6 + 32 + 12).u32_le(3);
    w.u32_le(28).bytes(Bytes(28, 0xcc));
    w.u32_le(8).u32_le(0x11111111).u32_le(0x22222222);
    w.zeros(570);
    return share_data(0x26, w.view());
}

Bytes reconnect_cookie() {
    Writer w;
    w.u32_le(28).u32_le(1).u32_le(42).bytes(Bytes(16, 0x0b));
    return w.take();
}

Bytes save_session_info(ByteView cookie) {
    Writer w;
    w.u32_le(3).u16_le(static_cast<std::uint16_t>(6 + 4 + cookie.size())).u32_le(1);
    w.u32_le(static_cast<std::uint32_t>(cookie.size())).bytes(cookie).zeros(570);
    return share_data(0x26, w.view());
}

Bytes redirection_packet(const Redirection& r) {
    constexpr std::size_t header_bytes = 12;
    Writer fields;
    std::uint32_t flags = r.more_flags;
    const auto name = [](const std::string& text) {
        auto out = wide(text);
        out.insert(out.end(), 2, std::uint8_t{0});
        return out;
    };
    const auto put = [&](std::uint32_t flag, bool present, ByteView content) {
        if (!present) return;
        flags |= flag;
        fields.u32_le(static_cast<std::uint32_t>(content.size())).bytes(content);
    };
    put(0x1, !r.net_address.empty(), name(r.net_address));
    put(0x2, !r.load_balance_info.empty(), as_bytes(r.load_balance_info));
    put(0x4, !r.user.empty(), name(r.user));
    put(0x8, !r.domain.empty(), name(r.domain));
    put(0x10, !r.password.empty(), name(r.password));
    put(0x100, !r.fqdn.empty(), name(r.fqdn));
    put(0x200, !r.netbios_name.empty(), name(r.netbios_name));
    Writer addresses;
    addresses.u32_le(static_cast<std::uint32_t>(r.net_addresses.size()));
    for (const auto& address : r.net_addresses)
        addresses.u32_le(static_cast<std::uint32_t>(2 * address.size() + 2)).bytes(name(address));
    put(0x800, !r.net_addresses.empty(), addresses.view());
    Writer w;
    w.u16_le(0x400).u16_le(static_cast<std::uint16_t>(header_bytes + fields.view().size()));
    w.u32_le(r.session_id).u32_le(flags).bytes(fields.view()).zeros(8);
    return w.take();
}

Bytes redirection_pdu(const Redirection& redirection) {
    Writer w;
    w.u16_le(0).bytes(redirection_packet(redirection)).u8(0);
    return share_pdu(0xa, w.view());
}

}  // namespace lucid::test
