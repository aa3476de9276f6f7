// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What World keeps of an account and of a slot, and the steps of its journal. Private to this
/// folder.

#include <lucid/blockchain/evm/code.hpp>
#include <lucid/blockchain/state/reader.hpp>

#include <cstring>
#include <memory>
#include <unordered_map>

namespace lucid::blockchain::state {

/// Makes the order of hash tables unpredictable: contracts choose the keys of their storage.
struct HashSeed {
    std::uint64_t value;
};

/// Both halves of a product, folded: every input bit reaches every output bit.
[[nodiscard]] inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
    const auto product = proto::Uint128{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

struct AddressHash {
    HashSeed seed;
    std::size_t operator()(const Address& address) const {
        std::array<std::uint64_t, 3> words{};
        std::memcpy(words.data(), address.data(), 20);
        return mix(words[0] ^ seed.value ^ words[2] << 32,
                   words[1] ^ 0x9e3779b97f4a7c15 ^ (words[2] | 1) ^ seed.value >> 7);
    }
};
struct WordHash {
    HashSeed seed;
    std::size_t operator()(const Uint256& key) const {
        const auto& w = key.words;
        return mix(w[0] ^ seed.value, w[1] ^ 0x9e3779b97f4a7c15) ^
               mix(w[2] ^ 0xbf58476d1ce4e5b9, w[3] ^ (seed.value >> 5 | 1));
    }
};
struct Hash32Hash {
    std::size_t operator()(const Hash32& hash) const {
        std::size_t word = 0;
        std::memcpy(&word, hash.data(), sizeof word);
        return word;
    }
};
struct SlotKey {
    Address address{};
    Uint256 key;
    friend bool operator==(const SlotKey&, const SlotKey&) = default;
};
struct SlotKeyHash {
    HashSeed seed;
    std::size_t operator()(const SlotKey& k) const {
        return AddressHash{seed}(k.address) ^ WordHash { seed }(k.key);
    }
};

struct Slot {
    Uint256 current;
    Uint256 original;                  ///< valid where original_epoch is the running one
    std::uint64_t original_epoch = 0;  ///< transaction that first looked at it
    std::uint64_t warm_epoch = 0;
    bool written = false;  ///< since take_changes()
};

struct Entry {
    explicit Entry(const Address& a, HashSeed seed) : address(a), slots(0, WordHash{seed}) {}

    Address address;
    std::uint64_t nonce = 0;
    Uint256 balance;
    Hash32 code_hash{};
    std::shared_ptr<const evm::Code> code;  ///< null while it was not asked for
    bool exists = false;
    bool base_has_storage = false;  ///< the base has slots that count
    bool storage_cleared = false;   ///< since take_changes()
    bool changed = false;           ///< since take_changes()
    bool code_changed = false;      ///< since take_changes()
    std::uint64_t warm_epoch = 0;
    std::uint64_t touched_epoch = 0;
    std::uint64_t created_epoch = 0;
    std::uint64_t destroyed_epoch = 0;
    std::unordered_map<Uint256, Slot, WordHash> slots;

    [[nodiscard]] bool is_empty() const {
        return !exists || (nonce == 0 && balance.is_zero() && code_hash == empty_code_hash());
    }
};

/// One step back.
struct Undo {
    enum class Kind : std::uint8_t {
        existence,
        balance,
        nonce,
        code,
        slot,
        transient,
        warm_account,
        warm_slot,
        touch,
        creation,
        destruction,
        log,
        refund
    };
    Kind kind;
    Entry* entry = nullptr;
    union {
        Slot* slot;
        Uint256* transient;
        std::int64_t number;
    };
    Uint256 value{};
    std::shared_ptr<const evm::Code> code{};

    explicit Undo(Kind k, Entry* e = nullptr) : kind(k), entry(e), number(0) {}
};

}  // namespace lucid::blockchain::state
