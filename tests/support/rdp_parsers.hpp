// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Every parser of rdp/proto over one input, for tests that throw damaged or foreign bytes at all
/// of them. What must hold beside "no crash" is asserted inside, so that fuzz targets share it.

#include <lucid/common/bytes/bytes.hpp>

namespace lucid::test {

/// Each takes any bytes and gives how many parsers accepted them.
int parse_connect(ByteView bytes);  ///< X.224, MCS Connect-Initial and -Response, GCC blocks
int parse_domain(ByteView bytes);   ///< TPKT, MCS domain PDUs
int parse_client_info(ByteView bytes);
int parse_share(ByteView bytes);  ///< share PDUs, capability sets, Save Session Info, slow input
int parse_redirection(ByteView bytes);  ///< as packet, standard and enhanced form
int parse_fast_path(ByteView bytes);
int parse_static_channel(ByteView bytes);
int parse_clipboard(ByteView bytes);
int parse_dynamic(ByteView bytes);
int parse_devices(ByteView bytes);
int parse_graphics(ByteView bytes);  ///< graphics capabilities, display layouts
int parse_egfx_commands(ByteView bytes);
int parse_updates(ByteView bytes);  ///< bitmaps, palettes, surface commands, pointers
int parse_everything(ByteView bytes);

}  // namespace lucid::test
