// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/proto/client_data.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <algorithm>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint32_t rdp_version_10_7 = 0x0008000c;
constexpr std::uint16_t color_8bpp = 0xca01;
constexpr std::uint16_t sas_del = 0xaa03;
constexpr std::uint32_t client_build = 19041;
constexpr std::uint32_t keyboard_type_enhanced = 4;
constexpr std::uint32_t keyboard_function_keys = 12;
constexpr std::uint16_t high_color_24bpp = 24;
/// RNS_UD_24BPP, 16, 15, 32BPP_SUPPORT.
constexpr std::uint16_t supported_color_depths = 0x000f;
constexpr std::uint8_t connection_type_lan = 6;
/// REDIRECTION_SUPPORTED, version 4.
constexpr std::uint32_t cluster_flags = 0x0000000d;
constexpr std::size_t time_zone_bytes = 172;
constexpr std::uint16_t af_inet = 2;

void put_block(Writer& w, GccBlockType type, ByteView content) {
    w.u16_le(static_cast<std::uint16_t>(type));
    w.u16_le(static_cast<std::uint16_t>(content.size() + 4)).bytes(content);
}

void put_utf16(Writer& w, std::string_view ascii, std::size_t field_bytes) {
    for (const char c : ascii) w.u16_le(static_cast<std::uint8_t>(c));
    w.zeros(field_bytes - 2 * ascii.size());
}

/// TS_UD_CS_CORE with every optional field.
Bytes core_data(const ClientData& data) {
    const auto name = std::string_view(data.client_name).substr(0, client_name_max);
    Writer w;
    w.u32_le(rdp_version_10_7).u16_le(data.desktop_width).u16_le(data.desktop_height);
    w.u16_le(color_8bpp).u16_le(sas_del).u32_le(data.keyboard_layout).u32_le(client_build);
    put_utf16(w, name, 32);
    w.u32_le(keyboard_type_enhanced).u32_le(0).u32_le(keyboard_function_keys);
    w.zeros(64);                               // imeFileName
    w.u16_le(color_8bpp).u16_le(1).u32_le(0);  // postBeta2ColorDepth, productId, serial
    w.u16_le(high_color_24bpp).u16_le(supported_color_depths);
    w.u16_le(data.early_capability_flags);
    w.zeros(64);  // clientDigProductId
    w.u8(connection_type_lan).u8(0).u32_le(data.selected_protocol);
    w.u32_le(0).u32_le(0).u16_le(0).u32_le(100).u32_le(100);  // physical size, scale factors
    return w.take();
}

Bytes network_data(const ClientData& data) {
    LUCID_ASSERT(data.channels.size() <= static_channels_max);
    Writer w;
    w.u32_le(static_cast<std::uint32_t>(data.channels.size()));
    for (const auto& channel : data.channels) {
        LUCID_ASSERT(channel.name.size() <= channel_name_max);
        w.text(channel.name).zeros(channel_name_max + 1 - channel.name.size());
        w.u32_le(channel.options);
    }
    return w.take();
}

void put_ber_integer(Writer& w, std::uint32_t value) {
    if (value < 0x80) {
        w.u8(2).u8(1).u8(static_cast<std::uint8_t>(value));
    } else if (value < 0x8000) {
        w.u8(2).u8(2).u16_be(static_cast<std::uint16_t>(value));
    } else {
        w.u8(2).u8(3).u8(0).u16_be(static_cast<std::uint16_t>(value));
    }
}

/// DomainParameters (T.125 §7): the eight values in their order.
void put_domain_parameters(Writer& w, std::initializer_list<std::uint32_t> values) {
    Writer content;
    for (const auto value : values) put_ber_integer(content, value);
    w.u8(0x30).u8(static_cast<std::uint8_t>(content.offset())).bytes(content.view());
}

void put_ber(Writer& w, std::initializer_list<std::uint8_t> tag, ByteView content) {
    for (const auto byte : tag) w.u8(byte);
    w.u8(0x82).u16_be(static_cast<std::uint16_t>(content.size())).bytes(content);
}

void put_per_length(Writer& w, std::size_t length) {
    w.u16_be(static_cast<std::uint16_t>(0x8000U | length));
}

/// Conference Create Request (T.124 §8.7) around the blocks.
Bytes conference_create_request(ByteView blocks) {
    constexpr std::size_t bytes_behind_length = 14;
    Writer w;
    w.u8(0).u8(5).u8(0).u8(0x14).u8(0x7c).u8(0).u8(1);  // object identifier of T.124
    put_per_length(w, blocks.size() + bytes_behind_length);
    w.u8(0).u8(8).u8(0).u8(0x10).u8(0).u8(1).u8(0xc0).u8(0).text("Duca");
    put_per_length(w, blocks.size());
    w.bytes(blocks);
    return w.take();
}

}  // namespace

Bytes encode_connect_initial(const ClientData& data) {
    Writer blocks;
    put_block(blocks, GccBlockType::cs_core, core_data(data));
    put_block(blocks, GccBlockType::cs_cluster, Writer().u32_le(cluster_flags).u32_le(0).view());
    // Encryption is TLS's.
    put_block(blocks, GccBlockType::cs_security, Writer().u32_le(0).u32_le(0).view());
    put_block(blocks, GccBlockType::cs_net, network_data(data));
    if (data.message_channel)
        put_block(blocks, GccBlockType::cs_mcs_msgchannel, Writer().u32_le(0).view());
    if (!data.monitors.empty()) {
        LUCID_ASSERT(data.monitors.size() <= client_monitors_max);
        put_block(blocks, GccBlockType::cs_monitor, encode_client_monitors(data.monitors));
        put_block(blocks, GccBlockType::cs_monitor_ex,
                  encode_client_monitor_attributes(data.monitors.size()));
    }
    Writer mcs;
    mcs.u8(4).u8(1).u8(1).u8(4).u8(1).u8(1).u8(1).u8(1).u8(0xff);  // selectors, upwardFlag
    put_domain_parameters(mcs, {34, 2, 0, 1, 0, 1, 65535, 2});
    put_domain_parameters(mcs, {1, 1, 1, 1, 0, 1, 1056, 2});
    put_domain_parameters(mcs, {65535, 64535, 65535, 1, 0, 1, 65535, 2});
    put_ber(mcs, {4}, conference_create_request(blocks.view()));
    Writer out;
    put_ber(out, {0x7f, 0x65}, mcs.view());
    return encode_data_tpdu(out.view());
}

Bytes encode_extended_info() {
    constexpr std::string_view address = "127.0.0.1";
    constexpr std::string_view directory = "C:\\Lucid";
    Writer w;
    w.u16_le(af_inet);
    for (const auto text : {address, directory}) {
        const auto bytes = 2 * (text.size() + 1);
        w.u16_le(static_cast<std::uint16_t>(bytes));
        put_utf16(w, text, bytes);
    }
    w.zeros(time_zone_bytes).u32_le(0).u32_le(0);  // clientSessionId, performanceFlags
    return w.take();
}

}  // namespace lucid::rdp::proto
