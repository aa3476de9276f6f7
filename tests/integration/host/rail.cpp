// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "channels.hpp"
#include "connection.hpp"

namespace lucid::test_host {
namespace {

constexpr UINT32 build_number = 0x00001db1;

Connection& of(RailServerContext* context) {
    return *static_cast<Connection*>(context->custom);
}

UINT on_handshake(RailServerContext* context, const RAIL_HANDSHAKE_ORDER* order) {
    of(context).report().say("handshake", std::to_string(order->buildNumber));
    return CHANNEL_RC_OK;
}

UINT on_status(RailServerContext* context, const RAIL_CLIENT_STATUS_ORDER* order) {
    of(context).report().say("status", std::to_string(order->flags));
    return CHANNEL_RC_OK;
}

UINT on_system_parameters(RailServerContext* context, const RAIL_SYSPARAM_ORDER*) {
    of(context).report().say("parameters");
    return CHANNEL_RC_OK;
}

UINT on_execute(RailServerContext* context, const RAIL_EXEC_ORDER* order) {
    of(context).report().say("execute", order->RemoteApplicationProgram);
    return CHANNEL_RC_OK;
}

}  // namespace

Rail::Rail(Connection& connection)
    : connection_(connection), context_(rail_server_context_new(connection.channels())) {
    context_->custom = &connection;
    context_->rdpcontext = connection.peer()->context;
    context_->ClientHandshake = on_handshake;
    context_->ClientClientStatus = on_status;
    context_->ClientSysparam = on_system_parameters;
    context_->ClientExec = on_execute;
    open_ = context_->Start(context_) == CHANNEL_RC_OK;
    if (!open_) {
        connection_.report().say("refused", "rail");
        return;
    }
    RAIL_HANDSHAKE_ORDER order{};
    order.buildNumber = build_number;
    (void)context_->ServerHandshake(context_, &order);
}

Rail::~Rail() {
    if (open_) (void)context_->Stop(context_);
    rail_server_context_free(context_);
}

}  // namespace lucid::test_host
