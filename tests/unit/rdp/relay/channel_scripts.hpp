// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <tests/support/channel_messages.hpp>

#include "collector.hpp"

namespace lucid::test {

using rdp::relay::EventKind;
using rdp::relay::Policy;

/// A session whose clipboard is set up, and short words to speak on it.
class Clipboard : public Session {
  public:
    explicit Clipboard(const Policy& policy) : Session(policy, {"cliprdr"}) {
        activate();
        host_says(caps(0x3e));
        client_says(caps(0x3e));
        sink.clear();
    }
    void client_says(ByteView message) { client(client_message(first_channel, message)); }
    void host_says(ByteView message) { host(host_message(first_channel, message)); }
    [[nodiscard]] bool host_got(ByteView message) const {
        return sink.host == client_message(first_channel, message);
    }
    [[nodiscard]] bool client_got(ByteView message) const {
        return sink.client == host_message(first_channel, message);
    }
};

}  // namespace lucid::test
