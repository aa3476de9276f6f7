// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The verifier: no node, no network, no key needed for integrity (evidence specification, Bundle
/// and verdict).

#include <lucid/common/crypto/age.hpp>
#include <lucid/sessions/format/anchor_record.hpp>
#include <lucid/sessions/format/bundle.hpp>
#include <lucid/sessions/format/chunk.hpp>
#include <lucid/sessions/format/manifest.hpp>

#include <functional>
#include <optional>

namespace lucid::sessions::format {

enum class Verdict {
    verified,             ///< every byte authenticated up to the trust root
    consistent_unpinned,  ///< consistent in itself, no trust root given
    refused,
};

/// The first bad place.
struct BadPlace {
    std::string file;
    std::optional<std::uint64_t> segment;
    std::uint64_t begin = 0;  ///< byte range in the file; equal when the whole file is meant
    std::uint64_t end = 0;
    std::string rule;  ///< a sentence
};

struct VerifyOptions {
    std::optional<Trust> trust;
    /// With one, every segment is opened too.
    const crypto::age::Identity* identity = nullptr;
    /// A session whose registration is not final yet has no anchor.json.
    bool allow_unanchored = false;
    /// Called with bytes done and bytes in all.
    std::function<void(std::uint64_t, std::uint64_t)> progress;
};

struct VerifyReport {
    Verdict verdict = Verdict::refused;
    std::optional<BadPlace> bad;
    std::optional<Manifest> manifest;
    bool opened = false;    ///< decrypted with the identity
    bool anchored = false;  ///< tied to a certified block
    std::uint64_t events = 0;
    std::uint64_t bytes = 0;
    std::vector<std::string> checks;  ///< what was checked, in order
};

VerifyReport verify(BundleSource& source, const VerifyOptions& options);

/// The chain part alone: log inclusion, head block, certificate, genesis, checkpoints. `leaves` are
/// the session's segment hashes. Gives the rule that is broken.
Result<void> verify_anchor(const AnchorRecord& anchor, const Manifest& manifest,
                           const Hash32& manifest_hash, std::span<const Hash32> leaves,
                           const std::optional<Trust>& trust);

}  // namespace lucid::sessions::format
