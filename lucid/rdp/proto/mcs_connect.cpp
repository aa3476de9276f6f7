// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/mcs_connect.hpp>
#include <lucid/rdp/proto/x224.hpp>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint16_t tag_connect_initial = 0x7f65;
constexpr std::uint16_t tag_connect_response = 0x7f66;
constexpr std::uint8_t tag_boolean = 0x01;
constexpr std::uint8_t tag_integer = 0x02;
constexpr std::uint8_t tag_octet_string = 0x04;
constexpr std::uint8_t tag_enumerated = 0x0a;
constexpr std::uint8_t tag_sequence = 0x30;
/// T.124 object identifier 0.0.20.124.0.1 as PER sends it.
constexpr ByteArray<7> t124_identifier = {0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01};
constexpr std::size_t channel_definition_bytes = 12;

/// BER length, definite, up to three bytes of it.
Result<std::size_t> ber_length(Reader& r, const char* field) {
    LUCID_TRY(const auto first, r.u8(field));
    if ((first & 0x80U) == 0) return first;
    const unsigned count = first & 0x7fU;
    if (count == 0 || count > 3) return fail(Errc::bad_length, field, r.offset());
    std::size_t length = 0;
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto byte, r.u8(field));
        length = length << 8 | byte;
    }
    return length;
}

Result<ByteView> ber_take(Reader& r, std::uint8_t tag, const char* field) {
    const auto start = r.offset();
    LUCID_TRY(const auto found, r.u8(field));
    if (found != tag) return fail(Errc::bad_value, field, start);
    LUCID_TRY(const auto length, ber_length(r, field));
    return r.take(length, field);
}

/// Content of the application element that the packet consists of.
Result<ByteView> connect_element(ByteView packet, std::uint16_t tag) {
    LUCID_TRY(const auto payload, decode_data_tpdu(packet));
    Reader r(payload);
    LUCID_TRY(const auto found, r.u16_be("mcs connect tag"));
    if (found != tag) return fail(Errc::bad_value, "mcs connect tag", found);
    LUCID_TRY(const auto length, ber_length(r, "mcs connect length"));
    LUCID_TRY(const auto content, r.take(length, "mcs connect"));
    LUCID_CHECK(r.finish("mcs connect"));
    return content;
}

/// PER length determinant of one or two bytes.
Result<std::size_t> per_length(Reader& r, const char* field) {
    LUCID_TRY(const auto first, r.u8(field));
    if ((first & 0x80U) == 0) return first;
    if ((first & 0x40U) != 0) return fail(Errc::unsupported, field, r.offset());
    LUCID_TRY(const auto second, r.u8(field));
    return std::size_t{first & 0x3fU} << 8 | second;
}

Result<std::vector<GccBlock>> locate_blocks(ByteView packet, ByteView data) {
    std::vector<GccBlock> blocks;
    const auto base = static_cast<std::size_t>(data.data() - packet.data());
    Reader r(data);
    while (!r.empty()) {
        if (blocks.size() == gcc_blocks_max)
            return fail(Errc::limit_exceeded, "gcc blocks", gcc_blocks_max);
        const auto offset = r.offset();
        LUCID_TRY(const auto type, r.u16_le("gcc block type"));
        LUCID_TRY(const auto length, r.u16_le("gcc block length"));
        if (length < 4) return fail(Errc::bad_length, "gcc block length", base + offset);
        LUCID_CHECK(r.skip(length - 4U, "gcc block"));
        for (const auto& earlier : blocks)
            if (earlier.type == static_cast<GccBlockType>(type))
                return fail(Errc::bad_value, "gcc block repeated", type);
        blocks.push_back({static_cast<GccBlockType>(type), base + offset, length});
    }
    return blocks;
}

}  // namespace

Result<std::vector<GccBlock>> locate_client_blocks(ByteView packet) {
    LUCID_TRY(const auto content, connect_element(packet, tag_connect_initial));
    Reader r(content);
    LUCID_CHECK(ber_take(r, tag_octet_string, "callingDomainSelector"));
    LUCID_CHECK(ber_take(r, tag_octet_string, "calledDomainSelector"));
    LUCID_CHECK(ber_take(r, tag_boolean, "upwardFlag"));
    LUCID_CHECK(ber_take(r, tag_sequence, "targetParameters"));
    LUCID_CHECK(ber_take(r, tag_sequence, "minimumParameters"));
    LUCID_CHECK(ber_take(r, tag_sequence, "maximumParameters"));
    LUCID_TRY(const auto user_data, ber_take(r, tag_octet_string, "userData"));
    LUCID_CHECK(r.finish("Connect-Initial"));

    // ConferenceCreateRequest: conference name "1", one user data set, key "Duca".
    constexpr ByteArray<12> head = {0x00, 0x08, 0x00, 0x10, 0x00, 0x01,
                                    0xc0, 0x00, 'D',  'u',  'c',  'a'};
    Reader g(user_data);
    LUCID_CHECK(g.expect(t124_identifier, "t124 identifier"));
    LUCID_TRY(const auto pdu_length, per_length(g, "connectPDU length"));
    if (pdu_length != g.remaining()) return fail(Errc::bad_length, "connectPDU length", pdu_length);
    LUCID_CHECK(g.expect(head, "conference create request"));
    LUCID_TRY(const auto data_length, per_length(g, "gcc user data length"));
    LUCID_TRY(const auto data, g.take(data_length, "gcc user data"));
    LUCID_CHECK(g.finish("conference create request"));
    return locate_blocks(packet, data);
}

