// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/block_store.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>

#include <algorithm>

namespace lucid::blockchain::store {
namespace {

using proto::rlp::Decoder;
using proto::rlp::Encoder;

constexpr std::size_t store_bytes_max = std::size_t{64} << 30;
/// Raised when rows change their meaning.
constexpr std::uint64_t layout = 4;
/// States forgotten with one block: a window that became smaller shrinks over some blocks.
constexpr std::uint64_t forgotten_per_block = 64;

Bytes meta(std::string_view name) {
    return key_of(Table::meta, as_bytes(name));
}

Bytes encode_list(const std::vector<Bytes>& items) {
    Encoder e;
    for (const auto& item : items) e.bytes(item);
    return e.list();
}
Result<std::vector<Bytes>> decode_list(Decoder d) {
    std::vector<Bytes> out;
    while (!d.empty()) {
        LUCID_TRY(const auto item, d.bytes("stored item"));
        out.push_back(to_bytes(item));
    }
    return out;
}

Result<proto::Withdrawal> decode_withdrawal(Decoder d) {
    proto::Withdrawal withdrawal;
    LUCID_TRY(withdrawal.index, d.u64("withdrawal index"));
    LUCID_TRY(withdrawal.validator_index, d.u64("withdrawal validator"));
    LUCID_TRY(withdrawal.address, d.array<20>("withdrawal address"));
    LUCID_TRY(withdrawal.amount_gwei, d.u64("withdrawal amount"));
    LUCID_CHECK(d.finish("withdrawal"));
    return withdrawal;
}

Result<std::uint64_t> number_at(const Result<Bytes>& stored) {
    if (!stored) return fail(stored.error());
    Reader r(*stored);
    return r.u64_be("stored number");
}

Bytes number_bytes(std::uint64_t number) {
    Writer w;
    w.u64_be(number);
    return w.take();
}

}  // namespace

Bytes StoredBlock::encode() const {
    Encoder e;
    e.raw(header.encode()).bytes(payload).bytes(certificate);
    e.raw(encode_list(transactions)).raw(encode_list(receipts));
    Encoder ommer_list;
    for (const auto& ommer : ommers) ommer_list.raw(ommer.encode());
    Encoder withdrawal_list;
    for (const auto& withdrawal : withdrawals) withdrawal_list.raw(withdrawal.encode());
    e.raw(ommer_list.list()).raw(withdrawal_list.list());
    return e.list();
}

proto::Block StoredBlock::whole() const {
    proto::Block block;
    block.header = header;
    block.transactions = transactions;
    block.ommers = ommers;
    if (header.has(proto::HeaderFields::shanghai)) block.withdrawals = withdrawals;
    return block;
}

Result<proto::Header> StoredBlock::decode_header(ByteView bytes) {
    LUCID_TRY(auto d, Decoder::list(bytes, "stored block"));
    LUCID_TRY(const auto header, d.raw("stored header"));
    return proto::Header::decode_any(header);
}

Result<StoredBlock> StoredBlock::decode(ByteView bytes) {
    LUCID_TRY(auto d, Decoder::list(bytes, "stored block"));
    StoredBlock block;
    LUCID_TRY(const auto header, d.raw("stored header"));
    LUCID_TRY(block.header, proto::Header::decode_any(header));
    LUCID_TRY(const auto payload, d.bytes("stored payload"));
    block.payload = to_bytes(payload);
    LUCID_TRY(const auto certificate, d.bytes("stored certificate"));
    block.certificate = to_bytes(certificate);
    LUCID_TRY(const auto transactions, d.sublist("stored transactions"));
    LUCID_TRY(block.transactions, decode_list(transactions));
    LUCID_TRY(const auto receipts, d.sublist("stored receipts"));
    LUCID_TRY(block.receipts, decode_list(receipts));
    LUCID_TRY(auto ommers, d.sublist("stored ommers"));
    while (!ommers.empty()) {
        LUCID_TRY(const auto ommer, ommers.raw("stored ommer"));
        LUCID_TRY(auto decoded, proto::Header::decode_any(ommer));
        block.ommers.push_back(std::move(decoded));
    }
    LUCID_TRY(auto withdrawals, d.sublist("stored withdrawals"));
    while (!withdrawals.empty()) {
        LUCID_TRY(auto item, withdrawals.sublist("stored withdrawal"));
        LUCID_TRY(const auto withdrawal, decode_withdrawal(item));
        block.withdrawals.push_back(withdrawal);
    }
    LUCID_CHECK(d.finish("stored block"));
    return block;
}

Result<BlockStore> BlockStore::open(const std::string& directory, std::uint64_t history_blocks) {
    LUCID_TRY(auto kv, storage::kv::Store::open(directory, store_bytes_max));
    BlockStore store(std::move(kv), history_blocks);
    LUCID_TRY(const auto head, store.head());
    if (!head) return store;
    const auto found = number_at(store.store_.get(meta("layout")));
    if (!found || *found != layout)
        return fail(Errc::bad_version, "chain store of another version of Lucid",
                    found.value_or(1));
    return store;
}

/// Nothing where the key is not there.
Result<std::optional<std::uint64_t>> optional_number(const Result<Bytes>& stored) {
    const auto number = number_at(stored);
    if (number) return std::optional(*number);
    if (number.error().code == make_error_code(Errc::not_found))
        return std::optional<std::uint64_t>();
    return fail(number.error());
}

Result<std::optional<std::uint64_t>> BlockStore::head() const {
    return optional_number(store_.get(meta("head")));
}

Result<StoredBlock> BlockStore::block(std::uint64_t number) const {
    LUCID_TRY(const auto bytes, store_.get(key_of(Table::block, number)));
    return StoredBlock::decode(bytes);
}

Result<proto::Header> header_in(const storage::kv::Snapshot& snapshot, std::uint64_t number) {
    LUCID_TRY(const auto bytes, snapshot.view(key_of(Table::block, number)));
    return StoredBlock::decode_header(bytes);
}

Result<std::uint64_t> BlockStore::number_of(const Hash32& block_hash) const {
    return number_at(store_.get(key_of(Table::block_hash, block_hash)));
}

Result<TransactionPlace> BlockStore::find_transaction(const Hash32& hash) const {
    LUCID_TRY(const auto bytes, store_.get(key_of(Table::transaction, hash)));
    Reader r(bytes);
    TransactionPlace place;
    LUCID_TRY(place.block, r.u64_be("transaction block"));
    LUCID_TRY(place.index, r.u32_be("transaction index"));
    return place;
}

Result<SessionPlace> BlockStore::find_session(ByteView session_id) const {
    LUCID_TRY(const auto bytes, store_.get(key_of(Table::session, session_id)));
    LUCID_TRY(auto d, Decoder::list(bytes, "session place"));
    SessionPlace place;
    LUCID_TRY(place.log_index, d.u64("session index"));
    LUCID_TRY(place.block, d.u64("session block"));
    LUCID_TRY(place.transaction, d.array<32>("session transaction"));
    return place;
}

Result<std::uint64_t> BlockStore::find_checkpoint(std::uint64_t slot) const {
    return number_at(store_.get(key_of(Table::checkpoint, slot)));
}

void BlockStore::index_session(Rows& rows, ByteView session_id, const SessionPlace& place) {
    Encoder e;
    e.integer(place.log_index).integer(place.block).bytes(place.transaction);
    rows[key_of(Table::session, session_id)] = e.list();
}

void BlockStore::index_checkpoint(Rows& rows, std::uint64_t slot, std::uint64_t log_index) {
    rows[key_of(Table::checkpoint, slot)] = number_bytes(log_index);
}

void BlockStore::index_node(Rows& rows, std::uint64_t place, const proto::Address& node) {
    rows[key_of(Table::node, place)] = to_bytes(node);
}

void BlockStore::count_withdrawals(Rows& rows, std::uint64_t made) {
    rows[meta("withdrawals")] = number_bytes(made);
}

Result<std::vector<proto::Address>> BlockStore::nodes() const {
    std::vector<proto::Address> out;
    bool sound = true;
    LUCID_CHECK(store_.scan(key_of(Table::node, ByteView{}), [&](ByteView key, ByteView value) {
        proto::Address node{};
        sound = value.size() == node.size() && to_bytes(key) == key_of(Table::node, out.size());
        if (sound) std::copy(value.begin(), value.end(), node.begin());
        out.push_back(node);
        return sound;
    }));
    if (!sound) return fail(Errc::bad_value, "stored node", out.size() - 1);
    return out;
}

Result<std::uint64_t> BlockStore::withdrawals_made() const {
    LUCID_TRY(const auto made, optional_number(store_.get(meta("withdrawals"))));
    return made.value_or(0);
}

Result<std::unique_ptr<StoredState>> BlockStore::state_at(
    std::optional<std::uint64_t> height) const {
    LUCID_TRY(auto snapshot, store_.snapshot());
    LUCID_TRY(const auto head, number_at(snapshot.get(meta("head"))));
    const auto wanted = height.value_or(head);
    if (wanted > head) return fail(Errc::not_found, "block", wanted);
    LUCID_TRY(const auto oldest, optional_number(snapshot.get(meta("oldest"))));
    if (wanted < oldest.value_or(0)) return fail(Errc::refused, "state history", *oldest);
    return std::make_unique<StoredState>(std::move(snapshot), wanted, head);
}

Result<std::uint64_t> BlockStore::oldest_state() const {
    LUCID_TRY(const auto oldest, optional_number(store_.get(meta("oldest"))));
    return oldest.value_or(0);
}

Result<void> BlockStore::forget_old_states(storage::kv::Batch& batch, std::uint64_t head) const {
    if (history_blocks_ == 0 || head <= history_blocks_) return {};
    LUCID_TRY(const auto stored, optional_number(batch.get(meta("oldest"))));
    const auto first = stored.value_or(0);
    const auto oldest = std::min(head - history_blocks_, first + forgotten_per_block);
    if (oldest <= first) return {};
    for (auto block = first + 1; block <= oldest; ++block) LUCID_CHECK(drop_history(batch, block));
    return batch.put(meta("oldest"), number_bytes(oldest));
}

Result<void> BlockStore::put_block(const StoredBlock& block, const Hash32& hash,
                                   const StateUpdate& state, const Rows& log_rows,
                                   const Rows& index_rows) {
    LUCID_TRY(auto batch, store_.begin());
    const auto number = block.header.number;
    LUCID_CHECK(batch.put(key_of(Table::block, number), block.encode()));
    LUCID_CHECK(batch.put(key_of(Table::block_hash, hash), number_bytes(number)));
    for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
        Writer place;
        place.u64_be(number).u32_be(i);
        LUCID_CHECK(batch.put(key_of(Table::transaction, crypto::keccak256(block.transactions[i])),
                              place.view()));
    }
    LUCID_CHECK(write_update(batch, state, number, number > 0));
    for (const auto* rows : {&log_rows, &index_rows})
        for (const auto& [key, value] : *rows) LUCID_CHECK(batch.put(key, value));
    LUCID_CHECK(forget_old_states(batch, number));
    LUCID_CHECK(batch.put(meta("layout"), number_bytes(layout)));
    LUCID_CHECK(batch.put(meta("head"), number_bytes(number)));
    return batch.commit();
}

