// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// After a crash: what is on disk becomes a partial recording. Nothing is resealed; the key is
/// gone.

#include <lucid/sessions/recorder/session_writer.hpp>

namespace lucid::sessions::recorder {

/// True while start.json is there: the recording was not ended properly.
[[nodiscard]] bool needs_recovery(const std::string& directory);

/// Cuts a torn end off the open chunk, closes it, and writes the ending with `reason`. Safe to
/// repeat after a crash of its own. Gives the manifest.
Result<format::Manifest> recover(const std::string& directory, const std::string& reason,
                                 const crypto::Ed25519Key& evidence_key);

/// Puts a file into a recording that is sealed already. What an interrupted call leaves lies in the
/// folder above: a file that nobody knows in a recording is one that verification refuses.
Result<void> add_to_sealed(const std::string& directory, const std::string& name, ByteView content);

/// Leaves of a recording's chunks in the manifest's order.
Result<std::vector<Hash32>> read_leaves(const std::string& directory,
                                        const format::Manifest& manifest);

}  // namespace lucid::sessions::recorder
