// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/genesis_contracts.hpp>
#include <lucid/common/bytes/encoding.hpp>
#include <lucid/common/crypto/hash.hpp>

#include "chain_rig.hpp"
#include <gtest/gtest.h>

namespace lucid::blockchain::chain::test {
namespace {

using proto::Uint256;

Hash32 word(const proto::Address& address) {
    return Uint256::from_be(address).to_be();
}
Hash32 text(std::string_view value) {
    Hash32 out{};
    std::copy(value.begin(), value.end(), out.begin());
    return out;
}

class GenesisContracts : public ::testing::Test {
  protected:
    /// First word of the answer; nothing when the call reverts.
    std::optional<Hash32> ask(GenesisContract contract, std::string_view signature,
                              const std::vector<Hash32>& arguments = {},
                              const proto::Address& from = {}) {
        const auto selector = crypto::keccak256(as_bytes(signature));
        Bytes data(selector.begin(), selector.begin() + 4);
        for (const auto& argument : arguments) append(data, argument);
        const auto applied = rig_.chain().call(from, address_of(contract), {}, data, 10'000'000);
        if (!applied || applied->status != evm::Status::success || applied->output.size() < 32)
            return std::nullopt;
        Hash32 out;
        std::copy_n(applied->output.begin(), 32, out.begin());
        return out;
    }
    ChainRig rig_;
};

TEST_F(GenesisContracts, addresses_say_what_stands_there) {
    EXPECT_EQ(to_hex(address_of(GenesisContract::anchors)),
              "00000000000000006c75636964616e63686f7273");
    EXPECT_EQ(to_hex(address_of(GenesisContract::nodes)),
              "0000000000000000000000000000006e6f646573");
    for (const auto contract : genesis_contracts)
        EXPECT_FALSE(rig_.chain().account(address_of(contract)).code.empty());
}

TEST_F(GenesisContracts, the_first_node_is_registered_and_has_the_only_vote) {
    const auto node = word(rig_.genesis.node);
    EXPECT_EQ(ask(GenesisContract::nodes, "evidenceKey(address)", {node}),
              Hash32{rig_.genesis.evidence_key});
    EXPECT_EQ(ask(GenesisContract::anchors, "evidenceKey(address)", {node}),
              Hash32{rig_.genesis.evidence_key});
    EXPECT_EQ(ask(GenesisContract::nodes, "isActive(address)", {node}), Uint256(1).to_be());
    EXPECT_EQ(ask(GenesisContract::nodes, "getVotes(address)", {node}), Uint256(1).to_be());
    EXPECT_EQ(ask(GenesisContract::nodes, "activeCount()"), Uint256(1).to_be());
}

TEST_F(GenesisContracts, the_governor_decides_through_the_timelock_and_nobody_administers_it) {
    const auto timelock = word(address_of(GenesisContract::timelock));
    const auto governor = word(address_of(GenesisContract::governor));
    EXPECT_EQ(ask(GenesisContract::governor, "timelock()"), timelock);
    EXPECT_EQ(ask(GenesisContract::nodes, "governance()"), timelock);
    EXPECT_EQ(ask(GenesisContract::params, "governance()"), timelock);
    EXPECT_EQ(ask(GenesisContract::work, "governance()"), timelock);
    EXPECT_EQ(ask(GenesisContract::timelock, "getMinDelay()"), Uint256(timelock_delay_s).to_be());
    const auto has = [&](std::string_view role, const Hash32& who) {
        return ask(GenesisContract::timelock, "hasRole(bytes32,address)",
                   {role.empty() ? Hash32{} : crypto::keccak256(as_bytes(role)), who});
    };
    const auto yes = Uint256(1).to_be();
    const auto no = Hash32{};
    EXPECT_EQ(has("PROPOSER_ROLE", governor), yes);
    EXPECT_EQ(has("CANCELLER_ROLE", governor), yes);
    EXPECT_EQ(has("EXECUTOR_ROLE", Hash32{}), yes);
    for (const auto& who : {governor, word(rig_.genesis.node), Hash32{}})
        EXPECT_EQ(has("", who), no);
    EXPECT_EQ(has("PROPOSER_ROLE", word(rig_.genesis.node)), no);
}

TEST_F(GenesisContracts, the_others_know_each_other) {
    EXPECT_EQ(ask(GenesisContract::anchors, "registry()"),
              word(address_of(GenesisContract::nodes)));
    EXPECT_EQ(ask(GenesisContract::chunks, "anchors()"),
              word(address_of(GenesisContract::anchors)));
    EXPECT_EQ(ask(GenesisContract::chunks, "registry()"), word(address_of(GenesisContract::nodes)));
    EXPECT_EQ(ask(GenesisContract::work, "params()"), word(address_of(GenesisContract::params)));
}

TEST_F(GenesisContracts, parameters_have_their_values_and_the_slot_length_is_none) {
    EXPECT_EQ(ask(GenesisContract::params, "valueOf(bytes32)", {text("LEADER_WINDOW_DAYS")}),
              Uint256(7).to_be());
    EXPECT_EQ(ask(GenesisContract::params, "valueOf(bytes32)", {text("SLOT_DURATION_SEC")}),
              std::nullopt);
}

/// The system address writes work; nobody else, the node included.
TEST_F(GenesisContracts, only_the_system_closes_an_epoch) {
    proto::Address system;
    system.fill(0xff);
    system.back() = 0xfe;
    const auto closes = [&](const proto::Address& from) {
        const auto selector = crypto::keccak256(as_bytes(std::string_view("closeEpoch(uint64)")));
        Bytes data(selector.begin(), selector.begin() + 4);
        append(data, Hash32{});
        const auto applied =
            rig_.chain().call(from, address_of(GenesisContract::work), {}, data, 1'000'000);
        return applied && applied->status == evm::Status::success;
    };
    EXPECT_TRUE(closes(system));
    EXPECT_FALSE(closes(rig_.genesis.node));
    EXPECT_FALSE(closes(address_of(GenesisContract::timelock)));
}

}  // namespace
}  // namespace lucid::blockchain::chain::test
