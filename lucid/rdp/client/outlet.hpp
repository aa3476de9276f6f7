// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What goes to the host, packed for the channel it goes on. Private to rdp/client.

#include <lucid/rdp/handshake/mcs_join.hpp>

namespace lucid::rdp::client {

/// Whole channel messages that a channel's machine wants sent, in order.
using Messages = std::vector<Bytes>;

class Outlet {
  public:
    /// Once the channels are joined; nothing but raw() is allowed before.
    void use(const handshake::McsIds& ids) { ids_ = ids; }
    [[nodiscard]] const handshake::McsIds& ids() const { return ids_; }

    /// A whole packet.
    void raw(ByteView packet) { append(out_, packet); }
    /// User data of one send-data request.
    void data(std::uint16_t channel, ByteView user_data);
    /// A static channel's message, in chunks.
    void message(std::uint16_t channel, ByteView message, bool show_protocol);
    /// What was collected; nothing is left.
    [[nodiscard]] Bytes take() { return std::exchange(out_, {}); }

  private:
    handshake::McsIds ids_;
    Bytes out_;
};

}  // namespace lucid::rdp::client
