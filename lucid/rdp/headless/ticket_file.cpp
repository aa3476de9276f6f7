// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/headless/ticket_file.hpp>
#include <lucid/rdp/proto/utf16.hpp>

#include <charconv>

#include <nlohmann/json.hpp>

namespace lucid::rdp::headless {

using Json = nlohmann::json;

namespace {

constexpr std::uint16_t rdp_port = 3389;

Result<void> read_ticket(const Json& json, Order& order) {
    for (const auto* key : {"address", "user", "secret", "fingerprint"})
        if (!json.contains(key) || !json[key].is_string())
            return fail(Errc::bad_value, "ticket without address, user, secret or fingerprint");
    LUCID_CHECK(read_host(json["address"].get_ref<const std::string&>(), order));
    order.user = json["user"];
    order.domain.clear();
    order.password =
        crypto::Secret::copy_of(as_bytes(json["secret"].get_ref<const std::string&>()));
    LUCID_TRY(order.pin, read_fingerprint(json["fingerprint"].get_ref<const std::string&>()));
    order.nla = true;
    return {};
}

/// "name:type:value" per line, as mstsc writes them; names that mean nothing here are passed over.
Result<void> read_rdp(std::string_view text, Order& order) {
    bool has_address = false;
    while (!text.empty()) {
        const auto end = text.find_first_of("\r\n");
        const auto line = text.substr(0, end);
        text = end == std::string_view::npos ? "" : text.substr(end + 1);
        const auto name_end = line.find(':');
        const auto type_end =
            name_end == std::string_view::npos ? name_end : line.find(':', name_end + 1);
        if (type_end == std::string_view::npos) continue;
        const auto name = line.substr(0, name_end);
        const auto value = line.substr(type_end + 1);
        if (name == "full address") {
            LUCID_CHECK(read_host(value, order));
            has_address = true;
        } else if (name == "username") {
            order.user = value;
        } else if (name == "domain") {
            order.domain = value;
        } else if (name == "enablecredsspsupport") {
            order.nla = value != "0";
        } else if (name == "redirectclipboard") {
            order.clipboard = value != "0";
        }
    }
    if (!has_address) return fail(Errc::bad_value, "no 'full address' in the file");
    return {};
}

}  // namespace

Result<void> read_ticket_file(ByteView content, Order& order) {
    const auto json = Json::parse(as_text(content), nullptr, false);
    if (json.is_object()) return read_ticket(json, order);
    // mstsc saves UTF-16 with a byte order mark.
    if (content.size() >= 2 && content[0] == 0xff && content[1] == 0xfe)
        return read_rdp(proto::utf8_of(content.subspan(2)), order);
    return read_rdp(as_text(content), order);
}

Result<void> read_host(std::string_view text, Order& order) {
    auto host = text;
    std::optional<std::string_view> port;
    if (text.starts_with('[')) {
        const auto end = text.find(']');
        if (end == std::string_view::npos) return fail(Errc::bad_value, "host");
        host = text.substr(1, end - 1);
        const auto rest = text.substr(end + 1);
        if (!rest.empty() && rest[0] != ':') return fail(Errc::bad_value, "host");
        if (!rest.empty()) port = rest.substr(1);
    } else if (const auto colon = text.find(':');
               colon != text.npos && text.find(':', colon + 1) == text.npos) {
        host = text.substr(0, colon);
        port = text.substr(colon + 1);
    }
    if (host.empty()) return fail(Errc::bad_value, "host");
    order.address = host;
    order.port = rdp_port;
    if (!port) return {};
    const auto* end = port->data() + port->size();
    const auto parsed = std::from_chars(port->data(), end, order.port);
    if (parsed.ec != std::errc() || parsed.ptr != end || order.port == 0)
        return fail(Errc::bad_value, "port");
    return {};
}

Result<Hash32> read_fingerprint(std::string_view text) {
    std::string digits;
    for (const char c : text) {
        if (c == ':') continue;
        digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    return hash32_from_hex(digits);
}

std::string fingerprint_text(const Hash32& fingerprint) {
    const auto digits = to_hex(fingerprint);
    std::string text;
    for (std::size_t i = 0; i < digits.size(); i += 2)
        text += (i == 0 ? "" : ":") + digits.substr(i, 2);
    return text;
}

}  // namespace lucid::rdp::headless
