// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// FreeRDP calls back with its context; behind it stands the Connection.

#include "library.hpp"

namespace lucid::test_host {

class Connection;

struct PeerContext {
    rdpContext base;
    Connection* connection;
};

Connection& connection_of(rdpContext* context);
void set_callbacks(freerdp_peer& peer, bool nla);

}  // namespace lucid::test_host
