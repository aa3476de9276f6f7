// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/stored_state.hpp>
#include <lucid/common/bytes/writer.hpp>

namespace lucid::blockchain::store {

Result<std::optional<Bytes>> StoredState::row(ByteView key) const {
    if (height_ < head_) {
        // What the first later block that changed it found.
        const auto history = key_of(Table::before, key);
        Writer from;
        from.bytes(history).u64_be(height_ + 1);
        LUCID_TRY(auto found, snapshot_.first_from(from.view(), history));
        if (found)
            return found->second.empty() ? std::nullopt : std::optional(std::move(found->second));
    }
    return find(snapshot_, key);
}

Result<std::optional<StoredAccount>> StoredState::stored_account(const Address& address) const {
    LUCID_TRY(const auto bytes, row(key_of(Table::account, address)));
    if (!bytes) return std::optional<StoredAccount>();
    LUCID_TRY(const auto account, StoredAccount::decode(*bytes));
    return std::optional(account);
}

std::optional<state::AccountHead> StoredState::account(const Address& address) {
    const auto account = stored_account(address);
    if (account) return *account ? std::optional((*account)->head()) : std::nullopt;
    failed_ = account.error();
    return std::nullopt;
}

Uint256 StoredState::storage(const Address& address, const Uint256& slot) {
    const auto value = row(slot_key(address, slot));
    if (value && (!*value || (*value)->size() <= 32))
        return *value ? Uint256::from_be(**value) : Uint256{};
    failed_ = value ? make_error(Errc::bad_length, "stored slot", (*value)->size()) : value.error();
    return {};
}

Bytes StoredState::code(const Hash32& code_hash) {
    auto code = snapshot_.get(key_of(Table::code, code_hash));
    if (code) return std::move(*code);
    failed_ = code.error();
    return {};
}

}  // namespace lucid::blockchain::store
