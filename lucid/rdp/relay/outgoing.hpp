// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/rdp/relay/transfer_event.hpp>

#include <vector>

namespace lucid::rdp::relay {

/// A whole channel message that a filter sends by itself.
struct Outgoing {
    Side to = Side::client;
    Bytes message;
    /// It carries contents: a transfer event stands for it.
    bool has_body = false;
};
using Outbox = std::vector<Outgoing>;

[[nodiscard]] inline Side other_side(Side side) {
    return side == Side::client ? Side::host : Side::client;
}

}  // namespace lucid::rdp::relay
