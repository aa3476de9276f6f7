// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/rdp/client/drive.hpp>
#include <lucid/rdp/proto/utf16.hpp>

namespace lucid::rdp::client {

namespace channels = proto::channels;
using channels::RdpdrMessage;
using channels::RdpdrPacket;

namespace {

constexpr std::uint32_t drive_id = 1;

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}  // namespace

Result<std::string> drive_path(ByteView utf16) {
    const auto text = proto::utf8_of(utf16);
    std::string path;
    std::string part;
    const auto take_part = [&]() -> Result<void> {
        if (part == "." || part == "..") return fail(Errc::refused, "drive path");
        if (!part.empty()) path += (path.empty() ? "" : "/") + part;
        part.clear();
        return {};
    };
    for (const char c : text) {
        if (c == '/') return fail(Errc::refused, "drive path");
        if (c == '\\') {
            LUCID_CHECK(take_part());
        } else {
            part += c;
        }
    }
    LUCID_CHECK(take_part());
    return path;
}

bool matches_pattern(std::string_view name, std::string_view pattern) {
    std::size_t n = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t resume = 0;
    while (n < name.size()) {
        if (p < pattern.size() && (pattern[p] == '?' || lower(pattern[p]) == lower(name[n]))) {
            ++n;
            ++p;
        } else if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            resume = n;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            n = ++resume;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

bool is_new_name(std::string_view path) {
    constexpr std::string_view reserved = "<>:\"|?*\\";
    std::size_t part_bytes = 0;
    for (const char c : path) {
        if (static_cast<unsigned char>(c) < 0x20 || reserved.find(c) != std::string_view::npos)
            return false;
        part_bytes = c == '/' ? 0 : part_bytes + 1;
        if (part_bytes > drive_name_bytes_max) return false;
    }
    return !path.empty();
}

Result<void> Drive::message(ByteView message, Messages& out, std::vector<Event>& events) {
    LUCID_TRY(const auto device, channels::decode_rdpdr_message(message));
    if (device.component != channels::RdpdrComponent::core) return {};
    switch (device.packet) {
        case RdpdrPacket::server_announce: {
            Reader r(device.body);
            LUCID_CHECK(r.skip(2 + 2, "VersionMajor, VersionMinor"));
            LUCID_TRY(const auto client_id, r.u32_le("ClientId"));
            LUCID_TRY(const auto name, proto::utf16_of(as_bytes(client_name_)));
            out.push_back(channels::encode_client_announce_reply(client_id));
            out.push_back(channels::encode_client_name(name.expose()));
            announced_ = false;
            return {};
        }
        case RdpdrPacket::server_capability: {
            LUCID_TRY(const auto extended, channels::decode_extended_pdus(device));
            waits_for_logon_ = (extended & channels::rdpdr_user_loggedon_pdu) != 0;
            out.push_back(channels::encode_client_capabilities());
            return {};
        }
        case RdpdrPacket::client_id_confirm:
            if (!waits_for_logon_) announce(out);
            return {};
        case RdpdrPacket::user_logged_on:
            announce(out);
            return {};
        case RdpdrPacket::device_reply: {
            Reader r(device.body);
            LUCID_TRY(const auto id, r.u32_le("DeviceId"));
            LUCID_TRY(const auto result, r.u32_le("ResultCode"));
            if (id == drive_id) events.push_back(DriveAnswered{result == 0});
            return {};
        }
        case RdpdrPacket::device_io_request:
            LUCID_CHECK(io_request(device, out));
            for (auto& change : std::exchange(changes_, {})) events.push_back(std::move(change));
            return {};
        default:
            return {};
    }
}

void Drive::announce(Messages& out) {
    if (announced_) return;
    announced_ = true;
    if (!name_) {
        out.push_back(channels::encode_device_list({}));
        return;
    }
    const auto entry = channels::encode_drive_entry(drive_id, *name_);
    out.push_back(channels::encode_device_list({entry}));
}

Result<void> Drive::io_request(const RdpdrMessage& message, Messages& out) {
    LUCID_TRY(const auto request, channels::decode_io_request(message));
    LUCID_TRY(const auto answered, answer(request));
    out.push_back(channels::encode_io_completion(request.device, request.completion,
                                                 answered.status, answered.parameters));
    return {};
}

}  // namespace lucid::rdp::client
