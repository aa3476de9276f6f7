// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/anchor_calls.hpp>
#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/chain/evm_stack.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <set>

namespace lucid::blockchain::chain {
namespace {

constexpr std::uint64_t anchor_gas = 400'000;
constexpr std::size_t leaf_head_bytes = 14 + 1 + 8 + 20;  ///< magic, type, slot, node
constexpr std::uint64_t block_hashes_kept = 256;          ///< BLOCKHASH
constexpr std::uint8_t leaf_checkpoint = 1;
constexpr std::uint8_t leaf_session = 2;

std::vector<Hash32> leaves_of(const std::vector<LogEntry>& log) {
    std::vector<Hash32> leaves;
    leaves.reserve(log.size());
    for (const auto& entry : log) leaves.push_back(entry.leaf);
    return leaves;
}

}  // namespace

Chain::Chain(BlockStore store, Genesis genesis, ChainKeys keys, state::Accounts accounts)
    : store_(std::move(store)),
      genesis_(genesis),
      keys_(std::move(keys)),
      world_(std::move(accounts)),
      pool_(genesis.node) {}

Result<std::unique_ptr<Chain>> Chain::open(const std::string& directory, const Genesis& genesis,
                                           ChainKeys keys) {
    if (keys.account.address() != genesis.node ||
        keys.validator.public_key() != genesis.validator_key)
        return fail(Errc::refused, "keys are not those that genesis names");
    LUCID_TRY(auto store, BlockStore::open(directory));
    LUCID_TRY(const auto first, make_genesis(genesis));
    LUCID_TRY(const auto head, store.head());
    if (!head) {
        LogEntry registration;
        registration.data =
            proto::anchor_leaf(0, genesis.node, proto::NodeAnchor{genesis.evidence_key});
        registration.leaf = first.first_leaf;
        LUCID_CHECK(store.put_genesis(first, registration));
    }
    LUCID_TRY(auto accounts, store.accounts());
    std::unique_ptr<Chain> chain(
        new Chain(std::move(store), genesis, std::move(keys), std::move(accounts)));
    chain->genesis_hash_ = first.header.hash();
    LUCID_CHECK(chain->load());
    return chain;
}

Result<void> Chain::load() {
    LUCID_TRY(const auto stored_genesis, store_.block(0));
    if (stored_genesis.header.hash() != genesis_hash_)
        return fail(Errc::hash_mismatch, "the store holds another chain than genesis.json");
    LUCID_TRY(const auto head, store_.head());
    LUCID_TRY(head_, store_.block(head.value_or(0)));
    head_hash_ = head_.header.hash();
    if (state::state_root(world_.accounts()) != head_.header.state_root)
        return fail(Errc::hash_mismatch, "stored state is not the head block's");
    world_ = world_at_head();
    LUCID_TRY(log_, store_.log());
    for (const auto& entry : log_)
        if (crypto::merkle_leaf(entry.data) != entry.leaf)
            return fail(Errc::hash_mismatch, "stored anchor log entry is not its leaf's");
    LUCID_TRY(const auto payload, proto::ConsensusPayload::decode(head_.payload));
    const auto commitment = payload.hash();
    if (head_.header.extra_data != to_bytes(commitment))
        return fail(Errc::hash_mismatch, "stored consensus payload is not the head block's");
    if (payload.log_size != log_.size() || payload.log_root != crypto::merkle_root(leaves_of(log_)))
        return fail(Errc::hash_mismatch, "stored anchor log is not the head block's");
    if (head_.header.number > 0) {
        const proto::ValidatorSet validators{{{genesis_.validator_key, 1, genesis_.node}}};
        LUCID_TRY(const auto certificate, proto::Certificate::decode(head_.certificate));
        LUCID_CHECK(certificate.verify(validators, genesis_.chain_id));
        if (certificate.block_hash != head_hash_)
            return fail(Errc::hash_mismatch, "stored certificate is not the head block's");
    }
    return walk_blocks();
}

Result<void> Chain::walk_blocks() {
    // Which block and transaction an entry came from is found again on the way.
    std::uint64_t index = 1;
    auto parent = genesis_hash_;
    for (std::uint64_t number = 1; number <= head_.header.number; ++number) {
        LUCID_TRY(const auto block, store_.block(number));
        if (block.header.number != number || block.header.parent_hash != parent)
            return fail(Errc::hash_mismatch, "a stored block does not follow its parent", number);
        if (block.transactions.size() != block.receipts.size() ||
            state::ordered_trie_root(block.transactions) != block.header.transactions_root ||
            state::ordered_trie_root(block.receipts) != block.header.receipts_root)
            return fail(Errc::hash_mismatch, "a stored block is not its header's", number);
        parent = block.header.hash();
        for (std::size_t i = 0; i < block.receipts.size(); ++i) {
            LUCID_TRY(const auto receipt, proto::Receipt::decode(block.receipts[i]));
            for (const auto& log : receipt.logs) {
                if (!leaf_of_event(0, log) || index >= log_.size()) continue;
                index_entry(log_[index], index, number, crypto::keccak256(block.transactions[i]));
                ++index;
            }
        }
    }
    if (parent != head_hash_)
        return fail(Errc::hash_mismatch, "stored head is not the last block", head_.header.number);
    return {};
}

void Chain::index_entry(const LogEntry& entry, std::uint64_t index, std::uint64_t block,
                        const Hash32& transaction) {
    Reader r(ByteView(entry.data).subspan(std::min(entry.data.size(), leaf_head_bytes)));
    const auto type = entry.data.size() > 14 ? entry.data[14] : 0;
    if (type == leaf_checkpoint) {
        if (const auto slot = r.u64_le("slot")) checkpoints_[*slot] = index;
    } else if (type == leaf_session) {
        if (const auto id = r.array<32>("session"))
            sessions_[SessionId{*id}] = {index, {block, transaction}};
    }
}

state::World Chain::world_at_head() const {
    state::World world(world_.accounts());
    world.block_hashes = [this](std::uint64_t number) {
        const auto head = head_.header.number;
        if (number > head || head - number >= block_hashes_kept) return Hash32{};
        const auto stored = store_.block(number);
        return stored ? stored->header.hash() : Hash32{};
    };
    return world;
}

evm::BlockContext Chain::context_after_head(std::uint64_t timestamp) const {
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

Result<Hash32> Chain::submit(proto::Transaction transaction) {
    const std::lock_guard lock(mutex_);
    return pool_.add(std::move(transaction), world_,
                     context_after_head(head_.header.timestamp + 1));
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
    t.nonce = pool_.next_nonce(genesis_.node, world_.nonce(genesis_.node));
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
    if (checkpoints_.contains(anchor.slot)) return fail(Errc::already_exists, "checkpoint");
    return submit_call(checkpoint_calldata(anchor));
}

Result<Hash32> Chain::submit_anchor(const proto::SessionAnchor& anchor) {
    const std::lock_guard lock(mutex_);
    if (sessions_.contains(anchor.session_id)) return fail(Errc::already_exists, "session");
    return submit_call(session_calldata(anchor));
}

Result<Chain::SessionPlace> Chain::find_session(const SessionId& id) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(id);
    if (found == sessions_.end()) return fail(Errc::not_found, "session");
    return found->second.second;
}

Result<std::optional<std::uint64_t>> Chain::produce(std::uint64_t now_s) {
    const std::lock_guard lock(mutex_);
    const auto slot = proto::slot_at(genesis_.time_s, now_s);
    if (slot == 0 || now_s < proto::slot_start(genesis_.time_s, slot) + block_delay_s)
        return std::nullopt;
    if (pool_.ready(world_).empty()) return std::nullopt;
    LUCID_TRY(const auto signed_slot, store_.signed_slot());
    if (slot <= signed_slot) return std::nullopt;
    return make_block(slot);
}

Chain::Draft Chain::fill_block(state::World& world, const evm::BlockContext& context,
                               std::uint64_t slot) {
    Draft draft;
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
            if (auto leaf = leaf_of_event(slot, log)) {
                draft.entries.push_back({crypto::merkle_leaf(*leaf), slot, std::move(*leaf)});
                draft.entry_transactions.push_back(entry.hash);
            }
        }
        draft.block.transactions.push_back(entry.transaction.encode());
        draft.block.receipts.push_back(applied.receipt.encode());
    }
    return draft;
}

