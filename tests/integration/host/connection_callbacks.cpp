// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "connection_callbacks.hpp"

#include <cstring>

#include "connection.hpp"

namespace lucid::test_host {

Connection& connection_of(rdpContext* context) {
    return *reinterpret_cast<PeerContext*>(context)->connection;
}

namespace {

Connection& of(freerdp_peer* peer) {
    return connection_of(peer->context);
}

std::string ascii(const WCHAR* text, ULONG length) {
    std::string out;
    for (ULONG i = 0; i < length; ++i) out += static_cast<char>(text[i]);
    return out;
}

/// The library takes a result above zero for success here.
SECURITY_STATUS ntlm_hash(void* client, const SEC_WINNT_AUTH_IDENTITY* identity, const SecBuffer*,
                          const BYTE*, const BYTE*, const SecBuffer*, BYTE* hash) {
    const auto& options = of(static_cast<freerdp_peer*>(client)).options();
    auto user = ascii(reinterpret_cast<const WCHAR*>(identity->User), identity->UserLength);
    auto domain = ascii(reinterpret_cast<const WCHAR*>(identity->Domain), identity->DomainLength);
    if (user != options.user) return SEC_E_NO_CREDENTIALS;
    auto password = options.password;
    NTOWFv2A(password.data(), static_cast<UINT32>(password.size()), user.data(),
             static_cast<UINT32>(user.size()), domain.data(), static_cast<UINT32>(domain.size()),
             hash);
    return 1;
}

BOOL on_capabilities(freerdp_peer* peer) {
    return of(peer).on_capabilities() ? TRUE : FALSE;
}

BOOL on_post_connect(freerdp_peer* peer) {
    return of(peer).on_post_connect() ? TRUE : FALSE;
}

BOOL on_activate(freerdp_peer* peer) {
    return of(peer).on_activate() ? TRUE : FALSE;
}

BOOL on_key(rdpInput* input, UINT16 flags, UINT16 code) {
    if ((flags & KBD_FLAGS_RELEASE) == 0)
        connection_of(input->context).report().say("key", std::to_string(code));
    return TRUE;
}

BOOL on_suppress(rdpContext* context, BYTE allow, const RECTANGLE_16*) {
    connection_of(context).report().say("suppress", std::to_string(allow));
    return TRUE;
}

BOOL on_acknowledged(rdpContext* context, UINT32 frame) {
    connection_of(context).report().say("acknowledged", std::to_string(frame));
    return TRUE;
}

BOOL on_round_trip(rdpContext* context, UINT16 sequence) {
    connection_of(context).report().say("rtt", std::to_string(sequence));
    return TRUE;
}

}  // namespace

void set_callbacks(freerdp_peer& peer, bool nla) {
    peer.Capabilities = on_capabilities;
    peer.PostConnect = on_post_connect;
    peer.Activate = on_activate;
    if (nla) peer.ComputeNtlmHash = ntlm_hash;
    peer.input->KeyboardEvent = on_key;
    peer.update->SuppressOutput = on_suppress;
    peer.update->SurfaceFrameAcknowledge = on_acknowledged;
    peer.autodetect->RTTMeasureResponse = on_round_trip;
}

}  // namespace lucid::test_host
