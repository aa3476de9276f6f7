// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/blockchain/proto/fork_id.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>

// The chain's state as others read it and run code against it.

namespace lucid::blockchain::chain {
namespace {

constexpr std::uint64_t block_hashes_kept = 256;  ///< BLOCKHASH

Hash32 hash_of_block(const storage::kv::Snapshot& snapshot, std::uint64_t number) {
    const auto header = store::header_in(snapshot, number);
    return header ? header->hash() : Hash32{};
}

}  // namespace

std::unique_ptr<state::World> ChainView::world_of(StateView& view) {
    auto world = std::make_unique<state::World>(*view.state);
    world->block_hashes = [state = view.state.get()](std::uint64_t number) {
        if (number > state->height() || state->height() - number >= block_hashes_kept)
            return Hash32{};
        return hash_of_block(state->snapshot(), number);
    };
    return world;
}

Result<StateView> ChainView::state_at(std::optional<std::uint64_t> height) const {
    StateView view;
    LUCID_TRY(view.state, blocks().state_at(height));
    const auto& snapshot = view.state->snapshot();
    LUCID_TRY(view.header, store::header_in(snapshot, view.state->height()));
    view.head_state_root = view.header.state_root;
    if (view.state->head() != view.state->height()) {
        LUCID_TRY(const auto head, store::header_in(snapshot, view.state->head()));
        view.head_state_root = head.state_root;
    }
    return view;
}

evm::BlockContext Chain::context_of(const proto::Header& header) const {
    evm::BlockContext block;
    block.chain_id = genesis_.chain_id;
    block.number = header.number;
    block.timestamp = header.timestamp;
    block.gas_limit = header.gas_limit;
    block.coinbase = header.coinbase;
    block.prev_randao = header.mix_hash;
    block.base_fee = header.base_fee_per_gas;
    return block;
}

state::BlockRules Chain::rules_of(const proto::Header&) const {
    state::BlockRules rules;
    rules.chain_id = genesis_.chain_id;
    rules.requests = false;
    return rules;
}

proto::Uint256 Chain::base_fee_after(const proto::Header&) const {
    return base_fee_wei;
}

std::vector<ForkInfo> Chain::forks() const {
    ForkInfo info;
    info.fork = evm::BlockContext{}.fork;
    info.blobs.base_fee_update_fraction =
        state::blob_schedule_of(info.fork).base_fee_update_fraction;
    info.fork_id = proto::fork_id(genesis_hash_, {});
    return {info};
}

evm::BlockContext Chain::context_after_head(std::uint64_t timestamp) const {
    const std::lock_guard lock(mutex_);
    evm::BlockContext block;
    block.chain_id = genesis_.chain_id;
    block.number = head_.header.number + 1;
    block.timestamp = timestamp;
    block.gas_limit = block_gas_limit;
    block.coinbase = genesis_.node;
    // Randomness of one validator is no randomness: a hash that everybody can recompute.
    block.prev_randao = crypto::sha256({as_bytes("lucid/randao/1"), head_hash_});
    block.base_fee = base_fee_wei;
    return block;
}

void Chain::begin_block(state::World& world, const StoredBlock& block) const {
    state::begin_block(world, context_of(block.header), block.header.parent_hash, {});
}

evm::BlockContext Chain::next_context() const {
    const std::lock_guard lock(mutex_);
    return context_after_head(head_.header.timestamp + proto::slot_seconds);
}

Result<void> ChainView::run(StateView& view, const std::function<void(state::World&)>& work) {
    auto world = world_of(view);
    LUCID_CHECK(run_with_evm_stack([&] { work(*world); }));
    if (view.state->failed()) return fail(*view.state->failed());
    return {};
}

Result<state::Applied> Chain::call(const proto::Address& from,
                                   const std::optional<proto::Address>& to,
                                   const proto::Uint256& value, ByteView data,
                                   std::uint64_t gas) const {
    LUCID_TRY(auto view, state_at(std::nullopt));
    auto context = next_context();
    context.base_fee = 0;
    state::Applied applied;
    LUCID_CHECK(run(view, [&](state::World& world) {
        applied = state::simulate_call(world, context, from, to, value, data, gas);
    }));
    return applied;
}

state::Account Chain::account(const proto::Address& address) const {
    state::Account account;
    auto view = state_at(std::nullopt);
    const auto stored = view ? view->state->stored_account(address) : fail(view.error());
    if (!stored || !*stored) return account;
    account.nonce = (*stored)->nonce;
    account.balance = (*stored)->balance;
    if ((*stored)->code_hash != state::empty_code_hash())
        account.code = view->state->code((*stored)->code_hash);
    (void)view->state->snapshot().scan(
        store::key_of(store::Table::slot, address), [&](ByteView key, ByteView value) {
            account.storage[proto::Uint256::from_be(key.subspan(21))] =
                proto::Uint256::from_be(value);
            return true;
        });
    return account;
}

std::uint64_t Chain::height() const {
    const std::lock_guard lock(mutex_);
    return head_.header.number;
}
std::uint64_t Chain::log_size() const {
    const std::lock_guard lock(mutex_);
    return log_size_;
}
std::optional<PooledTransaction> Chain::pending(const Hash32& hash) const {
    const std::lock_guard lock(mutex_);
    const auto* found = pool_.find(hash);
    return found == nullptr ? std::nullopt : std::optional(*found);
}
void Chain::with_pool(const std::function<void(const Pool&)>& look) const {
    const std::lock_guard lock(mutex_);
    look(pool_);
}
std::size_t Chain::pool_size() const {
    const std::lock_guard lock(mutex_);
    return pool_.size();
}
std::uint64_t Chain::nonce(const proto::Address& address, bool with_pending) const {
    const std::lock_guard lock(mutex_);
    const auto state = store_.state_at(std::nullopt);
    const auto head = state ? (*state)->account(address) : std::nullopt;
    const auto nonce = head ? head->nonce : 0;
    return with_pending ? pool_.next_nonce(address, nonce) : nonce;
}

}  // namespace lucid::blockchain::chain
