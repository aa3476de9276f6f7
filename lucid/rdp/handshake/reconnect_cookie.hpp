// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Automatic reconnection with the host (MS-RDPBCGR 5.5): the host's cookie never reaches the
/// client; the gateway itself answers with it when the session is connected to that host again.

#include <lucid/common/crypto/secret.hpp>
#include <lucid/common/result/result.hpp>

namespace lucid::rdp::handshake {

/// ARC_CS_PRIVATE_PACKET (2.2.4.3) that answers an ARC_SC_PRIVATE_PACKET; empty for one of another
/// length. The client random of the verifier is zero, as always with TLS.
[[nodiscard]] crypto::Secret answer_to_reconnect_cookie(const crypto::Secret& cookie);

}  // namespace lucid::rdp::handshake
