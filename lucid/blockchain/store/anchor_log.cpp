// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/store/anchor_log.hpp>
#include <lucid/common/bytes/writer.hpp>
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>

#include <bit>

namespace lucid::blockchain::store {
namespace {

using proto::rlp::Decoder;
using proto::rlp::Encoder;

Bytes node_key(unsigned level, std::uint64_t index) {
    Writer w;
    w.u8(static_cast<std::uint8_t>(Table::log_node)).u8(static_cast<std::uint8_t>(level));
    w.u64_be(index);
    return w.take();
}

/// The largest power of two below `count` (count > 1).
std::uint64_t left_part(std::uint64_t count) {
    return std::bit_floor(count - 1);
}

}  // namespace

Result<Bytes> AnchorLog::row(const Bytes& key) const {
    if (const auto added = rows_.find(key); added != rows_.end()) return added->second;
    return snapshot_.get(key);
}

Result<LogEntry> AnchorLog::entry(std::uint64_t index) const {
    LUCID_TRY(const auto bytes, row(key_of(Table::log, index)));
    LUCID_TRY(auto d, Decoder::list(bytes, "log entry"));
    LogEntry entry;
    LUCID_TRY(entry.block_slot, d.u64("log entry slot"));
    LUCID_TRY(entry.leaf, d.array<32>("log entry leaf"));
    LUCID_TRY(const auto data, d.bytes("log entry data"));
    entry.data = to_bytes(data);
    LUCID_CHECK(d.finish("log entry"));
    return entry;
}

Result<Hash32> AnchorLog::subtree(unsigned level, std::uint64_t index) const {
    LUCID_TRY(const auto bytes, row(node_key(level, index)));
    if (bytes.size() != 32) return fail(Errc::bad_length, "log node", bytes.size());
    Hash32 hash;
    std::copy(bytes.begin(), bytes.end(), hash.begin());
    return hash;
}

Result<Hash32> AnchorLog::range(std::uint64_t first, std::uint64_t count) const {
    if (std::has_single_bit(count)) {
        const auto level = static_cast<unsigned>(std::countr_zero(count));
        return subtree(level, first >> level);
    }
    const auto left = left_part(count);
    LUCID_TRY(const auto a, range(first, left));
    LUCID_TRY(const auto b, range(first + left, count - left));
    return crypto::merkle_node(a, b);
}

Result<Hash32> AnchorLog::root(std::uint64_t size) const {
    if (size > size_) return fail(Errc::bad_value, "log size", size);
    return size == 0 ? Result<Hash32>(crypto::merkle_empty_root()) : range(0, size);
}

Result<void> AnchorLog::path(std::uint64_t index, std::uint64_t first, std::uint64_t count,
                             std::vector<Hash32>& proof) const {
    if (count == 1) return {};
    const auto left = left_part(count);
    const bool in_left = index - first < left;
    LUCID_CHECK(in_left ? path(index, first, left, proof)
                        : path(index, first + left, count - left, proof));
    LUCID_TRY(const auto sibling, in_left ? range(first + left, count - left) : range(first, left));
    proof.push_back(sibling);
    return {};
}

Result<std::vector<Hash32>> AnchorLog::inclusion(std::uint64_t index, std::uint64_t size) const {
    if (index >= size || size > size_) return fail(Errc::bad_value, "log index", index);
    std::vector<Hash32> proof;
    LUCID_CHECK(path(index, 0, size, proof));
    return proof;
}

Result<void> AnchorLog::subproof(std::uint64_t old_size, std::uint64_t first, std::uint64_t count,
                                 bool known, std::vector<Hash32>& proof) const {
    if (old_size == count) {
        if (known) return {};
        LUCID_TRY(const auto hash, range(first, count));
        proof.push_back(hash);
        return {};
    }
    const auto left = left_part(count);
    const bool in_left = old_size <= left;
    LUCID_CHECK(in_left ? subproof(old_size, first, left, known, proof)
                        : subproof(old_size - left, first + left, count - left, false, proof));
    LUCID_TRY(const auto other, in_left ? range(first + left, count - left) : range(first, left));
    proof.push_back(other);
    return {};
}

Result<std::vector<Hash32>> AnchorLog::consistency(std::uint64_t old_size,
                                                   std::uint64_t size) const {
    if (old_size > size || size > size_) return fail(Errc::bad_value, "log size", old_size);
    std::vector<Hash32> proof;
    if (old_size > 0 && old_size < size) LUCID_CHECK(subproof(old_size, 0, size, true, proof));
    return proof;
}

Result<void> AnchorLog::append(const LogEntry& entry) {
    Encoder e;
    e.integer(entry.block_slot).bytes(entry.leaf).bytes(entry.data);
    rows_[key_of(Table::log, size_)] = e.list();
    auto hash = entry.leaf;
    rows_[node_key(0, size_)] = to_bytes(hash);
    // Every subtree that this leaf completes.
    auto index = size_;
    for (unsigned level = 0; (index & 1U) == 1; ++level) {
        LUCID_TRY(const auto left, subtree(level, index - 1));
        hash = crypto::merkle_node(left, hash);
        index >>= 1U;
        rows_[node_key(level + 1, index)] = to_bytes(hash);
    }
    ++size_;
    return {};
}

}  // namespace lucid::blockchain::store
