// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The JSON frames between core and a relay (docs/design/processes.md). core decodes requests as
/// hostile input: a relay may have been taken over by what it parses.

#include <lucid/rdp/gateway/ports.hpp>

#include <variant>

namespace lucid::rdp::gateway {

/// Longest request a relay may send; the largest field is an NTLM challenge with its AvPairs.
inline constexpr std::size_t request_bytes_max = 256 * 1024;
/// Longest text of a reason or note.
inline constexpr std::size_t reason_bytes_max = 512;

struct SignRequest {
    std::string scheme;
    Bytes digest;
};
/// A TLS-only client leg names its ticket by the routing cookie.
struct RouteRequest {
    std::string user;
};
struct DialRequest {};
struct RedeemRequest {
    crypto::Secret secret;  ///< UTF-16LE as the client sent it
};
struct RecordRequest {};
/// The host sends the session elsewhere.
struct RedirectRequest {
    RedirectTarget target;
    std::string routing_token;  ///< as the host gave it, one line
};
/// The host's auto-reconnect cookie, kept for the session's next connection to that host.
struct HostCookieRequest {
    crypto::Secret cookie;
};
/// A pipe to the scanner, for files that policy wants scanned.
struct ScanRequest {};
struct EventRequest {
    std::string what;    ///< a word: "connected", "refused", …
    std::string detail;  ///< for people
};
/// One side's connection broke without a good-bye; the session may wait for the client's return.
struct LostRequest {
    std::string reason;
    bool host = false;  ///< it was the host's
};
/// The answer to HandOver: every event is on the pipe, and the relay leaves.
struct HandedOverRequest {};
struct EndRequest {
    std::string state;  ///< "complete" or "partial"
    std::string reason;
};
using Request = std::variant<SignRequest, NtlmClaim, RouteRequest, DialRequest, RedeemRequest,
                             RecordRequest, RedirectRequest, HostCookieRequest, ScanRequest,
                             EventRequest, LostRequest, HandedOverRequest, EndRequest>;

[[nodiscard]] Bytes encode(const Request& request);
/// Errc::bad_value: not JSON, an unknown op, a missing field or one of a wrong type or size.
Result<Request> decode_request(ByteView frame);

/// What a relay gets with its first frame, the client's socket beside it.
struct Welcome {
    std::string certificate_pem;
    bool allow_tls_only = false;
    std::string client_address;
    /// Session limits of a connection that has not logged in.
    std::chrono::milliseconds login_deadline{15'000};
};
[[nodiscard]] Bytes encode(const Welcome& welcome);
Result<Welcome> decode_welcome(ByteView frame);

/// The answer to a dial and to a redirection, the host's socket beside it.
struct Dialled {
    Grant grant;
    SessionId session_id;
    std::uint64_t start_boottime_us = 0;
    /// How many connections of a client this session has had, with this one.
    unsigned leg = 1;
    /// Whether the session may wait for its client when the connection breaks.
    bool resumable = false;
    /// For the connection request to this host; empty: none.
    std::string routing_token;
    /// That this host gave to an earlier connection of the session; empty: none.
    crypto::Secret host_cookie;
};

/// core → relay.
struct Refusal {
    std::string reason;
};
struct Kill {
    std::string reason;
};
/// Nobody came back: the session that waits is over.
struct Finish {
    std::string reason;
};
/// The client is back in another relay: the one that waits lets go of host and pipe.
struct HandOver {};
struct Signature {
    Bytes der;
};
struct SessionBaseKey {
    crypto::Secret key;
};
struct Done {};
using Answer =
    std::variant<Refusal, Kill, Finish, HandOver, Signature, SessionBaseKey, Dialled, Done>;

/// May hold secrets: wipe the frame after sending it.
[[nodiscard]] Bytes encode(const Answer& answer);
Result<Answer> decode_answer(ByteView frame);

}  // namespace lucid::rdp::gateway
