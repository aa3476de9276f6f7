// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// C2SP tlog-witness: somebody outside who signs heads of logs that only ever grow. What is kept on
/// disk and how requests arrive is the caller's.

#include <lucid/blockchain/tlog/checkpoint.hpp>

#include <map>
#include <optional>

namespace lucid::blockchain::tlog {

/// add-checkpoint: "old SIZE\n", proof hashes one a line, an empty line, the checkpoint.
struct AddCheckpoint {
    std::uint64_t old_size = 0;
    std::vector<Hash32> proof;
    Note note;

    [[nodiscard]] std::string to_text() const;
    static Result<AddCheckpoint> from_text(std::string_view text);
};

inline constexpr std::size_t proof_hashes_max = 63;

/// The head of a log that was cosigned last; size 0: none yet.
struct WitnessedHead {
    std::uint64_t size = 0;
    Hash32 root{};
    friend bool operator==(const WitnessedHead&, const WitnessedHead&) = default;
};

/// An answer in HTTP's terms (tlog-witness, "add-checkpoint").
struct WitnessAnswer {
    int status = 200;
    std::string content_type = "text/plain";
    std::string body;
    /// The new head of the log `origin`: it must be on disk before the answer leaves.
    std::optional<WitnessedHead> head;
    std::string origin;
};

class Witness {
  public:
    /// A log that is known: its origin is the key's name.
    struct Log {
        VerifierKey key;
        WitnessedHead head;
    };

    Witness(std::string name, const crypto::Ed25519Key& key, std::map<std::string, Log> logs)
        : name_(std::move(name)), key_(key), logs_(std::move(logs)) {}

    /// Decides on one request. The head moves with keep(), once it is on disk.
    [[nodiscard]] WitnessAnswer add_checkpoint(std::string_view request, std::uint64_t now_s) const;
    void keep(const std::string& origin, const WitnessedHead& head) {
        logs_.at(origin).head = head;
    }
    [[nodiscard]] const std::map<std::string, Log>& logs() const { return logs_; }
    /// With which others check this witness' cosignatures.
    [[nodiscard]] VerifierKey verifier_key() const {
        return {name_, KeyType::cosignature, key_.public_key()};
    }

  private:
    std::string name_;
    const crypto::Ed25519Key& key_;
    std::map<std::string, Log> logs_;
};

}  // namespace lucid::blockchain::tlog
