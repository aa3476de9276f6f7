// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/blockchain/import/ethereum_genesis.hpp>
#include <lucid/blockchain/import/imported_chain.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/bytes/encoding.hpp>

#include <algorithm>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::import {
namespace {

constexpr std::uint64_t seconds_between_blocks = 12;
constexpr std::uint64_t gas_limit_wanted = 60'000'000;  ///< of blocks made here, as geth's
constexpr std::uint64_t gas_limit_bound_divisor = 1024;
constexpr std::uint64_t block_hashes_kept = 256;

/// As near to what is wanted as one block may go (Yellow Paper 4.3.4).
std::uint64_t gas_limit_after(std::uint64_t parent) {
    const auto step = parent / gas_limit_bound_divisor - 1;
    return std::clamp(gas_limit_wanted, parent - step, parent + step);
}

/// EIP-4788; EIP-2935, 6110, 7002, 7251.
std::map<std::string, proto::Address> system_contracts(evm::Fork fork,
                                                       const proto::Address& deposits) {
    const auto address = [](const char* hex) {
        const auto bytes = from_hex(hex).value_or(Bytes(20));
        proto::Address out{};
        std::copy(bytes.begin(), bytes.end(), out.begin());
        return out;
    };
    std::map<std::string, proto::Address> out;
    if (fork >= evm::Fork::cancun)
        out["BEACON_ROOTS_ADDRESS"] = address("000f3df6d732807ef1319fb7b8bb8522d0beac02");
    if (fork < evm::Fork::prague) return out;
    out["CONSOLIDATION_REQUEST_PREDEPLOY_ADDRESS"] =
        address("0000bbddc7ce488642fb579f8b00f3a590007251");
    out["DEPOSIT_CONTRACT_ADDRESS"] = deposits;
    out["HISTORY_STORAGE_ADDRESS"] = address("0000f90827f1c53a10cb7a02335b175320002935");
    out["WITHDRAWAL_REQUEST_PREDEPLOY_ADDRESS"] =
        address("00000961ef480eb55e80d19ad83579a64c007002");
    return out;
}

}  // namespace

Result<std::unique_ptr<ImportedChain>> ImportedChain::create(const std::string& directory,
                                                             std::string_view genesis_json) {
    LUCID_TRY(const auto genesis, read_genesis(genesis_json));
    LUCID_TRY(auto store, store::BlockStore::open(directory, 0));
    LUCID_TRY(const auto head, store.head());
    if (head) return fail(Errc::already_exists, "a chain in that folder", *head);
    std::unique_ptr<ImportedChain> chain(new ImportedChain(std::move(store), genesis.schedule));
    chain->accounts_ = genesis.accounts;
    // The whole state is a change from nothing.
    state::World world{state::Accounts{}};
    world.begin_transaction();
    for (const auto& [address, account] : genesis.accounts) {
        world.set_balance(address, account.balance);
        world.set_nonce(address, account.nonce);
        if (!account.code.empty()) world.set_code(address, account.code);
        for (const auto& [slot, value] : account.storage) world.set_storage(address, slot, value);
    }
    world.end_transaction();
    proto::Block block;
    block.header = genesis.header;
    chain->genesis_hash_ = genesis.header.hash();
    LUCID_CHECK(chain->put(block, {}, world.take_changes(), proto::empty_trie_root()));
    return chain;
}

Result<void> ImportedChain::put(const proto::Block& block,
                                const std::vector<proto::Receipt>& receipts,
                                const state::StateChanges& changes, const Hash32& root_before) {
    LUCID_TRY(const auto snapshot, store_.snapshot());
    LUCID_TRY(const auto update, store::prepare_update(snapshot, changes, root_before));
    if (update.root != block.header.state_root)
        return fail(Errc::hash_mismatch, "stateRoot", block.header.number);
    store::StoredBlock stored;
    stored.header = block.header;
    stored.transactions = block.transactions;
    for (const auto& receipt : receipts) stored.receipts.push_back(receipt.encode());
    stored.ommers = block.ommers;
    if (block.withdrawals) stored.withdrawals = *block.withdrawals;
    LUCID_CHECK(store_.put_block(stored, block.header.hash(), update, {}, {}));
    head_ = block.header;
    return {};
}