Result<std::optional<std::uint64_t>> Chain::make_block(std::uint64_t slot) {
    const auto context = context_after_head(proto::slot_start(genesis_.time_s, slot));
    // A copy: what a failed write leaves behind must not be the head state.
    auto world = world_at_head();
    Draft draft;
    LUCID_CHECK(run_with_evm_stack([&] { draft = fill_block(world, context, slot); }));
    if (draft.block.transactions.empty()) return std::nullopt;
    auto& block = draft.block;
    auto leaves = leaves_of(log_);
    for (const auto& entry : draft.entries) leaves.push_back(entry.leaf);

    LUCID_TRY(const auto parent_payload, proto::ConsensusPayload::decode(head_.payload));
    proto::ConsensusPayload payload;
    payload.slot = slot;
    payload.validator_set_hash = parent_payload.validator_set_hash;
    payload.log_size = leaves.size();
    payload.log_root = crypto::merkle_root(leaves);
    payload.previous_certificate_hash = crypto::sha256(head_.certificate);
    block.payload = payload.encode();

    auto& h = block.header;
    h.parent_hash = head_hash_;
    h.coinbase = context.coinbase;
    h.state_root = state::state_root(world.accounts());
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
    const auto hash = h.hash();

    // On disk before the signature exists: a node never signs twice for one slot.
    LUCID_CHECK(store_.put_signed_slot(slot));
    proto::Certificate certificate;
    certificate.height = h.number;
    certificate.block_hash = hash;
    certificate.votes = {
        {0, keys_.validator.sign(proto::vote_message(genesis_.chain_id, h.number, 0, hash))}};
    block.certificate = certificate.encode();
    LUCID_CHECK(store_.put_block(block, hash, world.take_changed(), log_.size(), draft.entries));

    const auto before = log_.size();
    for (std::size_t i = 0; i < draft.entries.size(); ++i) {
        index_entry(draft.entries[i], before + i, h.number, draft.entry_transactions[i]);
        log_.push_back(std::move(draft.entries[i]));
    }
    head_ = std::move(block);
    head_hash_ = hash;
    world_ = std::move(world);
    pool_.drop_used(world_);
    return head_.header.number;
}

