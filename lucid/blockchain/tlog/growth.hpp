// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Did a log only grow between two of its checkpoints? Everything that is needed is in two texts:
/// an earlier checkpoint, and a later one behind its consistency proof.

#include <lucid/blockchain/tlog/witness.hpp>

namespace lucid::blockchain::tlog {

struct LogGrowth {
    Checkpoint before;
    Checkpoint after;
};

/// `before`: a checkpoint (C2SP tlog-checkpoint). `after`: proof and later checkpoint (C2SP
/// tlog-witness, add-checkpoint). `log_key`: must have signed both; without it nobody's word is
/// looked at and only the proof is. `witnesses`: must have cosigned the later one.
/// Errc::hash_mismatch, Errc::bad_length: the later log does not begin with the earlier one;
/// Errc::not_found, Errc::bad_signature: who did not sign, or wrongly; Errc::refused: other logs,
/// or sizes that do not belong together.
Result<LogGrowth> verify_growth(const Note& before, const AddCheckpoint& after,
                                const std::optional<VerifierKey>& log_key,
                                std::span<const VerifierKey> witnesses);

}  // namespace lucid::blockchain::tlog
