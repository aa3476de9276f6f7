// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/state/block_rules.hpp>
#include <lucid/blockchain/state/transition.hpp>

#include <algorithm>

namespace lucid::blockchain::state {
namespace {

using evm::Fork;
using proto::Header;
using proto::HeaderFields;

constexpr std::uint64_t elasticity = 2;  ///< EIP-1559
constexpr std::uint64_t base_fee_change_denominator = 8;
constexpr std::uint64_t first_base_fee = 1'000'000'000;
constexpr std::uint64_t gas_limit_min = 5000;
constexpr std::uint64_t gas_limit_bound_divisor = 1024;
constexpr std::uint64_t blob_base_cost = 8192;  ///< EIP-7918

/// Where the base fee begins, the limit may double once.
std::uint64_t comparable_gas_limit(const Header& header, const Header& parent) {
    const bool first = header.has(HeaderFields::london) && !parent.has(HeaderFields::london);
    return parent.gas_limit * (first ? elasticity : 1);
}

Result<void> check_gas(const Header& h, const Header& parent) {
    if (h.gas_used > h.gas_limit) return fail(Errc::bad_value, "gasUsed", h.gas_used);
    const auto before = comparable_gas_limit(h, parent);
    const auto change = h.gas_limit > before ? h.gas_limit - before : before - h.gas_limit;
    if (change >= before / gas_limit_bound_divisor || h.gas_limit < gas_limit_min)
        return fail(Errc::bad_value, "gasLimit", h.gas_limit);
    if (!h.has(HeaderFields::london)) return {};
    const auto expected =
        parent.has(HeaderFields::london) ? base_fee_after(parent) : Uint256(first_base_fee);
    if (h.base_fee_per_gas != expected) return fail(Errc::bad_value, "baseFeePerGas");
    return {};
}

}  // namespace

HeaderFields header_fields_of(Fork fork) {
    if (fork >= Fork::prague) return HeaderFields::prague;
    if (fork >= Fork::cancun) return HeaderFields::cancun;
    if (fork >= Fork::shanghai) return HeaderFields::shanghai;
    return fork >= Fork::london ? HeaderFields::london : HeaderFields::frontier;
}

BlobSchedule blob_schedule_of(Fork fork) {
    if (fork >= Fork::prague) return {6, 9, 5007716};
    if (fork == Fork::cancun) return {3, 6, 3338477};
    return {};
}

Uint256 blob_base_fee(std::uint64_t excess_blob_gas, std::uint64_t fraction) {
    if (fraction == 0) return 1;
    Uint256 output;
    Uint256 term = fraction;
    for (std::uint64_t i = 1; !term.is_zero(); ++i) {
        output = output + term;
        const auto product = checked_multiply(term, excess_blob_gas);
        if (!product) return ~Uint256{};
        term = divide(*product, Uint256(fraction) * Uint256(i)).quotient;
    }
    return divide(output, fraction).quotient;
}

std::uint64_t excess_blob_gas_after(const Header& parent, const BlockRules& rules) {
    const auto total = parent.excess_blob_gas + parent.blob_gas_used;
    const auto target = rules.blobs.target * blob_gas_each;
    if (total < target) return 0;
    const auto blob_fee =
        blob_base_fee(parent.excess_blob_gas, rules.blobs.base_fee_update_fraction);
    if (rules.fork >= Fork::osaka &&
        Uint256(blob_base_cost) * parent.base_fee_per_gas > Uint256(blob_gas_each) * blob_fee)
        return parent.excess_blob_gas +
               parent.blob_gas_used * (rules.blobs.max - rules.blobs.target) / rules.blobs.max;
    return total - target;
}

Uint256 base_fee_after(const Header& parent) {
    const auto target = parent.gas_limit / elasticity;
    const auto& fee = parent.base_fee_per_gas;
    if (parent.gas_used == target || target == 0) return fee;
    const bool rises = parent.gas_used > target;
    const auto distance = rises ? parent.gas_used - target : target - parent.gas_used;
    const auto change =
        divide(divide(fee * Uint256(distance), target).quotient, base_fee_change_denominator)
            .quotient;
    if (!rises) return fee - change;
    return fee + std::max(change, Uint256(1));
}

Result<void> check_header(const Header& h, const Header& parent, const BlockRules& rules) {
    if (h.fields != header_fields_of(rules.fork)) return fail(Errc::bad_value, "header fields");
    if (h.parent_hash != parent.hash()) return fail(Errc::hash_mismatch, "parentHash");
    if (h.number != parent.number + 1) return fail(Errc::bad_value, "number", h.number);
    if (h.timestamp <= parent.timestamp) return fail(Errc::bad_value, "timestamp", h.timestamp);
    LUCID_CHECK(check_gas(h, parent));
    if (rules.fork >= Fork::paris && (!h.difficulty.is_zero() || h.nonce != ByteArray<8>{} ||
                                      h.ommers_hash != proto::empty_ommers_hash()))
        return fail(Errc::bad_value, "proof of work in a header after it");
    if (rules.fork < Fork::cancun) return {};
    if (h.blob_gas_used > rules.blobs.max * blob_gas_each || h.blob_gas_used % blob_gas_each != 0)
        return fail(Errc::bad_value, "blobGasUsed", h.blob_gas_used);
    if (h.excess_blob_gas != excess_blob_gas_after(parent, rules))
        return fail(Errc::bad_value, "excessBlobGas", h.excess_blob_gas);
    return {};
}

evm::BlockContext context_of(const Header& h, const BlockRules& rules) {
    evm::BlockContext c;
    c.fork = rules.fork;
    c.chain_id = rules.chain_id;
    c.number = h.number;
    c.timestamp = h.timestamp;
    c.gas_limit = h.gas_limit;
    c.coinbase = h.coinbase;
    c.prev_randao = h.mix_hash;
    c.difficulty = h.difficulty;
    if (h.has(HeaderFields::london)) c.base_fee = h.base_fee_per_gas;
    if (h.has(HeaderFields::cancun)) {
        c.blob_base_fee = blob_base_fee(h.excess_blob_gas, rules.blobs.base_fee_update_fraction);
        c.blob_gas_max = rules.blobs.max * blob_gas_each;
    }
    constexpr std::uint64_t osaka_blobs_max = 6;  // EIP-7594
    if (rules.fork >= Fork::osaka) c.blobs_per_transaction_max = osaka_blobs_max;
    return c;
}

}  // namespace lucid::blockchain::state
