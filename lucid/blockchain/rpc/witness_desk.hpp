// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// This node as a witness of other nodes' logs: what tlog::Witness decides is on disk before it is
/// answered.

#include <lucid/blockchain/tlog/witness.hpp>
#include <lucid/storage/kv/store.hpp>

#include <memory>
#include <mutex>

namespace lucid::blockchain::rpc {

class WitnessDesk {
  public:
    /// `directory`: where heads are kept, nobody else's. `name`: what cosignatures carry.
    static Result<std::unique_ptr<WitnessDesk>> open(const std::string& directory,
                                                     const std::string& name,
                                                     crypto::Ed25519Key key,
                                                     const std::vector<tlog::VerifierKey>& logs);
    /// Body of a POST to add-checkpoint. Called from several threads.
    [[nodiscard]] tlog::WitnessAnswer add_checkpoint(std::string_view body, std::uint64_t now_s);
    [[nodiscard]] tlog::VerifierKey verifier_key() const { return witness_->verifier_key(); }

  private:
    WitnessDesk(storage::kv::Store store, crypto::Ed25519Key key)
        : store_(std::move(store)), key_(std::move(key)) {}

    std::mutex mutex_;
    storage::kv::Store store_;
    crypto::Ed25519Key key_;
    std::unique_ptr<tlog::Witness> witness_;
};

}  // namespace lucid::blockchain::rpc
