// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A policy vector: one policy, what client and host say on one channel, what must arrive at whom,
/// and what must (and must not) be recorded. Run by policy_test.cpp through a real gateway.
///
///   {"text goes to the host", R"({"clipboard_to_host":true})", "cliprdr",
///    {client(formats()).passes(), host(request(13)).passes(), client(response(text)).passes()},
///    {transfer(true, "cliprdr", Side::client, 13, "", text, "data")}}

#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/rdp/relay/transfer_event.hpp>

#include <tests/support/channel_messages.hpp>

namespace lucid::test {

using rdp::relay::Side;

/// One thing said, and what of it is heard.
struct Step {
    Side from = Side::client;
    Bytes message;
    /// On another channel than the vector's; "": the message is a whole PDU.
    std::optional<std::string> channel;
    std::vector<Bytes> at_other;
    std::vector<Bytes> at_sender;
    /// What is heard needs somebody else's answer first (a scanner's): it is waited for.
    bool later = false;
    /// Said so often.
    int times = 1;

    Step passes() && {
        at_other.push_back(message);
        return std::move(*this);
    }
    Step becomes(Bytes other) && {
        at_other.push_back(std::move(other));
        return std::move(*this);
    }
    Step answered(Bytes answer) && {
        at_sender.push_back(std::move(answer));
        return std::move(*this);
    }
    Step vanishes() && { return std::move(*this); }
    Step in_time() && {
        later = true;
        return std::move(*this);
    }
    Step on(std::string name) && {
        channel = std::move(name);
        return std::move(*this);
    }
};
inline Step by(Side side, Bytes message) {
    return {side, std::move(message), {}, {}, {}, false, 1};
}
inline Step client(Bytes message) {
    return by(Side::client, std::move(message));
}
inline Step host(Bytes message) {
    return by(Side::host, std::move(message));
}
inline Side other_of(Side side) {
    return side == Side::client ? Side::host : Side::client;
}
using Steps = std::vector<Step>;
inline Steps operator+(Steps a, const Steps& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

struct Vector {
    std::string name;
    std::string policy;   ///< JSON: what differs from the strict preset
    std::string channel;  ///< static channel that both sides have
    std::vector<Step> steps;
    /// Each is part of some note, transfer or end that is recorded.
    std::vector<std::string> events;
    /// Each is part of no event at all.
    std::vector<std::string> never = {};
    /// How the session ends where the client does not simply leave.
    std::string ends = {};
};

/// A note as it is recorded, up to the given words of its detail.
inline std::string note(const std::string& what, const std::string& detail_part) {
    return what + "|" + detail_part;
}
/// A path as JSON spells it.
inline std::string json_name(std::string name) {
    for (std::size_t at = 0; (at = name.find('\\', at)) != std::string::npos; at += 2)
        name.insert(at, "\\");
    return name;
}
/// The whole transfer event of something that was, or was not, let through.
inline std::string transfer(bool allowed, const std::string& channel, Side from,
                            std::uint32_t format, const std::string& name, ByteView body,
                            const std::string& type) {
    return std::string(R"({"allowed":)") + (allowed ? "true" : "false") + R"(,"channel":")" +
           channel + R"(","direction":")" +
           (from == Side::client ? "client_to_host" : "host_to_client") + R"(","format":)" +
           std::to_string(format) + R"(,"name":")" + name + R"(","sha256":")" +
           to_hex(crypto::sha256(body)) + R"(","size":)" + std::to_string(body.size()) +
           R"(,"type":")" + type + R"("})";
}

std::vector<Vector> clipboard_vectors();
std::vector<Vector> clipboard_file_vectors();
std::vector<Vector> drive_vectors();
std::vector<Vector> device_vectors();
std::vector<Vector> dynamic_vectors();
std::vector<Vector> scan_vectors();
std::vector<Vector> session_vectors();

}  // namespace lucid::test
