// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/sessions/pictures/indexer.hpp>

namespace lucid::sessions::pictures {

/// An indexer over a stream socket to the recorder (docs/design/processes.md, recorder ↔ indexer):
/// frames of the event pipe both ways. Returns when the session is over and all is written.
/// Errc::peer_closed: the recorder does not want it any more.
Result<void> index_session(int socket, IndexerOptions options);

}  // namespace lucid::sessions::pictures
