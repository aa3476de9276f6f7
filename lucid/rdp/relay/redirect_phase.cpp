// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/result/assert.hpp>
#include <lucid/rdp/relay/relay.hpp>

// Server redirection ends here: the session goes on with another host, unseen by the client.

namespace lucid::rdp::relay {
namespace {

/// Licensing messages (MS-RDPELE 2.2.2) behind the security header.
constexpr std::uint8_t license_request = 0x01;
constexpr std::uint8_t platform_challenge = 0x02;
constexpr std::uint8_t new_license = 0x03;
constexpr std::uint8_t upgrade_license = 0x04;
constexpr std::uint8_t error_alert = 0xff;

bool ends_licensing(std::uint8_t type) {
    return type == new_license || type == upgrade_license || type == error_alert;
}

}  // namespace

Result<bool> Relay::redirected(Result<proto::ServerRedirection> redirection) {
    if (!redirection) return fail(redirection.error());
    if ((redirection->flags & proto::lb_noredirect) != 0) {
        sink_.note("redirection for information dropped", "");
        return false;
    }
    // Channels and picture of a running desktop cannot be moved to another host.
    if (demanded_) return fail(Errc::unsupported, "host redirects a desktop that is up");
    redirection_ = std::move(*redirection);
    return false;
}

void Relay::go_on_with(NextHost host) {
    LUCID_ASSERT(redirection_.has_value());
    input_.user_name = std::move(host.user_name);
    input_.domain_name = std::move(host.domain_name);
    input_.password = std::move(host.password);
    input_.host_cookie = std::move(host.host_cookie);
    sink_.use(std::nullopt);
    joining_.emplace(connect_initial_, client_ids_);
    sink_.to_host(joining_->start(host.selected_protocol, redirection_->session_id));
    redirection_.reset();
    host_changed_ = message_stale_ = true;
    error_info_ = 0;
}

Result<void> Relay::join_packet(ByteView packet) {
    LUCID_TRY(const auto next, joining_->take(packet));
    if (!next.empty()) sink_.to_host(next);
    if (!joining_->done()) return {};
    LUCID_TRY(auto ids, HostIds::make(client_ids_, joining_->host()));
    if (!ids.identical()) sink_.use(std::move(ids));
    joining_.reset();
    return send_client_info();
}

Result<bool> Relay::host_licensing(const proto::McsPdu& pdu) {
    constexpr std::size_t security_header_bytes = 4;
    Reader r(pdu.data);
    LUCID_CHECK(r.skip(security_header_bytes, "security header"));
    LUCID_TRY(const auto type, r.u8("licensing message"));
    if (host_changed_ && licensed_) {
        if (ends_licensing(type)) return false;
        if (type == license_request || type == platform_challenge)
            return fail(Errc::unsupported, "the second host asks for a license again", type);
    }
    licensed_ = licensed_ || ends_licensing(type);
    return true;
}

}  // namespace lucid::rdp::relay
