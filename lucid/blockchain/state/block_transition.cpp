// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::state {
namespace {

using evm::Fork;
using proto::Block;
using proto::Receipt;

constexpr Address beacon_roots = {0x00, 0x0f, 0x3d, 0xf6, 0xd7, 0x32, 0x80, 0x7e, 0xf1, 0x31,
                                  0x9f, 0xb7, 0xb8, 0xbb, 0x85, 0x22, 0xd0, 0xbe, 0xac, 0x02};
constexpr std::size_t block_bytes_limit = 8 * 1024 * 1024;  ///< EIP-7934
constexpr std::uint64_t wei_per_gwei = 1'000'000'000;

Result<void> apply_transactions(World& world, const Block& block, const evm::BlockContext& context,
                                AppliedBlock& out) {
    for (const auto& bytes : block.transactions) {
        LUCID_TRY(const auto t, proto::Transaction::decode(bytes, proto::block_bytes_max));
        LUCID_TRY(const auto sender, t.sender(context.fork < Fork::homestead));
        LUCID_CHECK(check_transaction(world, context, t, sender, context.gas_limit - out.gas_used));
        out.blob_gas_used += t.blob_hashes.size() * blob_gas_each;
        if (out.blob_gas_used > context.blob_gas_max)
            return fail(Errc::limit_exceeded, "blob gas of the block", out.blob_gas_used);
        auto applied = apply_transaction(world, context, t, sender, out.gas_used);
        out.gas_used += applied.gas_used;
        if (context.fork < Fork::byzantium)
            applied.receipt.state_root = state_root(world.accounts());
        out.receipts.push_back(std::move(applied.receipt));
    }
    return {};
}

Result<void> check_body(const Block& block, Fork fork) {
    if (ordered_trie_root(block.transactions) != block.header.transactions_root)
        return fail(Errc::hash_mismatch, "transactionsRoot");
    if (block.withdrawals.has_value() != (fork >= Fork::shanghai))
        return fail(Errc::bad_value, "withdrawals");
    if (block.withdrawals && withdrawals_root(*block.withdrawals) != block.header.withdrawals_root)
        return fail(Errc::hash_mismatch, "withdrawalsRoot");
    proto::rlp::Encoder ommers;
    for (const auto& ommer : block.ommers) {
        ommers.raw(ommer.encode());
        const auto& h = block.header;
        if (ommer.number >= h.number || ommer.number + 7 < h.number)
            return fail(Errc::bad_value, "ommer number", ommer.number);
    }
    if (crypto::keccak256(ommers.list()) != block.header.ommers_hash)
        return fail(Errc::hash_mismatch, "ommersHash");
    if (fork >= Fork::osaka && block.encode().size() > block_bytes_limit)
        return fail(Errc::limit_exceeded, "block size");
    return {};
}

Result<void> compare(const proto::Header& h, const AppliedBlock& applied, Fork fork) {
    if (applied.gas_used != h.gas_used) return fail(Errc::bad_value, "gasUsed", applied.gas_used);
    std::vector<Bytes> encoded;
    proto::Bloom bloom{};
    for (const auto& receipt : applied.receipts) {
        encoded.push_back(receipt.encode());
        for (const auto& log : receipt.logs) proto::add_to_bloom(bloom, log);
    }
    if (ordered_trie_root(encoded) != h.receipts_root)
        return fail(Errc::hash_mismatch, "receiptsRoot");
    if (bloom != h.logs_bloom) return fail(Errc::hash_mismatch, "logsBloom");
    if (fork >= Fork::cancun && applied.blob_gas_used != h.blob_gas_used)
        return fail(Errc::bad_value, "blobGasUsed", applied.blob_gas_used);
    if (fork >= Fork::prague && requests_hash(applied.requests) != h.requests_hash)
        return fail(Errc::hash_mismatch, "requestsHash");
    return {};
}

}  // namespace

Hash32 withdrawals_root(std::span<const proto::Withdrawal> withdrawals) {
    std::vector<Bytes> items;
    for (const auto& withdrawal : withdrawals) items.push_back(withdrawal.encode());
    return ordered_trie_root(items);
}

void begin_block(World& world, const evm::BlockContext& context, const Hash32& parent_hash,
                 const Hash32& parent_beacon_block_root) {
    if (context.fork >= Fork::cancun && !world.code(beacon_roots)->empty())
        (void)system_call(world, context, beacon_roots, parent_beacon_block_root);
    if (context.fork >= Fork::prague && !world.code(block_hash_history)->empty())
        (void)system_call(world, context, block_hash_history, parent_hash);
}

void pay_rewards(World& world, const Block& block, Fork fork) {
    if (fork >= Fork::paris) return;
    const std::uint64_t ether = fork >= Fork::constantinople ? 2 : fork >= Fork::byzantium ? 3 : 5;
    const Uint256 reward = Uint256(ether) * Uint256(1'000'000'000'000'000'000);
    world.begin_transaction(fork);
    auto miner = reward;
    for (const auto& ommer : block.ommers) {
        miner = miner + divide(reward, 32).quotient;
        const auto age = block.header.number - ommer.number;
        const auto share = divide(reward * Uint256(8 - age), 8).quotient;
        world.set_balance(ommer.coinbase, world.balance(ommer.coinbase) + share);
    }
    world.set_balance(block.header.coinbase, world.balance(block.header.coinbase) + miner);
    world.end_transaction();
}

void apply_withdrawals(World& world, Fork fork, std::span<const proto::Withdrawal> withdrawals) {
    world.begin_transaction(fork);
    for (const auto& w : withdrawals)
        world.set_balance(w.address,
                          world.balance(w.address) + Uint256(w.amount_gwei) * wei_per_gwei);
    world.end_transaction();
}

Result<AppliedBlock> apply_block(World& world, const Block& block, const BlockRules& rules) {
    const auto fork = rules.fork;
    LUCID_CHECK(check_body(block, fork));
    const auto& h = block.header;
    const auto context = context_of(h, rules);
    begin_block(world, context, h.parent_hash, h.parent_beacon_block_root);
    AppliedBlock out;
    LUCID_CHECK(apply_transactions(world, block, context, out));
    if (block.withdrawals) apply_withdrawals(world, fork, *block.withdrawals);
    pay_rewards(world, block, fork);
    if (fork >= Fork::prague && rules.requests) {
        LUCID_TRY(out.requests, collect_requests(world, context, out.receipts));
    }
    LUCID_CHECK(compare(h, out, fork));
    return out;
}

}  // namespace lucid::blockchain::state
