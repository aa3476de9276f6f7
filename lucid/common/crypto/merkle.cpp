// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/crypto/hash.hpp>
#include <lucid/common/crypto/merkle.hpp>
#include <lucid/common/result/assert.hpp>

#include <bit>

namespace lucid::crypto {
namespace {

constexpr ByteArray<1> leaf_prefix = {0x00};
constexpr ByteArray<1> node_prefix = {0x01};

/// Largest power of two strictly below n; n >= 2 (RFC 6962 §2.1).
std::size_t split_point(std::size_t n) {
    return std::bit_floor(n - 1);
}

void inclusion(std::span<const Hash32> leaves, std::uint64_t index, std::vector<Hash32>& proof) {
    if (leaves.size() <= 1) return;
    const auto k = split_point(leaves.size());
    if (index < k) {
        inclusion(leaves.first(k), index, proof);
        proof.push_back(merkle_root(leaves.subspan(k)));
    } else {
        inclusion(leaves.subspan(k), index - k, proof);
        proof.push_back(merkle_root(leaves.first(k)));
    }
}

/// SUBPROOF of RFC 6962 §2.1.2.
void subproof(std::span<const Hash32> leaves, std::uint64_t old_size, bool whole,
              std::vector<Hash32>& proof) {
    if (old_size == leaves.size()) {
        if (!whole) proof.push_back(merkle_root(leaves));
        return;
    }
    const auto k = split_point(leaves.size());
    if (old_size <= k) {
        subproof(leaves.first(k), old_size, whole, proof);
        proof.push_back(merkle_root(leaves.subspan(k)));
    } else {
        subproof(leaves.subspan(k), old_size - k, false, proof);
        proof.push_back(merkle_root(leaves.first(k)));
    }
}

}  // namespace

Hash32 merkle_leaf(ByteView data) {
    return sha256({leaf_prefix, data});
}
Hash32 merkle_node(const Hash32& left, const Hash32& right) {
    return sha256({node_prefix, left, right});
}
Hash32 merkle_empty_root() {
    return sha256(ByteView{});
}

Hash32 merkle_root(std::span<const Hash32> leaves) {
    if (leaves.empty()) return merkle_empty_root();
    // A lone last node is carried up unchanged, which is what splitting at the largest power of two
    // amounts to.
    std::vector<Hash32> level(leaves.begin(), leaves.end());
    while (level.size() > 1) {
        std::size_t out = 0;
        for (std::size_t i = 0; i + 1 < level.size(); i += 2)
            level[out++] = merkle_node(level[i], level[i + 1]);
        if (level.size() % 2 == 1) level[out++] = level.back();
        level.resize(out);
    }
    return level.front();
}

void MerkleFrontier::add(const Hash32& leaf) {
    peaks_.push_back(leaf);
    // As many merges as `size_` has trailing one bits.
    for (auto bits = size_; (bits & 1U) != 0; bits >>= 1) {
        const auto right = peaks_.back();
        peaks_.pop_back();
        peaks_.back() = merkle_node(peaks_.back(), right);
    }
    ++size_;
}

Hash32 MerkleFrontier::root() const {
    if (peaks_.empty()) return merkle_empty_root();
    auto root = peaks_.back();
    for (auto peak = peaks_.rbegin() + 1; peak != peaks_.rend(); ++peak)
        root = merkle_node(*peak, root);
    return root;
}

std::vector<Hash32> merkle_inclusion_proof(std::span<const Hash32> leaves, std::uint64_t index) {
    LUCID_ASSERT(index < leaves.size());
    std::vector<Hash32> proof;
    inclusion(leaves, index, proof);
    return proof;
}

// RFC 9162 §2.1.3.2, Verifying an Inclusion Proof.
Result<void> merkle_verify_inclusion(const Hash32& leaf, std::uint64_t index, std::uint64_t size,
                                     std::span<const Hash32> proof, const Hash32& root) {
    if (index >= size) return fail(Errc::bad_value, "inclusion proof index", index);
    auto fn = index;
    auto sn = size - 1;
    auto r = leaf;
    for (const auto& p : proof) {
        if (sn == 0) return fail(Errc::bad_length, "inclusion proof", proof.size());
        if ((fn & 1U) != 0 || fn == sn) {
            r = merkle_node(p, r);
            while (fn != 0 && (fn & 1U) == 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            r = merkle_node(r, p);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0) return fail(Errc::bad_length, "inclusion proof", proof.size());
    if (r != root) return fail(Errc::hash_mismatch, "inclusion proof");
    return {};
}

std::vector<Hash32> merkle_consistency_proof(std::span<const Hash32> leaves,
                                             std::uint64_t old_size) {
    LUCID_ASSERT(old_size <= leaves.size());
    std::vector<Hash32> proof;
    if (old_size != 0) subproof(leaves, old_size, true, proof);
    return proof;
}

// RFC 9162 §2.1.4.2, Verifying Consistency between Two Tree Heads.
Result<void> merkle_verify_consistency(std::uint64_t old_size, const Hash32& old_root,
                                       std::uint64_t new_size, const Hash32& new_root,
                                       std::span<const Hash32> proof) {
    if (old_size > new_size) return fail(Errc::bad_value, "consistency proof sizes", old_size);
    if (old_size == 0 || old_size == new_size) {
        if (!proof.empty()) return fail(Errc::bad_length, "consistency proof", proof.size());
        if (old_size == 0 ? old_root != merkle_empty_root() : old_root != new_root)
            return fail(Errc::hash_mismatch, "consistency proof");
        return {};
    }
    std::vector<Hash32> path;
    if (std::has_single_bit(old_size)) path.push_back(old_root);
    path.insert(path.end(), proof.begin(), proof.end());
    if (path.empty()) return fail(Errc::bad_length, "consistency proof", 0);
    auto fn = old_size - 1;
    auto sn = new_size - 1;
    while ((fn & 1U) != 0) {
        fn >>= 1;
        sn >>= 1;
    }
    auto fr = path.front();
    auto sr = path.front();
    for (std::size_t i = 1; i < path.size(); ++i) {
        if (sn == 0) return fail(Errc::bad_length, "consistency proof", proof.size());
        if ((fn & 1U) != 0 || fn == sn) {
            fr = merkle_node(path[i], fr);
            sr = merkle_node(path[i], sr);
            while (fn != 0 && (fn & 1U) == 0) {
                fn >>= 1;
                sn >>= 1;
            }
        } else {
            sr = merkle_node(sr, path[i]);
        }
        fn >>= 1;
        sn >>= 1;
    }
    if (sn != 0) return fail(Errc::bad_length, "consistency proof", proof.size());
    if (fr != old_root || sr != new_root) return fail(Errc::hash_mismatch, "consistency proof");
    return {};
}

}  // namespace lucid::crypto
