// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Retention: what goes when recordings get too old or too many, and how it goes. What is held,
/// live or not anchored never does. Of a pruned recording everything small stays (manifest,
/// signature, receipts, tiles, anchor): that it was, and what it was, can still be shown; chunks,
/// envelopes and the index are gone.

#include <lucid/common/ids/session_id.hpp>
#include <lucid/common/result/result.hpp>

#include <optional>
#include <string>
#include <vector>

namespace lucid::sessions::recorder {

struct Stored {
    SessionId id;
    std::int64_t ended_s = 0;
    std::uint64_t bytes = 0;  ///< of chunks, envelopes and index
    bool sealed = false;
    bool anchored = false;
    bool held = false;
};

struct RetentionRules {
    std::optional<std::int64_t> older_than_s;  ///< age since the end
    std::optional<std::uint64_t> keep_bytes;   ///< of all recordings together
};

/// Those to prune, oldest first.
[[nodiscard]] std::vector<Stored> choose_to_prune(std::vector<Stored> all,
                                                  const RetentionRules& rules, std::int64_t now_s);

/// Bytes of chunks, envelopes and index of a recording's directory.
[[nodiscard]] std::uint64_t prunable_bytes(const std::string& directory);

/// Says so in pruned.json first, then removes; what was interrupted is finished by calling it
/// again. Errc::refused for a recording without anchor.json. Gives the bytes that were freed.
Result<std::uint64_t> prune_recording(const std::string& directory, std::int64_t now_s);

/// When the recording was pruned (unix), nothing if it was not.
[[nodiscard]] std::optional<std::int64_t> pruned_at(const std::string& directory);

}  // namespace lucid::sessions::recorder
