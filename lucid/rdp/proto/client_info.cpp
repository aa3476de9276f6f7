// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/rdp/proto/client_info.hpp>

namespace lucid::rdp::proto {
namespace {

/// Longest of the five strings, terminator included (MS-RDPBCGR: 512 bytes; newer hosts take more).
constexpr std::size_t string_bytes_max = 1024;
constexpr std::size_t time_zone_bytes = 172;

Result<Bytes> take_string(Reader& r, std::uint16_t size, bool unicode, const char* field) {
    // ANSI strings double when they are widened.
    if (size > (unicode ? string_bytes_max : string_bytes_max / 2))
        return fail(Errc::limit_exceeded, field, size);
    LUCID_TRY(const auto text, r.take(size, field));
    LUCID_CHECK(r.skip(unicode ? 2 : 1, field));
    if (unicode) {
        if (size % 2 != 0) return fail(Errc::bad_length, field, size);
        return to_bytes(text);
    }
    Bytes wide;
    for (const auto byte : text) {
        wide.push_back(byte);
        wide.push_back(0);
    }
    return wide;
}

/// TS_EXTENDED_INFO_PACKET (2.2.1.11.1.1.1). Every field from clientSessionId on may be missing.
Result<void> read_extra(Reader& r, ClientInfo& info) {
    const auto extra = r.rest();
    if (extra.empty()) return {};
    Reader e(extra);
    LUCID_CHECK(e.skip(2, "clientAddressFamily"));
    for (const auto* field : {"clientAddress", "clientDir"}) {
        LUCID_TRY(const auto size, e.u16_le(field));
        LUCID_CHECK(e.skip(size, field));
    }
    for (const std::size_t size : {time_zone_bytes, std::size_t{4}, std::size_t{4}}) {
        if (e.empty()) break;
        LUCID_CHECK(e.skip(size, "extended info"));
    }
    info.extra_before_cookie = to_bytes(extra.first(e.offset()));
    if (e.empty()) return {};
    LUCID_TRY(const auto cookie_size, e.u16_le("cbAutoReconnectCookie"));
    LUCID_CHECK(e.skip(cookie_size, "autoReconnectCookie"));
    info.has_cookie_field = true;
    info.had_auto_reconnect_cookie = cookie_size != 0;
    info.extra_after_cookie = to_bytes(e.rest());
    return {};
}

}  // namespace

Result<std::uint16_t> decode_security_flags(ByteView user_data) {
    Reader r(user_data);
    LUCID_TRY(const auto flags, r.u16_le("security flags"));
    LUCID_CHECK(r.skip(2, "security flagsHi"));
    return flags;
}

Result<ClientInfo> decode_client_info(ByteView user_data) {
    Reader r(user_data);
    LUCID_TRY(const auto security_flags, r.u16_le("security flags"));
    if ((security_flags & sec_info_pkt) == 0 || (security_flags & sec_encrypt) != 0)
        return fail(Errc::bad_value, "security flags", security_flags);
    LUCID_CHECK(r.skip(2, "security flagsHi"));
    ClientInfo info;
    LUCID_TRY(info.code_page, r.u32_le("CodePage"));
    LUCID_TRY(info.flags, r.u32_le("info flags"));
    const bool unicode = (info.flags & info_unicode) != 0;
    std::array<std::uint16_t, 5> sizes{};
    for (auto& size : sizes) {
        LUCID_TRY(size, r.u16_le("client info sizes"));
    }
    LUCID_TRY(info.domain, take_string(r, sizes[0], unicode, "Domain"));
    LUCID_TRY(info.user_name, take_string(r, sizes[1], unicode, "UserName"));
    LUCID_TRY(auto password, take_string(r, sizes[2], unicode, "Password"));
    info.password = crypto::Secret(std::move(password));
    LUCID_TRY(info.alternate_shell, take_string(r, sizes[3], unicode, "AlternateShell"));
    LUCID_TRY(info.working_dir, take_string(r, sizes[4], unicode, "WorkingDir"));
    LUCID_CHECK(read_extra(r, info));
    return info;
}

crypto::Secret encode_client_info(const ClientInfo& info) {
    const std::array<ByteView, 5> strings = {info.domain, info.user_name, info.password.expose(),
                                             info.alternate_shell, info.working_dir};
    const auto cookie = info.auto_reconnect_cookie.expose();
    std::size_t total =
        64 + cookie.size() + info.extra_before_cookie.size() + info.extra_after_cookie.size();
    for (const auto& text : strings) total += text.size() + 4;
    Writer w(total);  // grows no more: the password is copied once
    w.u16_le(sec_info_pkt).u16_le(0).u32_le(info.code_page).u32_le(info.flags | info_unicode);
    for (const auto& text : strings) w.u16_le(static_cast<std::uint16_t>(text.size()));
    for (const auto& text : strings) w.bytes(text).u16_le(0);
    w.bytes(info.extra_before_cookie);
    if (info.has_cookie_field) w.u16_le(static_cast<std::uint16_t>(cookie.size())).bytes(cookie);
    w.bytes(info.extra_after_cookie);
    return crypto::Secret(w.take());
}

}  // namespace lucid::rdp::proto
