// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The genesis contracts in Lucid's own EVM without a chain around them: calls by anybody, one
/// transaction each.

#include <lucid/blockchain/chain/genesis_contracts.hpp>
#include <lucid/blockchain/state/transition.hpp>

#include <random>

namespace lucid::blockchain::chain::test {

using proto::Address;
using proto::Uint256;

[[nodiscard]] inline Hash32 word(std::uint64_t value) {
    return Uint256(value).to_be();
}
[[nodiscard]] inline Hash32 word(const Address& address) {
    return Uint256::from_be(address).to_be();
}
/// Bytes of a short text at the front of a word.
[[nodiscard]] Hash32 text_word(std::string_view text);
/// A word that follows from a number and is not zero.
[[nodiscard]] Hash32 name_word(std::uint64_t number);
/// An account without code.
[[nodiscard]] Address person(std::uint8_t number);

class ContractStage {
  public:
    ContractStage();

    static constexpr Address first_node = {1};
    /// The call succeeded; its effects stay.
    bool call(const Address& from, const Address& to, std::string_view signature,
              const std::vector<Hash32>& arguments, ByteView tail = {});
    /// Words of the answer; nothing when the call reverts. Changes nothing.
    [[nodiscard]] std::optional<std::vector<Hash32>> ask(const Address& to,
                                                         std::string_view signature,
                                                         const std::vector<Hash32>& arguments = {});
    /// Creation code with arguments.
    Address create(const Address& from, Bytes code);
    void set_storage(const Address& address, const Uint256& slot, const Uint256& value);
    /// Makes `node` active by sponsorship.
    void admit(const Address& node, std::uint64_t key);
    void sleep(std::uint64_t seconds);

  private:
    state::Applied run(const Address& from, const std::optional<Address>& to, Bytes data);
    std::unique_ptr<state::World> world_;
    evm::BlockContext block_;
};

}  // namespace lucid::blockchain::chain::test
