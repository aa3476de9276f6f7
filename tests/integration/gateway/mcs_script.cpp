// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "mcs_script.hpp"

#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/mcs_domain.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include "desk_double.hpp"

namespace lucid::rdp::gateway::test {

namespace {

constexpr std::uint16_t mcs_base = 1001;

Bytes block(std::uint16_t type, ByteView content) {
    Writer w;
    w.u16_le(type).u16_le(static_cast<std::uint16_t>(content.size() + 4)).bytes(content);
    return w.take();
}

/// BER with a two-byte length, which is always allowed.
Bytes ber(std::initializer_list<std::uint8_t> tag, ByteView content) {
    Writer w;
    for (const auto byte : tag) w.u8(byte);
    w.u8(0x82).u16_be(static_cast<std::uint16_t>(content.size())).bytes(content);
    return w.take();
}

Bytes domain_parameters() {
    Writer w;
    for (const std::uint8_t value : Bytes{34, 2, 0, 1, 0, 1}) w.u8(2).u8(1).u8(value);
    w.u8(2).u8(2).u16_be(0x7fff).u8(2).u8(1).u8(2);
    const auto content = w.take();
    Writer out;
    out.u8(0x30).u8(static_cast<std::uint8_t>(content.size())).bytes(content);
    return out.take();
}

void per_length(Writer& w, std::size_t length) {
    w.u16_be(static_cast<std::uint16_t>(0x8000 | length));
}

Bytes core_data() {
    Writer w;
    w.u32_le(0x00080004).u16_le(1280).u16_le(720).u16_le(0xca01).u16_le(0xaa03).u32_le(0x409);
    w.u32_le(2600).zeros(32).u32_le(4).u32_le(0).u32_le(12).zeros(64);
    w.u16_le(0xca01).u16_le(1).u32_le(0).u16_le(24).u16_le(7).u16_le(1).zeros(64);
    w.u8(7).u8(0).u32_le(0);
    return w.take();
}

}  // namespace

Bytes connect_initial() {
    Bytes blocks = block(0xc001, core_data());
    append(blocks, block(0xc002, Writer().u32_le(0).u32_le(0).take()));
    append(blocks, block(0xc003, Writer().u32_le(0).take()));
    Writer gcc;
    gcc.u8(0).u8(5).u8(0).u8(0x14).u8(0x7c).u8(0).u8(1);
    per_length(gcc, blocks.size() + 14);
    gcc.u8(0).u8(8).u8(0).u8(0x10).u8(0).u8(1).u8(0xc0).u8(0).text("Duca");
    per_length(gcc, blocks.size());
    gcc.bytes(blocks);
    Writer mcs;
    mcs.u8(4).u8(1).u8(1).u8(4).u8(1).u8(1).u8(1).u8(1).u8(0xff);
    for (int i = 0; i < 3; ++i) mcs.bytes(domain_parameters());
    mcs.bytes(ber({4}, gcc.view()));
    return proto::encode_data_tpdu(ber({0x7f, 0x65}, mcs.view()));
}

Bytes connect_response() {
    Bytes blocks = block(0x0c01, Writer().u32_le(0x00080004).u32_le(0).u32_le(0).take());
    append(blocks, block(0x0c03, Writer().u16_le(io_channel).u16_le(0).take()));
    append(blocks, block(0x0c02, Writer().u32_le(0).u32_le(0).take()));
    Writer gcc;
    gcc.u8(0).u8(5).u8(0).u8(0x14).u8(0x7c).u8(0).u8(1).u8(0x2a);
    gcc.u8(0x14).u8(0x76).u8(0x0a).u8(1).u8(1).u8(0).u8(1).u8(0xc0).u8(0).text("McDn");
    per_length(gcc, blocks.size());
    gcc.bytes(blocks);
    Writer mcs;
    mcs.u8(0x0a).u8(1).u8(0).u8(2).u8(1).u8(0).bytes(domain_parameters());
    mcs.bytes(ber({4}, gcc.view()));
    return proto::encode_data_tpdu(ber({0x7f, 0x66}, mcs.view()));
}

Bytes erect_domain_request() {
    return proto::encode_data_tpdu(Bytes{0x04, 0x01, 0x00, 0x01, 0x00});
}

Bytes attach_user_request() {
    return proto::encode_data_tpdu(Bytes{0x28});
}

Bytes attach_user_confirm() {
    return proto::encode_data_tpdu(Writer().u8(0x2e).u8(0).u16_be(user_channel - mcs_base).take());
}

Bytes channel_join_request(std::uint16_t channel) {
    return proto::encode_data_tpdu(
        Writer().u8(0x38).u16_be(user_channel - mcs_base).u16_be(channel).take());
}

Bytes channel_join_confirm(std::uint16_t channel) {
    return proto::encode_data_tpdu(Writer()
                                       .u8(0x3e)
                                       .u8(0)
                                       .u16_be(user_channel - mcs_base)
                                       .u16_be(channel)
                                       .u16_be(channel)
                                       .take());
}

Bytes client_info(std::string_view user, std::string_view password) {
    proto::ClientInfo info;
    info.flags = proto::info_unicode | 0x1;
    info.user_name = utf16(user);
    info.password = crypto::Secret(utf16(password));
    // IPv4, an empty address and directory, time zone, session id, performance flags.
    info.extra_before_cookie = {2, 0, 2, 0, 0, 0, 2, 0, 0, 0};
    info.extra_before_cookie.resize(info.extra_before_cookie.size() + 172 + 8);
    info.has_cookie_field = true;
    const auto message = proto::encode_client_info(info);
    return proto::encode_send_data(proto::McsPduType::send_data_request, user_channel, io_channel,
                                   message.expose());
}

Bytes key_input(std::uint8_t scancode) {
    return {0x04, 0x04, 0x00, scancode};
}

Bytes screen_output(ByteView content) {
    Writer w;
    w.u8(0).u16_be(static_cast<std::uint16_t>(0x8000 | (content.size() + 3))).bytes(content);
    return w.take();
}

}  // namespace lucid::rdp::gateway::test
