// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/result/assert.hpp>

#include <algorithm>

namespace {

using namespace lucid;
using namespace lucid::blockchain;
using proto::Fork;

constexpr std::uint64_t block_gas_max = 300'000;

state::BlockRules rules_of(Fork fork) {
    state::BlockRules rules;
    rules.fork = fork;
    rules.blobs = state::blob_schedule_of(fork);
    rules.requests = false;
    return rules;
}

/// What a block says of its own body is put right, so that its transactions are reached.
void mend(proto::Block& block, Fork fork) {
    auto& h = block.header;
    h.transactions_root = state::ordered_trie_root(block.transactions);
    if (fork >= Fork::shanghai && !block.withdrawals) block.withdrawals.emplace();
    if (fork < Fork::shanghai) block.withdrawals.reset();
    if (block.withdrawals) h.withdrawals_root = state::withdrawals_root(*block.withdrawals);
    block.ommers.clear();
    h.ommers_hash = proto::empty_ommers_hash();
    h.gas_limit = std::min(h.gas_limit, block_gas_max);
}

}  // namespace

/// Oracle: a block that is taken encodes to its own bytes; applying any block ends with a result or
/// an error, the same one again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const ByteView bytes(data + 1, size - 1);
    auto block = proto::Block::decode(bytes);
    if (!block) return 0;
    const auto encoded = block->encode();
    LUCID_ASSERT(std::equal(encoded.begin(), encoded.end(), bytes.begin(), bytes.end()));
    constexpr auto oldest = static_cast<unsigned>(Fork::spurious_dragon);
    constexpr auto newest = static_cast<unsigned>(Fork::osaka);
    const auto fork = static_cast<Fork>(oldest + data[0] % (newest - oldest + 1));
    mend(*block, fork);
    state::Accounts accounts;
    for (const auto& transaction : block->transactions) {
        const auto t = proto::Transaction::decode(transaction, proto::block_bytes_max);
        if (!t) continue;
        if (const auto sender = t->sender(); sender)
            accounts[*sender].balance = ~proto::Uint256{} >> 8;
    }
    const auto apply = [&] {
        state::World world(accounts);
        const auto applied = state::apply_block(world, *block, rules_of(fork));
        return std::pair(applied ? std::string() : applied.error().message(),
                         state::state_root(world.accounts()));
    };
    LUCID_ASSERT(apply() == apply());
    return 0;
}
