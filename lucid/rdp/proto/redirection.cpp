// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/proto/client_info.hpp>
#include <lucid/rdp/proto/redirection.hpp>

#include <algorithm>

namespace lucid::rdp::proto {
namespace {

/// All bits of 2.2.13.1, those without a field too: DONTSTOREUSERNAME, SMARTCARD_LOGON,
/// SERVER_TSV_CAPABLE, PASSWORD_IS_PK_ENCRYPTED.
constexpr std::uint32_t known_flags = 0x0001fbff;
/// Pad of the packet (8, optional) and pad1Octet of the enhanced PDU (optional).
constexpr std::size_t padding_bytes_max = 9;
constexpr std::size_t pad2_octets = 2;
constexpr std::size_t security_header_bytes = 4;

bool is_printable(std::uint8_t byte) {
    return byte > 0x20 && byte < 0x7f;
}

/// Unicode with its terminator, which nothing may follow.
Result<std::string> name_of(ByteView utf16, const char* field) {
    if (utf16.size() < 2 || utf16.size() % 2 != 0 || utf16.size() / 2 - 1 > redirection_name_max)
        return fail(Errc::bad_length, field, utf16.size());
    std::string name;
    for (std::size_t i = 0; i + 2 < utf16.size(); i += 2) {
        if (utf16[i + 1] != 0 || !is_printable(utf16[i])) return fail(Errc::bad_value, field);
        name += static_cast<char>(utf16[i]);
    }
    if (utf16[utf16.size() - 2] != 0 || utf16[utf16.size() - 1] != 0)
        return fail(Errc::bad_value, field);
    return name;
}

Result<ByteView> field_of(Reader& r, const char* field) {
    LUCID_TRY(const auto length, r.u32_le(field));
    return r.take(length, field);
}

Result<std::string> read_name(Reader& r, const char* field) {
    LUCID_TRY(const auto bytes, field_of(r, field));
    return name_of(bytes, field);
}

/// LoadBalanceInfo goes into an X.224 request, where CR LF ends it: one line, or it could carry
/// more than a token.
Result<std::string> read_token(Reader& r) {
    LUCID_TRY(auto bytes, field_of(r, "LoadBalanceInfo"));
    if (bytes.size() >= 2 && bytes[bytes.size() - 2] == '\r' && bytes[bytes.size() - 1] == '\n')
        bytes = bytes.first(bytes.size() - 2);
    if (bytes.empty() || bytes.size() > routing_token_bytes_max)
        return fail(Errc::bad_length, "LoadBalanceInfo", bytes.size());
    if (!std::all_of(bytes.begin(), bytes.end(),
                     [](std::uint8_t byte) { return byte == ' ' || is_printable(byte); }))
        return fail(Errc::bad_value, "LoadBalanceInfo");
    return std::string(as_text(bytes));
}

Result<std::vector<std::string>> read_addresses(Reader& r) {
    LUCID_TRY(const auto length, r.u32_le("TargetNetAddressesLength"));
    const auto start = r.offset();
    LUCID_TRY(const auto count, r.u32_le("addressCount"));
    if (count > redirection_addresses_max) return fail(Errc::limit_exceeded, "addressCount", count);
    std::vector<std::string> addresses;
    for (std::uint32_t i = 0; i < count; ++i) {
        LUCID_TRY(auto address, read_name(r, "TargetNetAddresses"));
        addresses.push_back(std::move(address));
    }
    // Some hosts do not count addressCount itself.
    const auto read = r.offset() - start;
    if (length != read && length + 4 != read)
        return fail(Errc::bad_length, "TargetNetAddressesLength", length);
    return addresses;
}

Result<void> skip_unused(Reader& r, std::uint32_t flags, std::uint32_t flag, const char* field) {
    if ((flags & flag) == 0) return {};
    LUCID_CHECK(field_of(r, field));
    return {};
}

}  // namespace

Result<ServerRedirection> decode_server_redirection(ByteView packet) {
    if (packet.size() > redirection_bytes_max)
        return fail(Errc::limit_exceeded, "redirection", packet.size());
    Reader r(packet);
    LUCID_TRY(const auto identifier, r.u16_le("redirection Flags"));
    if (identifier != sec_redirection_pkt)
        return fail(Errc::bad_value, "redirection Flags", identifier);
    LUCID_TRY(const auto length, r.u16_le("redirection Length"));
    ServerRedirection out;
    LUCID_TRY(out.session_id, r.u32_le("SessionID"));
    LUCID_TRY(out.flags, r.u32_le("RedirFlags"));
    if ((out.flags & ~known_flags) != 0) return fail(Errc::unsupported, "RedirFlags", out.flags);
    const auto has = [&](std::uint32_t flag) { return (out.flags & flag) != 0; };
    if (has(lb_target_net_address)) {
        LUCID_TRY(out.net_address, read_name(r, "TargetNetAddress"));
    }
    if (has(lb_load_balance_info)) {
        LUCID_TRY(out.routing_token, read_token(r));
    }
    LUCID_CHECK(skip_unused(r, out.flags, lb_username, "redirection UserName"));
    LUCID_CHECK(skip_unused(r, out.flags, lb_domain, "redirection Domain"));
    LUCID_CHECK(skip_unused(r, out.flags, lb_password, "redirection Password"));
    if (has(lb_target_fqdn)) {
        LUCID_TRY(out.fqdn, read_name(r, "TargetFQDN"));
    }
    if (has(lb_target_netbios_name)) {
        LUCID_TRY(out.netbios_name, read_name(r, "TargetNetBiosName"));
    }
    LUCID_CHECK(skip_unused(r, out.flags, lb_client_tsv_url, "TsvUrl"));
    LUCID_CHECK(skip_unused(r, out.flags, lb_redirection_guid, "RedirectionGuid"));
    LUCID_CHECK(skip_unused(r, out.flags, lb_target_certificate, "TargetCertificate"));
    if (has(lb_target_net_addresses)) {
        LUCID_TRY(out.net_addresses, read_addresses(r));
    }
    // Length may count the padding or not.
    if (length < r.offset() || length > packet.size())
        return fail(Errc::bad_length, "redirection Length", length);
    if (r.remaining() > padding_bytes_max)
        return fail(Errc::trailing_bytes, "redirection", r.remaining());
    return out;
}

Result<ServerRedirection> decode_enhanced_redirection(ByteView body) {
    Reader r(body);
    LUCID_CHECK(r.skip(pad2_octets, "pad2Octets"));
    return decode_server_redirection(r.rest());
}

Result<ServerRedirection> decode_standard_redirection(ByteView user_data) {
    LUCID_TRY(const auto flags, decode_security_flags(user_data));
    if ((flags & sec_redirection_pkt) == 0 || (flags & sec_encrypt) != 0)
        return fail(Errc::bad_value, "security flags", flags);
    return decode_server_redirection(user_data.subspan(security_header_bytes));
}

}  // namespace lucid::rdp::proto