std::uint64_t Chain::height() const {
    const std::lock_guard lock(mutex_);
    return head_.header.number;
}
std::uint64_t Chain::log_size() const {
    const std::lock_guard lock(mutex_);
    return log_.size();
}
std::optional<PooledTransaction> Chain::pending(const Hash32& hash) const {
    const std::lock_guard lock(mutex_);
    const auto* found = pool_.find(hash);
    return found == nullptr ? std::nullopt : std::optional(*found);
}
std::size_t Chain::pool_size() const {
    const std::lock_guard lock(mutex_);
    return pool_.size();
}
std::uint64_t Chain::nonce(const proto::Address& address, bool with_pending) const {
    const std::lock_guard lock(mutex_);
    const auto nonce = world_.nonce(address);
    return with_pending ? pool_.next_nonce(address, nonce) : nonce;
}
state::Account Chain::account(const proto::Address& address) const {
    const std::lock_guard lock(mutex_);
    const auto found = world_.accounts().find(address);
    return found == world_.accounts().end() ? state::Account{} : found->second;
}

Result<state::Applied> Chain::call(const proto::Address& from,
                                   const std::optional<proto::Address>& to,
                                   const proto::Uint256& value, ByteView data,
                                   std::uint64_t gas) const {
    const std::lock_guard lock(mutex_);
    auto context = context_after_head(head_.header.timestamp + proto::slot_seconds);
    context.base_fee = 0;
    state::Applied applied;
    LUCID_CHECK(run_with_evm_stack(
        [&] { applied = state::simulate_call(world_, context, from, to, value, data, gas); }));
    return applied;
}

}  // namespace lucid::blockchain::chain
