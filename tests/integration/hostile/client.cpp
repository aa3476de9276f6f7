// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/random.hpp>
#include <lucid/rdp/proto/x224.hpp>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <tests/support/rdp_session.hpp>

#include "mcs_script.hpp"
#include "party.hpp"
#include <openssl/ssl.h>

namespace lucid::hostile {

namespace credssp = rdp::proto::credssp;
namespace proto = rdp::proto;
namespace mcs = rdp::gateway::test;

Result<void> Client::connect() {
    core::net::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in own{};
    own.sin_family = AF_INET;
    own.sin_addr.s_addr = htonl(input_.address);
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&own), sizeof own) != 0)
        return fail_errno(errno, "client address");
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons(input_.port);
    if (::connect(socket.get(), reinterpret_cast<sockaddr*>(&to), sizeof to) != 0)
        return fail_errno(errno, "connect");
    LUCID_TRY(auto leg, gateway::Leg::adopt(std::move(socket)));
    wire_.emplace(std::move(leg));
    return {};
}

Result<void> Client::advance() {
    const auto next = static_cast<Stage>(static_cast<int>(at_) + 1);
    switch (next) {
        case Stage::tcp:
            break;
        case Stage::x224:
            LUCID_CHECK(negotiate());
            break;
        case Stage::tls:
            LUCID_CHECK(secure());
            break;
        case Stage::login:
            if (input_.security == HostSecurity::nla) LUCID_CHECK(log_in());
            break;
        case Stage::connected:
            LUCID_CHECK(wire().send(test::connect_initial({channel_names, selected_, 1280, 720})));
            LUCID_CHECK(wire().pdu());
            break;
        case Stage::attached:
            LUCID_CHECK(wire().send(mcs::erect_domain_request()));
            LUCID_CHECK(wire().send(mcs::attach_user_request()));
            LUCID_CHECK(wire().pdu());
            break;
        case Stage::joined:
            LUCID_CHECK(join());
            break;
        case Stage::informed:
            LUCID_CHECK(wire().send(test::client_info(input_.ticket, input_.secret)));
            break;
        case Stage::licensed:
        case Stage::demanded:
            LUCID_CHECK(wire().pdu());
            break;
        case Stage::active:
            LUCID_CHECK(wire().send(test::from_client(test::io_channel, test::active_pdu(3))));
            break;
        case Stage::finalized:
            LUCID_CHECK(finalize());
            break;
    }
    at_ = next;
    return {};
}

Result<void> Client::negotiate() {
    proto::ConnectionRequest request;
    request.cookie = "Cookie: mstshash=" + input_.ticket;
    request.requested_protocols =
        input_.security == HostSecurity::tls
            ? proto::protocol_ssl
            : proto::protocol_ssl | proto::protocol_hybrid | proto::protocol_hybrid_ex;
    LUCID_CHECK(wire().send(proto::encode_connection_request(request)));
    LUCID_TRY(const auto answer, wire().pdu());
    LUCID_TRY(const auto confirm, proto::decode_connection_confirm(answer));
    if (confirm.failure)
        return fail(Errc::refused, "negotiation", static_cast<std::uint64_t>(*confirm.failure));
    selected_ = confirm.selected_protocol.value_or(0);
    return {};
}

Result<void> Client::secure() {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (tls_version_max != 0) SSL_CTX_set_max_proto_version(context_.get(), tls_version_max);
    LUCID_CHECK(wire().leg().start_tls(*context_, gateway::Leg::Role::client, ""));
    return wire().handshake();
}

Result<void> Client::log_in() {
    credssp::InitiatorInput input;
    input.user_name = mcs::utf16(input_.ticket);
    input.password = crypto::Secret(mcs::utf16(input_.secret));
    input.target_name = "TERMSRV/gateway";
    input.client_challenge = crypto::random_array<8>();
    input.nonce = crypto::random_array<32>();
    input.session_key = crypto::random_array<16>();
    LUCID_TRY(input.subject_public_key, gateway::subject_public_key_of_peer(*wire().leg().tls()));
    if (wrong_binding) input.subject_public_key.back() ^= 1;
    credssp::Initiator initiator(std::move(input));
    LUCID_CHECK(send_login(initiator.start()));
    for (;;) {
        LUCID_TRY(const auto message, receive_ts_request());
        LUCID_TRY(auto action, initiator.receive(message));
        if (auto* delegated = std::get_if<credssp::Delegated>(&action)) {
            LUCID_CHECK(send_login(std::move(delegated->bytes)));
            break;
        }
        LUCID_CHECK(send_login(std::move(std::get<credssp::InitiatorSend>(action).bytes)));
    }
    if (selected_ != proto::protocol_hybrid_ex) return {};
    while (wire().input().size() < 4) LUCID_CHECK(wire().receive());
    if (wire().input()[0] != 0) return fail(Errc::refused, "early user authorization");
    wire().input().erase(wire().input().begin(), wire().input().begin() + 4);
    return {};
}

Result<void> Client::join() {
    std::vector<std::uint16_t> ids = {test::client_user, test::io_channel};
    for (std::size_t i = 0; i < channel_names.size(); ++i)
        ids.push_back(static_cast<std::uint16_t>(test::first_channel + i));
    for (const auto id : ids) {
        LUCID_CHECK(wire().send(mcs::channel_join_request(id)));
        LUCID_CHECK(wire().pdu());
    }
    return {};
}

Result<void> Client::finalize() {
    for (const auto& pdu : finalization(true)) LUCID_CHECK(wire().send(pdu));
    for (int i = 0; i < 4; ++i) LUCID_CHECK(wire().pdu());
    return {};
}

Result<void> Client::type(std::uint8_t scancode) {
    const auto key = mcs::key_input(scancode);
    const auto echo = mcs::screen_output(key);
    LUCID_CHECK(wire().send(key));
    for (;;) {
        LUCID_TRY(const auto pdu, wire().pdu());
        if (pdu == echo) return {};
    }
}

Result<void> Client::leave() {
    wire().leg().close_tls();
    return wire().send({});
}

}  // namespace lucid::hostile