Result<std::vector<GccBlock>> locate_server_blocks(ByteView packet) {
    LUCID_TRY(const auto content, connect_element(packet, tag_connect_response));
    Reader r(content);
    LUCID_TRY(const auto result, ber_take(r, tag_enumerated, "connect result"));
    if (result.size() != 1 || result[0] != 0)
        return fail(Errc::refused, "connect result", result.empty() ? 0 : result[0]);
    LUCID_CHECK(ber_take(r, tag_integer, "calledConnectId"));
    LUCID_CHECK(ber_take(r, tag_sequence, "domainParameters"));
    LUCID_TRY(const auto user_data, ber_take(r, tag_octet_string, "userData"));
    LUCID_CHECK(r.finish("Connect-Response"));

    Reader g(user_data);
    LUCID_CHECK(g.expect(t124_identifier, "t124 identifier"));
    // Servers are known to state any length here (MS-RDPBCGR 4.1.4 shows 0x2a): it must be read,
    // not believed.
    LUCID_CHECK(per_length(g, "connectPDU length"));
    LUCID_CHECK(g.skip(1, "conference create response"));
    LUCID_CHECK(g.skip(2, "nodeID"));
    LUCID_TRY(const auto tag_length, g.u8("conference tag"));
    LUCID_CHECK(g.skip(tag_length, "conference tag"));
    LUCID_CHECK(g.skip(1, "conference result"));
    constexpr ByteArray<7> key = {0x01, 0xc0, 0x00, 'M', 'c', 'D', 'n'};
    LUCID_CHECK(g.expect(key, "conference user data key"));
    LUCID_TRY(const auto data_length, per_length(g, "gcc user data length"));
    LUCID_TRY(const auto data, g.take(data_length, "gcc user data"));
    LUCID_CHECK(g.finish("conference create response"));
    return locate_blocks(packet, data);
}

const GccBlock* find_block(const std::vector<GccBlock>& blocks, GccBlockType type) {
    for (const auto& block : blocks)
        if (block.type == type) return &block;
    return nullptr;
}

Result<std::vector<ChannelDefinition>> decode_client_network_data(ByteView packet,
                                                                  const GccBlock& block) {
    Reader r(packet.subspan(block.offset, block.length));
    LUCID_CHECK(r.skip(4, "CS_NET header"));
    LUCID_TRY(const auto count, r.u32_le("channelCount"));
    if (count > static_channels_max) return fail(Errc::limit_exceeded, "channelCount", count);
    if (r.remaining() != count * channel_definition_bytes)
        return fail(Errc::bad_length, "channelDefArray", r.remaining());
    std::vector<ChannelDefinition> channels;
    for (std::uint32_t i = 0; i < count; ++i) {
        ChannelDefinition channel;
        channel.name_offset = block.offset + r.offset();
        LUCID_TRY(const auto name, r.take(8, "channel name"));
        const auto text = as_text(name);
        channel.name = std::string(text.substr(0, text.find('\0')));
        LUCID_TRY(channel.options, r.u32_le("channel options"));
        channels.push_back(std::move(channel));
    }
    return channels;
}

Result<ServerNetworkData> decode_server_network_data(ByteView packet, const GccBlock& block) {
    Reader r(packet.subspan(block.offset, block.length));
    LUCID_CHECK(r.skip(4, "SC_NET header"));
    ServerNetworkData data;
    LUCID_TRY(data.io_channel, r.u16_le("MCSChannelId"));
    LUCID_TRY(const auto count, r.u16_le("channelCount"));
    if (count > static_channels_max) return fail(Errc::limit_exceeded, "channelCount", count);
    for (unsigned i = 0; i < count; ++i) {
        LUCID_TRY(const auto id, r.u16_le("channelId"));
        data.channels.push_back(id);
    }
    return data;
}

}  // namespace lucid::rdp::proto
