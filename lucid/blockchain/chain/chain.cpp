// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/anchor_calls.hpp>
#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/blockchain/chain/gas_budgets.hpp>
#include <lucid/blockchain/state/block_transition.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <future>
#include <set>

namespace lucid::blockchain::chain {
namespace {

constexpr std::uint64_t anchor_gas = 400'000;

/// Where an entry of the log is found again.
void index_entry(store::BlockStore::Rows& rows, const LogEntry& entry, const SessionPlace& place) {
    const auto leaf = proto::decode_anchor_leaf(entry.data);
    if (!leaf) return;
    if (const auto* checkpoint = std::get_if<proto::CheckpointAnchor>(&leaf->anchor))
        store::BlockStore::index_checkpoint(rows, checkpoint->slot, place.log_index);
    else if (const auto* session = std::get_if<proto::SessionAnchor>(&leaf->anchor))
        store::BlockStore::index_session(rows, session->session_id.bytes, place);
}

}  // namespace

Chain::Chain(store::BlockStore store, Genesis genesis, ChainKeys keys)
    : store_(std::move(store)), genesis_(genesis), keys_(std::move(keys)), pool_(genesis.node) {}

Result<std::unique_ptr<Chain>> Chain::open(const std::string& directory, const Genesis& genesis,
                                           ChainKeys keys, std::uint64_t history_blocks) {
    if (keys.account.address() != genesis.node ||
        keys.validator.public_key() != genesis.validator_key)
        return fail(Errc::refused, "keys are not those that genesis names");
    LUCID_TRY(auto store, store::BlockStore::open(directory, history_blocks));
    LUCID_TRY(const auto first, make_genesis(genesis));
    LUCID_TRY(const auto head, store.head());
    std::unique_ptr<Chain> chain(new Chain(std::move(store), genesis, std::move(keys)));
    chain->genesis_hash_ = first.header.hash();
    if (!head) LUCID_CHECK(chain->put_genesis(first));
    LUCID_CHECK(chain->load());
    return chain;
}

Result<void> Chain::put_genesis(const GenesisBlock& genesis) {
    StoredBlock block;
    block.header = genesis.header;
    block.payload = genesis.payload.encode();
    LUCID_TRY(const auto snapshot, store_.snapshot());
    LUCID_TRY(const auto state,
              store::prepare_update(snapshot, genesis.state, proto::empty_trie_root()));
    LogEntry registration;
    registration.data =
        proto::anchor_leaf(0, genesis_.node, proto::NodeAnchor{genesis_.evidence_key});
    registration.leaf = genesis.first_leaf;
    store::AnchorLog log(snapshot, 0);
    LUCID_CHECK(log.append(registration));
    store::BlockStore::Rows index;
    store::BlockStore::index_node(index, 0, genesis_.node);
    return store_.put_block(block, genesis_hash_, state, log.rows(), index);
}

Result<Hash32> Chain::submit(proto::Transaction transaction) {
    // The costly part first, without the lock.
    LUCID_TRY(const auto sender, transaction.sender());
    const std::lock_guard lock(mutex_);
    LUCID_TRY(auto view, state_at(std::nullopt));
    const auto world = world_of(view);
    auto added = pool_.add(std::move(transaction), sender, *world,
                           context_after_head(head_.header.timestamp + 1));
    if (view.state->failed()) return fail(*view.state->failed());
    return added;
}

Result<Hash32> Chain::submit_call(Bytes calldata) {
    const auto key = crypto::sha256(calldata);
    // The same anchor again: it waits already.
    if (const auto waiting = submitted_.find(key);
        waiting != submitted_.end() && pool_.find(waiting->second) != nullptr)
        return waiting->second;
    proto::Transaction t;
    t.type = proto::TransactionType::dynamic_fee;
    t.chain_id = genesis_.chain_id;
    t.nonce = nonce(genesis_.node, true);
    t.max_fee_per_gas = base_fee_wei;
    t.gas_limit = anchor_gas;
    t.to = anchors_address();
    t.data = std::move(calldata);
    t.sign(keys_.account);
    LUCID_TRY(const auto hash, submit(std::move(t)));
    submitted_[key] = hash;
    return hash;
}

Result<Hash32> Chain::submit_anchor(const proto::CheckpointAnchor& anchor) {
    const std::lock_guard lock(mutex_);
    if (store_.find_checkpoint(anchor.slot)) return fail(Errc::already_exists, "checkpoint");
    return submit_call(checkpoint_calldata(anchor));
}

Result<Hash32> Chain::submit_anchor(const proto::SessionAnchor& anchor) {
    const std::lock_guard lock(mutex_);
    if (store_.find_session(anchor.session_id.bytes)) return fail(Errc::already_exists, "session");
    return submit_call(session_calldata(anchor));
}

Result<SessionPlace> Chain::find_session(const SessionId& id) const {
    return store_.find_session(id.bytes);
}

Result<std::optional<std::uint64_t>> Chain::produce(std::uint64_t now_s) {
    const std::lock_guard lock(mutex_);
    const auto slot = proto::slot_at(genesis_.time_s, now_s);
    if (slot == 0 || now_s < proto::slot_start(genesis_.time_s, slot) + block_delay_s)
        return std::nullopt;
    LUCID_TRY(const auto signed_slot, store_.signed_slot());
    if (slot <= signed_slot) return std::nullopt;
    if (pool_.size() == 0) {
        LUCID_TRY(const auto due, budgets_due(slot));
        if (!due) return std::nullopt;
    }
    return make_block(slot);
}

std::uint64_t Chain::head_slot() const {
    return proto::slot_at(genesis_.time_s, head_.header.timestamp);
}

Result<bool> Chain::budgets_due(std::uint64_t slot) {
    if (epoch_of(slot) <= std::max(epoch_of(head_slot()), epoch_without_needs_)) return false;
    LUCID_TRY(auto view, state_at(std::nullopt));
    const auto context = next_context();
    bool due = false;
    LUCID_CHECK(run(view, [&](state::World& world) {
        due = !budget_withdrawals(world, context, nodes_, 0, 0).empty();
    }));
    if (!due) epoch_without_needs_ = epoch_of(slot);
    return due;
}

void Chain::apply_pool(Draft& draft, state::World& world, const evm::BlockContext& context,
                       std::uint64_t slot) {
    std::set<proto::Address> passed_over;
    for (const auto& entry : pool_.ready(world)) {
        if (passed_over.contains(entry.sender)) continue;
        const auto checked = state::check_transaction(
            world, context, entry.transaction, entry.sender, context.gas_limit - draft.gas_used);
        if (!checked) {
            passed_over.insert(entry.sender);
            // There may be room in the next block; all else does not get better by waiting.
            if (std::string_view(checked.error().context) != state::gas_limit_reached)
                pool_.drop_from(entry.sender, entry.transaction.nonce);
            continue;
        }
        auto applied = state::apply_transaction(world, context, entry.transaction, entry.sender,
                                                draft.gas_used);
        draft.gas_used += applied.gas_used;
        for (const auto& log : applied.receipt.logs) {
            draft.logs.push_back(log);
            if (const auto node = admitted_node(log)) draft.admitted.push_back(*node);
            if (auto leaf = leaf_of_event(slot, log)) {
                draft.entries.push_back({crypto::merkle_leaf(*leaf), slot, std::move(*leaf)});
                draft.entry_transactions.push_back(entry.hash);
            }
        }
        draft.block.transactions.push_back(entry.transaction.encode());
        draft.block.receipts.push_back(applied.receipt.encode());
    }
}

Chain::Draft Chain::fill_block(state::World& world, const evm::BlockContext& context,
                               std::uint64_t slot) {
    Draft draft;
    state::begin_block(world, context, head_hash_, {});
    apply_pool(draft, world, context, slot);
    auto nodes = nodes_;
    nodes.insert(nodes.end(), draft.admitted.begin(), draft.admitted.end());
    const auto place = epoch_of(slot) > epoch_of(head_slot()) ? 0 : nodes_.size();
    draft.block.withdrawals = budget_withdrawals(world, context, nodes, place, withdrawals_made_);
    state::apply_withdrawals(world, context.fork, draft.block.withdrawals);
    return draft;
}

Result<void> Chain::finish_header(Draft& draft, const evm::BlockContext& context,
                                  const store::StateUpdate& state, const Hash32& log_root,
                                  std::uint64_t log_size, std::uint64_t slot) const {
    LUCID_TRY(const auto parent_payload, proto::ConsensusPayload::decode(head_.payload));
    proto::ConsensusPayload payload;
    payload.slot = slot;
    payload.validator_set_hash = parent_payload.validator_set_hash;
    payload.log_size = log_size;
    payload.log_root = log_root;
    payload.previous_certificate_hash = crypto::sha256(head_.certificate);
    auto& block = draft.block;
    block.payload = payload.encode();
    auto& h = block.header;
    h.parent_hash = head_hash_;
    h.coinbase = context.coinbase;
    h.state_root = state.root;
    h.transactions_root = state::ordered_trie_root(block.transactions);
    h.receipts_root = state::ordered_trie_root(block.receipts);
    h.logs_bloom = proto::bloom_of(draft.logs);
    h.number = context.number;
    h.gas_limit = context.gas_limit;
    h.gas_used = draft.gas_used;
    h.timestamp = context.timestamp;
    const auto commitment = payload.hash();
    h.extra_data = Bytes(commitment.begin(), commitment.end());
    h.mix_hash = context.prev_randao;
    h.base_fee_per_gas = context.base_fee;
    h.withdrawals_root = state::withdrawals_root(block.withdrawals);
    return {};
}

Result<store::BlockStore::Rows> Chain::index_of(const Draft& draft, store::AnchorLog& log,
                                                std::uint64_t number) const {
    store::BlockStore::Rows index;
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
        index_entry(index, draft.entries[i], {log.size(), number, draft.entry_transactions[i]});
        LUCID_CHECK(log.append(draft.entries[i]));
    }
    for (std::size_t i = 0; i < draft.admitted.size(); ++i)
        store::BlockStore::index_node(index, nodes_.size() + i, draft.admitted[i]);
    if (!draft.block.withdrawals.empty())
        store::BlockStore::count_withdrawals(index,
                                             withdrawals_made_ + draft.block.withdrawals.size());
    return index;
}

