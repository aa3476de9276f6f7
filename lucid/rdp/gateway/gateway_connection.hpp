// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One accepted connection as core sees it; the gateway's own, for its .cpp files only.

#include <lucid/rdp/gateway/gateway.hpp>

namespace lucid::rdp::gateway {

struct Gateway::Connection {
    Connection(const ConversationContext& context, std::string client_address)
        : address(client_address), conversation(context, std::move(client_address)) {}

    std::string address;
    std::chrono::steady_clock::time_point accepted_at = std::chrono::steady_clock::now();
    Conversation conversation;  ///< its own thread's
    Child relay;                ///< reaped by its own thread
    pid_t pid = -1;             ///< under the gateway's mutex; -1 once reaped
    SessionView view;           ///< copy for status, under the gateway's mutex
    bool finished = false;      ///< under the gateway's mutex
    std::string killed;         ///< reason, under the gateway's mutex
    std::optional<std::chrono::steady_clock::time_point> kill_at;
    std::optional<std::chrono::steady_clock::time_point>
        lost_at;             ///< its client's connection broke
    bool finishing = false;  ///< it was told that nobody came back
    std::mutex send_mutex;   ///< answers and kill share the channel
    std::thread thread;
};

}  // namespace lucid::rdp::gateway
