// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/state_rows.hpp>
#include <lucid/common/bytes/writer.hpp>

namespace lucid::blockchain::store {

Bytes key_of(Table table, ByteView rest) {
    Bytes out = {static_cast<std::uint8_t>(table)};
    append(out, rest);
    return out;
}
Bytes key_of(Table table, std::uint64_t number) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(table)).u64_be(number);
    return w.take();
}
Bytes slot_key(const Address& address, const Uint256& slot) {
    auto key = key_of(Table::slot, address);
    append(key, slot.to_be());
    return key;
}

Bytes StoredAccount::encode() const {
    proto::rlp::Encoder e;
    e.integer(nonce).integer(balance).bytes(storage_root).bytes(code_hash);
    return e.list();
}

Result<StoredAccount> StoredAccount::decode(ByteView rlp) {
    LUCID_TRY(auto d, proto::rlp::Decoder::list(rlp, "stored account"));
    StoredAccount account;
    LUCID_TRY(account.nonce, d.u64("account nonce"));
    LUCID_TRY(account.balance, d.u256("account balance"));
    LUCID_TRY(account.storage_root, d.array<32>("storage root"));
    LUCID_TRY(account.code_hash, d.array<32>("code hash"));
    LUCID_CHECK(d.finish("stored account"));
    return account;
}

state::AccountHead StoredAccount::head() const {
    return {nonce, balance, code_hash, storage_root != proto::empty_trie_root()};
}

Result<std::optional<Bytes>> find(const storage::kv::Snapshot& snapshot, ByteView key) {
    auto value = snapshot.get(key);
    if (value) return std::optional(std::move(*value));
    if (value.error().code == make_error_code(Errc::not_found)) return std::optional<Bytes>();
    return fail(value.error());
}

}  // namespace lucid::blockchain::store
