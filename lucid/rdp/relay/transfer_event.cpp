// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/rdp/relay/transfer_event.hpp>

#include <array>
#include <cstdio>

namespace lucid::rdp::relay {
namespace {

constexpr std::uint32_t replacement_character = 0xfffd;

void append_utf8(std::string& out, std::uint32_t c) {
    const auto put = [&](std::uint32_t byte) { out.push_back(static_cast<char>(byte)); };
    if (c < 0x80) return put(c);
    if (c < 0x800) {
        put(0xc0 | c >> 6);
    } else if (c < 0x10000) {
        put(0xe0 | c >> 12);
        put(0x80 | (c >> 6 & 0x3f));
    } else {
        put(0xf0 | c >> 18);
        put(0x80 | (c >> 12 & 0x3f));
        put(0x80 | (c >> 6 & 0x3f));
    }
    put(0x80 | (c & 0x3f));
}

/// JSON string as RFC 8785 §3.2.2.2 spells it; `text` is UTF-8.
std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        switch (c) {
            case '"':
                out += "\\\"";
                continue;
            case '\\':
                out += "\\\\";
                continue;
            case '\b':
                out += "\\b";
                continue;
            case '\t':
                out += "\\t";
                continue;
            case '\n':
                out += "\\n";
                continue;
            case '\f':
                out += "\\f";
                continue;
            case '\r':
                out += "\\r";
                continue;
            default:
                break;
        }
        if (static_cast<unsigned char>(c) < 0x20) {
            std::array<char, 8> escape{};
            std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
            out += escape.data();
        } else {
            out.push_back(c);
        }
    }
    return out + "\"";
}

}  // namespace

const char* direction_name(Side from) {
    return from == Side::client ? "client_to_host" : "host_to_client";
}

std::string transfer_json(const Transfer& t) {
    return std::string("{\"allowed\":") + (t.allowed ? "true" : "false") +
           ",\"channel\":" + quoted(t.channel) +
           ",\"direction\":" + quoted(direction_name(t.from)) +
           ",\"format\":" + std::to_string(t.format) +
           (t.job ? ",\"job\":" + std::to_string(*t.job) : "") + ",\"name\":" + quoted(t.name) +
           (t.scan.empty() ? "" : ",\"scan\":" + quoted(t.scan)) + ",\"sha256\":\"" +
           to_hex(t.sha256) + "\",\"size\":" + std::to_string(t.size) +
           ",\"type\":" + quoted(t.type) + "}";
}

std::string event_name(ByteView utf16) {
    std::string out;
    const auto unit = [&](std::size_t i) {
        return static_cast<std::uint32_t>(utf16[i] | utf16[i + 1] << 8);
    };
    for (std::size_t i = 0; i + 1 < utf16.size() && out.size() + 4 <= event_name_bytes_max;
         i += 2) {
        std::uint32_t c = unit(i);
        if (c == 0) break;
        const bool high = c >= 0xd800 && c < 0xdc00;
        const bool low = c >= 0xdc00 && c < 0xe000;
        if (high && i + 3 < utf16.size() && (unit(i + 2) & 0xfc00U) == 0xdc00) {
            c = 0x10000 + ((c & 0x3ffU) << 10) + (unit(i + 2) & 0x3ffU);
            i += 2;
        } else if (high || low) {
            c = replacement_character;
        }
        append_utf8(out, c);
    }
    return out;
}

}  // namespace lucid::rdp::relay
