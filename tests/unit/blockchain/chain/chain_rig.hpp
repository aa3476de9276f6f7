// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What the tests of this folder share: a chain in a folder that goes away, its keys, time as an
/// argument, signed transactions, and small contracts.

#include <lucid/blockchain/chain/chain.hpp>

#include <string>

namespace lucid::blockchain::chain::test {

class ChainRig {
  public:
    ChainRig();
    ~ChainRig();
    ChainRig(const ChainRig&) = delete;
    ChainRig& operator=(const ChainRig&) = delete;

    Result<std::unique_ptr<Chain>> try_open() const;
    /// Closes what is open and opens it again; an assertion if that fails.
    Chain& reopen();
    [[nodiscard]] Chain& chain() { return *chain_; }
    void close() { chain_.reset(); }
    [[nodiscard]] const std::string& directory() const { return directory_; }

    /// The first second in which the slot's block is due.
    [[nodiscard]] std::uint64_t due(std::uint64_t slot) const;
    /// Makes the block of a slot; false: none was made.
    bool produce(std::uint64_t slot);

    /// Signed, type 2, at the chain's price.
    [[nodiscard]] proto::Transaction call(const crypto::Secp256k1Key& from, std::uint64_t nonce,
                                          std::optional<proto::Address> to, std::uint64_t value,
                                          Bytes data = {}, std::uint64_t gas = 100'000) const;
    /// Deploys from the node's account at its next nonce; in a block once one is made.
    proto::Address deploy(const Bytes& runtime_code);

    Genesis genesis;
    crypto::Ed25519Key evidence_key;

    [[nodiscard]] static crypto::Secp256k1Key account(std::uint8_t seed);
    [[nodiscard]] static crypto::Ed25519Key signing_key(std::uint8_t seed);
    [[nodiscard]] static const crypto::Secp256k1Key& node();

  private:
    std::string directory_;
    std::unique_ptr<Chain> chain_;
};

/// Creation code that leaves `runtime` as the contract.
[[nodiscard]] Bytes creation_code(const Bytes& runtime);
/// A session's anchor whose ids follow from a number.
[[nodiscard]] proto::SessionAnchor sample_session(std::uint8_t number);

}  // namespace lucid::blockchain::chain::test
