// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/tlog/growth.hpp>
#include <lucid/common/crypto/merkle.hpp>

namespace lucid::blockchain::tlog {
namespace {

Result<void> check_roots(const LogGrowth& growth, std::span<const Hash32> proof) {
    const auto& [before, after] = growth;
    // The empty tree is the beginning of every tree, and needs no proof.
    const bool grew_from_nothing = before.size == 0 && after.size > 0;
    if (grew_from_nothing && (before.root != crypto::merkle_empty_root() || !proof.empty()))
        return fail(Errc::hash_mismatch, "root of the empty log");
    if (grew_from_nothing) return {};
    return crypto::merkle_verify_consistency(before.size, before.root, after.size, after.root,
                                             proof);
}

}  // namespace

Result<LogGrowth> verify_growth(const Note& before, const AddCheckpoint& after,
                                const std::optional<VerifierKey>& log_key,
                                std::span<const VerifierKey> witnesses) {
    LogGrowth growth;
    LUCID_TRY(growth.before, Checkpoint::from_text(before.text));
    LUCID_TRY(growth.after, Checkpoint::from_text(after.note.text));
    if (growth.before.origin != growth.after.origin)
        return fail(Errc::refused, "the checkpoints are of different logs");
    if (log_key) {
        if (growth.before.origin != log_key->name)
            return fail(Errc::refused, "the checkpoints are of a log that the key is not for");
        LUCID_CHECK(verify_note(before, *log_key));
        LUCID_CHECK(verify_note(after.note, *log_key));
    }
    for (const auto& witness : witnesses) LUCID_CHECK(verify_note(after.note, witness));
    if (growth.before.size > growth.after.size)
        return fail(Errc::refused, "the later checkpoint is of a shorter log", growth.after.size);
    if (after.old_size != growth.before.size)
        return fail(Errc::refused, "the proof begins at another size", after.old_size);
    LUCID_CHECK(check_roots(growth, after.proof));
    return growth;
}

}  // namespace lucid::blockchain::tlog
