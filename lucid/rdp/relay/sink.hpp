// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where the Relay's output goes. The driver implements it; calls happen inside from_client() and
/// from_host(), views are valid during the call only.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>
#include <lucid/scan/proto/verdict.hpp>

#include <memory>
#include <string_view>

namespace lucid::rdp::relay {

/// Classes and kinds of docs/design/processes.md, Event kinds.
enum class EventClass : std::uint8_t { screen = 0, input = 1, channels = 2, audio = 3, audit = 4 };
enum class EventKind : std::uint8_t {
    server_pdu = 1,
    connect_response = 2,
    client_pdu = 16,
    key = 17,
    server_channel = 32,
    client_channel = 33,
    transfer = 34,
    printed = 35,
    server_audio = 48,
    client_audio = 49,
    note = 64,
};

class Sink {
  public:
    virtual ~Sink() = default;
    virtual void to_client(ByteView bytes) = 0;
    virtual void to_host(ByteView bytes) = 0;
    virtual void record(EventClass event_class, EventKind kind, ByteView payload) = 0;
    /// A refusal or a life-cycle step for log and audit: a word and a detail.
    virtual void note(std::string_view what, std::string_view detail) = 0;
    /// The host's auto-reconnect cookie, which the client does not get.
    virtual void keep_host_cookie(const crypto::Secret& /*cookie*/) {}
    /// Asks the scanner about a content; the verdict goes to Relay::on_verdict() under this number,
    /// never inside this call.
    virtual void scan(std::uint32_t id, std::shared_ptr<const Bytes> content) = 0;
    /// TLS-only client legs: Client Info arrived with the ticket. Errc::refused ends the session.
    virtual Result<void> redeem(ByteView user_utf16, const crypto::Secret& secret_utf16) = 0;
};

}  // namespace lucid::rdp::relay
