// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Rewriting that both directions share. Private to rdp/relay.

#include <lucid/common/bytes/bytes.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::relay {

/// Virtual channel compression off in a Demand Active or Confirm Active: channel messages must be
/// readable. `data` is the user data at the end of the packet.
Result<void> clear_channel_compression(Bytes& packet, ByteView data);

}  // namespace lucid::rdp::relay