Result<std::uint64_t> BlockStore::signed_slot() const {
    LUCID_TRY(const auto slot, optional_number(store_.get(meta("signed"))));
    return slot.value_or(0);
}

Result<void> BlockStore::put_signed_slot(std::uint64_t slot) {
    LUCID_TRY(auto batch, store_.begin());
    LUCID_CHECK(batch.put(meta("signed"), number_bytes(slot)));
    return batch.commit();
}

Result<std::vector<BlockStore::Cosignature>> BlockStore::cosignatures(
    std::uint64_t log_size) const {
    std::vector<Cosignature> out;
    std::optional<Error> broken;
    LUCID_CHECK(store_.scan(key_of(Table::cosignature, log_size), [&](ByteView, ByteView row) {
        auto d = Decoder::list(row, "cosignature");
        const auto key = d ? d->bytes("witness") : Result<ByteView>(fail(d.error()));
        const auto line = key ? d->bytes("cosignature") : Result<ByteView>(fail(key.error()));
        if (!line) {
            broken = line.error();
            return false;
        }
        out.push_back({std::string(as_text(*key)), std::string(as_text(*line))});
        return true;
    }));
    if (broken) return fail(*broken);
    return out;
}

Result<void> BlockStore::put_cosignature(std::uint64_t log_size, const Cosignature& cosignature) {
    LUCID_TRY(const auto known, cosignatures(log_size));
    if (known.size() >= cosignatures_max)
        return fail(Errc::limit_exceeded, "cosignatures", known.size());
    auto key = key_of(Table::cosignature, log_size);
    append(key, crypto::sha256(as_bytes(cosignature.key)));
    Encoder row;
    row.bytes(as_bytes(cosignature.key)).bytes(as_bytes(cosignature.line));
    LUCID_TRY(auto batch, store_.begin());
    LUCID_CHECK(batch.put(key, row.list()));
    return batch.commit();
}

}  // namespace lucid::blockchain::store