std::function<Hash32(std::uint64_t)> ImportedChain::hashes() const {
    return [this, head = head_.number](std::uint64_t number) {
        if (number > head || head - number >= block_hashes_kept) return Hash32{};
        const auto block = store_.block(number);
        return block ? block->header.hash() : Hash32{};
    };
}

Result<void> ImportedChain::import(const proto::Block& block) {
    const std::lock_guard lock(mutex_);
    const auto rules = rules_of(block.header);
    LUCID_CHECK(state::check_header(block.header, head_, rules));
    state::World world(accounts_);
    world.block_hashes = hashes();
    Result<state::AppliedBlock> applied;
    LUCID_CHECK(
        chain::run_with_evm_stack([&] { applied = state::apply_block(world, block, rules); }));
    if (!applied) return fail(applied.error());
    const auto changes = world.take_changes();
    LUCID_CHECK(put(block, applied->receipts, changes, head_.state_root));
    accounts_ = world.accounts();
    return {};
}

Result<void> ImportedChain::import_all(ByteView blocks) {
    proto::rlp::Decoder sequence(blocks);
    while (!sequence.empty()) {
        LUCID_TRY(const auto encoded, sequence.raw("block"));
        LUCID_TRY(const auto block, proto::Block::decode(encoded));
        LUCID_CHECK(import(block));
    }
    return {};
}

std::uint64_t ImportedChain::height() const {
    const std::lock_guard lock(mutex_);
    return head_.number;
}

state::BlockRules ImportedChain::rules_of(const proto::Header& header) const {
    return schedule_.rules_at(header.number, header.timestamp,
                              header.number > 0 && header.difficulty.is_zero());
}

proto::Uint256 ImportedChain::base_fee_after(const proto::Header& parent) const {
    return state::base_fee_after(parent);
}

evm::BlockContext ImportedChain::context_of(const proto::Header& header) const {
    return state::context_of(header, rules_of(header));
}

proto::Header ImportedChain::next_header() const {
    auto next = head_;
    next.number = head_.number + 1;
    next.timestamp = head_.timestamp + seconds_between_blocks;
    next.parent_hash = head_.hash();
    if (head_.has(proto::HeaderFields::london)) next.base_fee_per_gas = base_fee_after(head_);
    if (head_.has(proto::HeaderFields::cancun))
        next.excess_blob_gas = state::excess_blob_gas_after(head_, rules_of(next));
    return next;
}

evm::BlockContext ImportedChain::next_context() const {
    const std::lock_guard lock(mutex_);
    return context_of(next_header());
}

Result<ImportedChain::BuiltBlock> ImportedChain::build(const BlockPlan& plan) const {
    const std::lock_guard lock(mutex_);
    if (plan.parent_hash != head_.hash()) return fail(Errc::not_found, "unknown parent");
    if (plan.timestamp_s <= head_.timestamp) return fail(Errc::bad_value, "timestamp");
    BuiltBlock built;
    auto& h = built.block.header;
    h = next_header();
    h.timestamp = plan.timestamp_s;
    h.coinbase = plan.fee_recipient;
    h.mix_hash = plan.prev_randao;
    h.extra_data = plan.extra_data;
    h.parent_beacon_block_root = plan.parent_beacon_block_root;
    h.gas_limit = gas_limit_after(head_.gas_limit);
    built.block.withdrawals = plan.withdrawals;
    state::World world(accounts_);
    world.block_hashes = hashes();
    Result<void> ran;
    LUCID_CHECK(chain::run_with_evm_stack([&] { ran = fill(world, plan, built); }));
    LUCID_CHECK(ran);
    LUCID_TRY(const auto snapshot, store_.snapshot());
    LUCID_TRY(const auto update,
              store::prepare_update(snapshot, world.take_changes(), head_.state_root));
    h.state_root = update.root;
    return built;
}

