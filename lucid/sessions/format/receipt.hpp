// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Receipts (evidence specification, Anchors): node-signed promises given at a session's start and
/// end, so that a session that a receipt names cannot disappear unseen.

#include <lucid/sessions/format/manifest.hpp>

namespace lucid::sessions::format {

struct OpenReceipt {
    SessionId session_id;
    blockchain::proto::Address node{};
    crypto::Ed25519PublicKey node_key{};
    std::uint64_t started_at_us = 0;
    Hash32 policy_hash{};
    Hash32 consent_hash{};

    /// Canonical JSON with its signature inside.
    [[nodiscard]] std::string sign(const crypto::Ed25519Key& key) const;
    /// Errc::bad_signature unless `node_key` signed it.
    static Result<OpenReceipt> verify(ByteView text);
};

struct CloseReceipt {
    SessionId session_id;
    crypto::Ed25519PublicKey node_key{};
    std::uint64_t tree_size = 0;
    Hash32 root{};
    std::string end_state;

    [[nodiscard]] std::string sign(const crypto::Ed25519Key& key) const;
    static Result<CloseReceipt> verify(ByteView text);
};

}  // namespace lucid::sessions::format