Result<std::optional<std::uint64_t>> Chain::make_block(std::uint64_t slot) {
    const auto context = context_after_head(proto::slot_start(genesis_.time_s, slot));
    LUCID_TRY(auto view, state_at(std::nullopt));
    Draft draft;
    state::StateChanges changes;
    LUCID_CHECK(run(view, [&](state::World& world) {
        draft = fill_block(world, context, slot);
        changes = world.take_changes();
    }));
    if (draft.block.transactions.empty() && draft.block.withdrawals.empty()) return std::nullopt;
    // On disk before the signature exists: a node never signs twice for one slot. Meanwhile roots
    // are computed; where no thread is to be had it happens in get().
    auto slot_marked = std::async(std::launch::async | std::launch::deferred,
                                  [this, slot] { return store_.put_signed_slot(slot); });
    const auto& snapshot = view.state->snapshot();
    LUCID_TRY(const auto state, store::prepare_update(snapshot, changes, head_.header.state_root));
    store::AnchorLog log(snapshot, log_size_);
    LUCID_TRY(const auto index, index_of(draft, log, context.number));
    LUCID_TRY(const auto log_root, log.root());
    LUCID_CHECK(finish_header(draft, context, state, log_root, log.size(), slot));
    auto& block = draft.block;
    const auto hash = block.header.hash();

    LUCID_CHECK(slot_marked.get());
    proto::Certificate certificate;
    certificate.height = block.header.number;
    certificate.block_hash = hash;
    certificate.votes = {{0, keys_.validator.sign(proto::vote_message(
                                 genesis_.chain_id, block.header.number, 0, hash))}};
    block.certificate = certificate.encode();
    LUCID_CHECK(store_.put_block(block, hash, state, log.rows(), index));

    log_size_ = log.size();
    nodes_.insert(nodes_.end(), draft.admitted.begin(), draft.admitted.end());
    withdrawals_made_ += block.withdrawals.size();
    head_ = std::move(block);
    head_hash_ = hash;
    LUCID_TRY(const auto after, store_.state_at(std::nullopt));
    state::World world(*after);
    pool_.drop_used(world);
    std::erase_if(submitted_,
                  [this](const auto& item) { return pool_.find(item.second) == nullptr; });
    return head_.header.number;
}

}  // namespace lucid::blockchain::chain
