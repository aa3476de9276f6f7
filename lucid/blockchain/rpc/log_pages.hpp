// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The anchor log as C2SP tlog-tiles: checkpoint, hash tiles, entry bundles; what any client or
/// mirror of such logs fetches. Paths below a prefix in, bytes out.

#include <lucid/blockchain/chain/chain.hpp>

namespace lucid::blockchain::rpc {

struct LogPage {
    Bytes body;
    bool is_text = false;
    bool immutable = false;  ///< a full tile, which never changes
};

/// `path`: "checkpoint", "tile/<L>/<N>[.p/<W>]", "tile/entries/<N>[.p/<W>]". Errc::not_found: there
/// is no such page (yet); Errc::bad_value: it is no such path.
Result<LogPage> log_page(const chain::Chain& chain, std::string_view path);

}  // namespace lucid::blockchain::rpc
