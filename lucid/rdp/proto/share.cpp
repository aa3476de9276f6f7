// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/share.hpp>

#include <algorithm>

namespace lucid::rdp::proto {
namespace {

constexpr std::uint16_t flow_pdu_marker = 0x8000;
constexpr std::size_t flow_pdu_bytes = 8;
constexpr std::size_t share_padding_bytes_max = 3;
constexpr std::uint32_t infotype_logon_extended_info = 3;
constexpr std::uint32_t logon_ex_autoreconnectcookie = 1;

}  // namespace

Result<ShareControlPdu> decode_share_control(ByteView user_data) {
    Reader r(user_data);
    LUCID_TRY(const auto total, r.u16_le("totalLength"));
    if (total == flow_pdu_marker) return fail(Errc::unsupported, "flow pdu");
    LUCID_TRY(const auto type, r.u16_le("pduType"));
    ShareControlPdu pdu;
    pdu.type = static_cast<PduType>(type & 0x0fU);
    if (total < 4 || total > user_data.size()) return fail(Errc::bad_length, "totalLength", total);
    // A Deactivate All of some hosts stops behind the type.
    if (total >= 6) {
        LUCID_TRY(pdu.source, r.u16_le("pduSource"));
        pdu.body = user_data.subspan(6, total - 6U);
    }
    return pdu;
}

Result<std::vector<ShareControlPdu>> decode_share_pdus(ByteView user_data) {
    std::vector<ShareControlPdu> pdus;
    Reader r(user_data);
    do {
        if (pdus.size() == share_pdus_max)
            return fail(Errc::limit_exceeded, "share pdus", share_pdus_max);
        const auto rest = r.rest();
        LUCID_TRY(const auto total, r.u16_le("totalLength"));
        if (total == flow_pdu_marker) {
            LUCID_CHECK(r.skip(flow_pdu_bytes - 2, "flow pdu"));
            continue;
        }
        LUCID_TRY(const auto pdu, decode_share_control(rest));
        LUCID_CHECK(r.skip(total - 2U, "share pdu"));
        pdus.push_back(pdu);
    } while (r.remaining() > share_padding_bytes_max);
    return pdus;
}

bool is_share_control(ByteView user_data) {
    Reader r(user_data);
    const auto total = r.u16_le("totalLength");
    const auto type = r.u16_le("pduType");
    if (!total || !type || *total < 4 || *total > user_data.size()) return false;
    // The version is 1 in the upper bits; a security header has its flagsHi here.
    if (*type >> 4 != 1) return false;
    switch (static_cast<PduType>(*type & 0x0fU)) {
        case PduType::demand_active:
        case PduType::confirm_active:
        case PduType::deactivate_all:
        case PduType::data:
        case PduType::server_redirection:
            return true;
    }
    return false;
}

Result<ShareDataPdu> decode_share_data(const ShareControlPdu& pdu) {
    Reader r(pdu.body);
    LUCID_CHECK(r.skip(4, "shareId"));
    LUCID_CHECK(r.skip(2, "pad and streamId"));
    LUCID_CHECK(r.skip(2, "uncompressedLength"));
    ShareDataPdu data;
    LUCID_TRY(data.type2, r.u8("pduType2"));
    LUCID_TRY(data.compressed_type, r.u8("compressedType"));
    LUCID_CHECK(r.skip(2, "compressedLength"));
    data.payload = r.rest();
    return data;
}

Result<std::vector<Capability>> locate_capabilities(ByteView user_data) {
    LUCID_TRY(const auto control, decode_share_control(user_data));
    Reader r(user_data);
    LUCID_CHECK(r.skip(6, "share control header"));
    LUCID_CHECK(r.skip(4, "shareId"));
    if (control.type == PduType::confirm_active) LUCID_CHECK(r.skip(2, "originatorId"));
    LUCID_TRY(const auto source_length, r.u16_le("lengthSourceDescriptor"));
    LUCID_CHECK(r.skip(2, "lengthCombinedCapabilities"));
    LUCID_CHECK(r.skip(source_length, "sourceDescriptor"));
    LUCID_TRY(const auto count, r.u16_le("numberCapabilities"));
    LUCID_CHECK(r.skip(2, "pad2Octets"));
    if (count > capability_sets_max) return fail(Errc::limit_exceeded, "numberCapabilities", count);
    std::vector<Capability> capabilities;
    for (unsigned i = 0; i < count; ++i) {
        Capability capability;
        capability.offset = r.offset();
        LUCID_TRY(capability.type, r.u16_le("capabilitySetType"));
        LUCID_TRY(const auto length, r.u16_le("lengthCapability"));
        if (length < 4) return fail(Errc::bad_length, "lengthCapability", length);
        LUCID_CHECK(r.skip(length - 4U, "capabilityData"));
        capability.length = length;
        capabilities.push_back(capability);
    }
    return capabilities;
}

bool has_auto_reconnect_cookie(ByteView save_session_info) {
    Reader r(save_session_info);
    const auto type = r.u32_le("infoType");
    if (!type || *type != infotype_logon_extended_info) return false;
    if (!r.skip(2, "Length")) return false;
    const auto fields = r.u32_le("FieldsPresent");
    return fields && (*fields & logon_ex_autoreconnectcookie) != 0;
}

std::optional<ByteView> auto_reconnect_cookie(ByteView save_session_info) {
    constexpr std::uint32_t version_1 = 1;
    if (!has_auto_reconnect_cookie(save_session_info)) return std::nullopt;
    Reader r(save_session_info);
    (void)r.skip(4 + 2 + 4, "infoType, Length, FieldsPresent");
    const auto size = r.u32_le("cbFieldData");
    if (!size || *size != auto_reconnect_cookie_bytes) return std::nullopt;
    const auto cookie = r.take(auto_reconnect_cookie_bytes, "AutoReconnectCookie");
    if (!cookie) return std::nullopt;
    Reader c(*cookie);
    const auto length = c.u32_le("cbLen");
    const auto version = c.u32_le("Version");
    // unreached: no length or no version, as the cookie has bytes for both.
    if (!length || *length != auto_reconnect_cookie_bytes || !version || *version != version_1)
        return std::nullopt;
    return *cookie;
}

void remove_auto_reconnect_cookie(MutableByteView info) {
    constexpr std::size_t length_offset = 4;
    constexpr std::size_t fields_present_offset = 6;
    constexpr std::size_t fields_offset = 10;
    const auto put = [&](std::size_t offset, std::size_t count, std::uint32_t value) {
        for (std::size_t i = 0; i < count; ++i)
            info[offset + i] = static_cast<std::uint8_t>(value >> (8 * i));
    };
    Reader r(info);
    (void)r.skip(length_offset, "infoType");
    const auto length = r.u16_le("Length");
    const auto present = r.u32_le("FieldsPresent");
    const auto size = r.u32_le("cbFieldData");
    if (!present) return;
    const auto fields = info.subspan(fields_offset);
    const std::size_t cookie = size ? std::size_t{*size} + 4 : 0;
    if (cookie == 0 || cookie > fields.size()) {
        // Unreadable: nothing of it may stay.
        std::fill(fields.begin(), fields.end(), std::uint8_t{0});
        put(length_offset, 2, fields_offset - length_offset);
        put(fields_present_offset, 4, 0);
        return;
    }
    std::copy(fields.begin() + static_cast<std::ptrdiff_t>(cookie), fields.end(), fields.begin());
    std::fill(fields.end() - static_cast<std::ptrdiff_t>(cookie), fields.end(), std::uint8_t{0});
    put(fields_present_offset, 4, *present & ~logon_ex_autoreconnectcookie);
    put(length_offset, 2, *length > cookie ? static_cast<std::uint32_t>(*length - cookie) : 0);
}

Result<std::uint32_t> decode_error_info(ByteView payload) {
    return Reader(payload).u32_le("errorInfo");
}

Bytes encode_share_data(std::uint32_t share_id, std::uint16_t source, std::uint8_t type2,
                        ByteView payload) {
    constexpr std::size_t control_header_bytes = 6;
    constexpr std::size_t data_header_bytes = 12;
    constexpr std::uint16_t pdu_version = 0x10;
    constexpr std::uint8_t stream_low = 1;
    const auto total = control_header_bytes + data_header_bytes + payload.size();
    Writer w(total);
    w.u16_le(static_cast<std::uint16_t>(total));
    w.u16_le(static_cast<std::uint16_t>(pdu_version | static_cast<unsigned>(PduType::data)));
    w.u16_le(source).u32_le(share_id).u8(0).u8(stream_low);
    w.u16_le(static_cast<std::uint16_t>(payload.size() + 4));  // from pduType2 on
    w.u8(type2).u8(0).u16_le(0).bytes(payload);
    return w.take();
}

Result<std::uint32_t> decode_share_id(const ShareControlPdu& demand_active) {
    return Reader(demand_active.body).u32_le("shareId");
}

Bytes encode_confirm_active(std::uint32_t share_id, std::uint16_t source, std::size_t count,
                            ByteView capabilities) {
    constexpr std::string_view descriptor("LUCID\0", 6);
    constexpr std::uint16_t server_channel = 0x03ea;
    constexpr std::uint16_t pdu_version = 0x10;
    Writer w(capabilities.size() + 32);
    w.u16_le(0).u16_le(
        static_cast<std::uint16_t>(pdu_version | static_cast<unsigned>(PduType::confirm_active)));
    w.u16_le(source).u32_le(share_id).u16_le(server_channel);
    w.u16_le(static_cast<std::uint16_t>(descriptor.size()));
    w.u16_le(static_cast<std::uint16_t>(capabilities.size() + 4)).text(descriptor);
    w.u16_le(static_cast<std::uint16_t>(count)).u16_le(0).bytes(capabilities);
    w.patch_u16_le(0, static_cast<std::uint16_t>(w.offset()));
    return w.take();
}

}  // namespace lucid::rdp::proto