Result<void> ImportedChain::fill(state::World& world, const BlockPlan& plan,
                                 BuiltBlock& built) const {
    auto& h = built.block.header;
    const auto context = context_of(h);
    state::begin_block(world, context, h.parent_hash, h.parent_beacon_block_root);
    std::vector<proto::Receipt> receipts;
    std::vector<Bytes> encoded;
    h.gas_used = 0;
    const auto add = [&](const proto::Transaction& t, const proto::Address& sender) {
        const auto applied = state::apply_transaction(world, context, t, sender, h.gas_used);
        h.gas_used += applied.gas_used;
        const auto price = t.effective_gas_price(context.base_fee).value_or(context.base_fee);
        built.value = built.value + (price - context.base_fee) * proto::Uint256(applied.gas_used);
        built.block.transactions.push_back(t.encode());
        receipts.push_back(applied.receipt);
        encoded.push_back(applied.receipt.encode());
    };
    const auto room = [&] { return context.gas_limit - h.gas_used; };
    for (const auto& bytes : plan.transactions.value_or(std::vector<Bytes>{})) {
        LUCID_TRY(const auto t, proto::Transaction::decode(bytes));
        LUCID_TRY(const auto sender, t.sender());
        LUCID_CHECK(state::check_transaction(world, context, t, sender, room()));
        add(t, sender);
    }
    if (!plan.transactions)
        for (const auto& waiting : pool_.ready(world)) {
            const auto& t = waiting.transaction;
            // The blobs themselves were not kept.
            if (t.type == proto::TransactionType::blob) continue;
            if (state::check_transaction(world, context, t, waiting.sender, room()))
                add(t, waiting.sender);
        }
    state::apply_withdrawals(world, context.fork, plan.withdrawals);
    if (context.fork >= evm::Fork::prague) {
        LUCID_TRY(built.requests, state::collect_requests(world, context, receipts));
        h.requests_hash = state::requests_hash(built.requests);
    }
    h.transactions_root = state::ordered_trie_root(built.block.transactions);
    h.receipts_root = state::ordered_trie_root(encoded);
    h.logs_bloom = {};
    for (const auto& receipt : receipts)
        for (const auto& log : receipt.logs) proto::add_to_bloom(h.logs_bloom, log);
    std::vector<Bytes> withdrawals;
    for (const auto& withdrawal : plan.withdrawals) withdrawals.push_back(withdrawal.encode());
    h.withdrawals_root = state::ordered_trie_root(withdrawals);
    h.blob_gas_used = 0;
    return {};
}

void ImportedChain::begin_block(state::World& world, const store::StoredBlock& block) const {
    state::begin_block(world, context_of(block.header), block.header.parent_hash,
                       block.header.parent_beacon_block_root);
}

std::vector<chain::ForkInfo> ImportedChain::forks() const {
    const std::lock_guard lock(mutex_);
    std::vector<chain::ForkInfo> out;
    for (const auto& timed : schedule_.by_time) {
        if (timed.time_s <= head_.timestamp) out.clear();
        out.push_back({timed.time_s, timed.fork, timed.blobs,
                       schedule_.fork_id(genesis_hash_, head_.number, timed.time_s),
                       system_contracts(timed.fork, schedule_.deposit_contract)});
    }
    return out;
}

void ImportedChain::with_pool(const std::function<void(const chain::Pool&)>& look) const {
    const std::lock_guard lock(mutex_);
    look(pool_);
}

Result<Hash32> ImportedChain::submit(proto::Transaction transaction) {
    LUCID_TRY(const auto sender, transaction.sender());
    const std::lock_guard lock(mutex_);
    state::World world(accounts_);
    return pool_.add(std::move(transaction), sender, world, context_of(next_header()));
}

}  // namespace lucid::blockchain::import
