// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/chain/block_store.hpp>
#include <lucid/common/bytes/reader.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>

namespace lucid::blockchain::chain {
namespace {

using proto::rlp::Decoder;
using proto::rlp::Encoder;

constexpr std::size_t store_bytes_max = std::size_t{16} << 30;

/// Tables share one key space; the first byte names the table. Numbers are big-endian: order is
/// numeric.
enum class Table : std::uint8_t {
    meta = 'm',
    block = 'b',
    block_hash = 'h',
    transaction = 't',
    account = 'a',
    log = 'l',
};

Bytes key(Table table, ByteView rest) {
    Bytes out = {static_cast<std::uint8_t>(table)};
    append(out, rest);
    return out;
}
Bytes key(Table table, std::uint64_t number) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(table)).u64_be(number);
    return w.take();
}

Bytes encode_account(const state::Account& account) {
    Encoder slots;
    for (const auto& [slot, value] : account.storage) {
        Encoder item;
        item.integer(slot).integer(value);
        slots.raw(item.list());
    }
    Encoder e;
    e.integer(account.nonce).integer(account.balance).bytes(account.code).raw(slots.list());
    return e.list();
}

Result<state::Account> decode_account(ByteView bytes) {
    LUCID_TRY(auto d, Decoder::list(bytes, "account"));
    state::Account account;
    LUCID_TRY(account.nonce, d.u64("account nonce"));
    LUCID_TRY(account.balance, d.u256("account balance"));
    LUCID_TRY(const auto code, d.bytes("account code"));
    account.code = to_bytes(code);
    LUCID_TRY(auto slots, d.sublist("account storage"));
    while (!slots.empty()) {
        LUCID_TRY(auto item, slots.sublist("slot"));
        LUCID_TRY(const auto slot, item.u256("slot key"));
        LUCID_TRY(const auto value, item.u256("slot value"));
        account.storage[slot] = value;
    }
    return account;
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

Bytes encode_entry(const LogEntry& entry) {
    Encoder e;
    e.integer(entry.block_slot).bytes(entry.leaf).bytes(entry.data);
    return e.list();
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
    return e.list();
}

Result<StoredBlock> StoredBlock::decode(ByteView bytes) {
    LUCID_TRY(auto d, Decoder::list(bytes, "stored block"));
    StoredBlock block;
    LUCID_TRY(const auto header, d.raw("stored header"));
    LUCID_TRY(block.header, proto::Header::decode(header));
    LUCID_TRY(const auto payload, d.bytes("stored payload"));
    block.payload = to_bytes(payload);
    LUCID_TRY(const auto certificate, d.bytes("stored certificate"));
    block.certificate = to_bytes(certificate);
    LUCID_TRY(const auto transactions, d.sublist("stored transactions"));
    LUCID_TRY(block.transactions, decode_list(transactions));
    LUCID_TRY(const auto receipts, d.sublist("stored receipts"));
    LUCID_TRY(block.receipts, decode_list(receipts));
    LUCID_CHECK(d.finish("stored block"));
    return block;
}

Result<BlockStore> BlockStore::open(const std::string& directory) {
    LUCID_TRY(auto store, storage::kv::Store::open(directory, store_bytes_max));
    return BlockStore(std::move(store));
}

Result<std::optional<std::uint64_t>> BlockStore::head() const {
    const auto number = number_at(store_.get(key(Table::meta, as_bytes("head"))));
    if (number) return *number;
    if (number.error().code == make_error_code(Errc::not_found)) return std::nullopt;
    return fail(number.error());
}

Result<StoredBlock> BlockStore::block(std::uint64_t number) const {
    LUCID_TRY(const auto bytes, store_.get(key(Table::block, number)));
    return StoredBlock::decode(bytes);
}

Result<std::uint64_t> BlockStore::number_of(const Hash32& block_hash) const {
    return number_at(store_.get(key(Table::block_hash, block_hash)));
}

Result<TransactionPlace> BlockStore::find_transaction(const Hash32& hash) const {
    LUCID_TRY(const auto bytes, store_.get(key(Table::transaction, hash)));
    Reader r(bytes);
    TransactionPlace place;
    LUCID_TRY(place.block, r.u64_be("transaction block"));
    LUCID_TRY(place.index, r.u32_be("transaction index"));
    return place;
}

Result<state::Accounts> BlockStore::accounts() const {
    state::Accounts accounts;
    Error broken;
    bool good = true;
    LUCID_CHECK(store_.scan(key(Table::account, ByteView{}), [&](ByteView k, ByteView v) {
        auto account = decode_account(v);
        if (!account || k.size() != 21) {
            broken = account ? make_error(Errc::bad_length, "account key") : account.error();
            return good = false;
        }
        proto::Address address;
        std::copy(k.begin() + 1, k.end(), address.begin());
        accounts[address] = std::move(*account);
        return true;
    }));
    if (!good) return fail(broken);
    return accounts;
}

Result<std::vector<LogEntry>> BlockStore::log() const {
    std::vector<LogEntry> entries;
    bool good = true;
    LUCID_CHECK(store_.scan(key(Table::log, ByteView{}), [&](ByteView, ByteView v) {
        auto d = Decoder::list(v, "log entry");
        LogEntry entry;
        const auto slot = d ? d->u64("slot") : Result<std::uint64_t>(fail(d.error()));
        const auto leaf = slot ? d->array<32>("leaf") : Result<Hash32>(fail(slot.error()));
        const auto data = leaf ? d->bytes("data") : Result<ByteView>(fail(leaf.error()));
        if (!data) return good = false;
        entries.push_back({*leaf, *slot, to_bytes(*data)});
        return true;
    }));
    if (!good) return fail(Errc::bad_value, "anchor log entry", entries.size());
    return entries;
}

Result<void> BlockStore::put_genesis(const GenesisBlock& genesis, const LogEntry& first) {
    StoredBlock block;
    block.header = genesis.header;
    block.payload = genesis.payload.encode();
    std::map<proto::Address, std::optional<state::Account>> changed;
    for (const auto& [address, account] : genesis.accounts) changed[address] = account;
    return put_block(block, genesis.header.hash(), changed, 0, {first});
}

Result<void> BlockStore::put_block(
    const StoredBlock& block, const Hash32& hash,
    const std::map<proto::Address, std::optional<state::Account>>& changed,
    std::uint64_t log_size_before, const std::vector<LogEntry>& entries) {
    LUCID_TRY(auto batch, store_.begin());
    const auto number = block.header.number;
    LUCID_CHECK(batch.put(key(Table::block, number), block.encode()));
    LUCID_CHECK(batch.put(key(Table::block_hash, hash), number_bytes(number)));
    for (std::uint32_t i = 0; i < block.transactions.size(); ++i) {
        Writer place;
        place.u64_be(number).u32_be(i);
        LUCID_CHECK(batch.put(key(Table::transaction, crypto::keccak256(block.transactions[i])),
                              place.view()));
    }
    for (const auto& [address, account] : changed) {
        const auto row = key(Table::account, address);
        LUCID_CHECK(account ? batch.put(row, encode_account(*account)) : batch.erase(row));
    }
    for (std::size_t i = 0; i < entries.size(); ++i)
        LUCID_CHECK(batch.put(key(Table::log, log_size_before + i), encode_entry(entries[i])));
    LUCID_CHECK(batch.put(key(Table::meta, as_bytes("head")), number_bytes(number)));
    return batch.commit();
}

Result<std::uint64_t> BlockStore::signed_slot() const {
    const auto slot = number_at(store_.get(key(Table::meta, as_bytes("signed"))));
    if (slot) return *slot;
    if (slot.error().code == make_error_code(Errc::not_found)) return 0;
    return fail(slot.error());
}

Result<void> BlockStore::put_signed_slot(std::uint64_t slot) {
    LUCID_TRY(auto batch, store_.begin());
    LUCID_CHECK(batch.put(key(Table::meta, as_bytes("signed")), number_bytes(slot)));
    return batch.commit();
}

}  // namespace lucid::blockchain::chain
