// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/rpc/call.hpp>
#include <lucid/blockchain/rpc/limits.hpp>

#include <algorithm>

// Prices, as wallets ask for them.

namespace lucid::blockchain::rpc {
namespace {

using proto::Uint256;

/// Priority fees at percentiles of a block's gas.
Json rewards_of(const StoredBlock& block, const std::vector<double>& percentiles) {
    struct Paid {
        Uint256 tip;
        std::uint64_t gas = 0;
    };
    std::vector<Paid> paid;
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < block.transactions.size(); ++i) {
        const auto used = stored_receipt(block.receipts[i]).cumulative_gas_used;
        const auto price = stored_transaction(block.transactions[i])
                               .effective_gas_price(block.header.base_fee_per_gas);
        paid.push_back(
            {price.value_or(block.header.base_fee_per_gas) - block.header.base_fee_per_gas,
             used - before});
        before = used;
    }
    std::sort(paid.begin(), paid.end(), [](const Paid& a, const Paid& b) { return a.tip < b.tip; });
    Json row = Json::array();
    for (const auto percentile : percentiles) {
        if (paid.empty()) {
            row.push_back("0x0");
            continue;
        }
        const auto threshold = static_cast<std::uint64_t>(
            static_cast<double>(block.header.gas_used) * percentile / 100);
        std::size_t at = 0;
        for (auto sum = paid[0].gas; sum < threshold && at + 1 < paid.size();)
            sum += paid[++at].gas;
        row.push_back(paid[at].tip.to_hex_quantity());
    }
    return row;
}

std::vector<double> percentiles_of(const Json& list) {
    std::vector<double> out;
    if (list.is_null()) return out;
    if (!list.is_array()) bad_param("rewardPercentiles", "array expected");
    if (list.size() > percentiles_max)
        throw RpcError{rpc_invalid_params, "over the query limit 100"};
    for (const auto& item : list) {
        if (!item.is_number()) bad_param("rewardPercentiles", "numbers expected");
        const auto value = item.get<double>();
        if (value < 0 || value > 100 || (!out.empty() && value < out.back()))
            throw RpcError{rpc_server_error, "invalid reward percentile"};
        out.push_back(value);
    }
    return out;
}

double ratio(std::uint64_t used, std::uint64_t limit) {
    return limit == 0 ? 0.0 : static_cast<double>(used) / static_cast<double>(limit);
}

Json fee_history(const Call& call) {
    const auto& wanted = call.at(0, "blockCount");
    const auto count = std::min(wanted.is_number_unsigned() ? wanted.get<std::uint64_t>()
                                                            : quantity_param(wanted, "blockCount"),
                                fee_blocks_max);
    const auto newest = height_of(call, call.at(1, "newestBlock"));
    if (!newest) throw RpcError{rpc_server_error, "request beyond head block"};
    const auto rewards = call.optional(2);
    const auto percentiles = percentiles_of(rewards);
    const auto oldest = *newest + 1 > count ? *newest + 1 - count : 0;
    Json fees = Json::array();
    Json ratios = Json::array();
    Json blob_fees = Json::array();
    Json blob_ratios = Json::array();
    Json rows = Json::array();
    for (auto number = oldest; number <= *newest && count > 0; ++number) {
        call.check_time();
        const auto block = block_at(call, number);
        if (!block) throw RpcError{rpc_server_error, "header not found"};
        const auto& h = block->header;
        fees.push_back(h.base_fee_per_gas.to_hex_quantity());
        const auto of_block = call.chain.context_of(h);
        blob_fees.push_back(of_block.blob_base_fee.to_hex_quantity());
        blob_ratios.push_back(ratio(h.blob_gas_used, of_block.blob_gas_max));
        ratios.push_back(ratio(h.gas_used, h.gas_limit));
        if (!rewards.is_null()) rows.push_back(rewards_of(*block, percentiles));
    }
    const auto next = *newest == call.chain.height() ? std::nullopt : block_at(call, *newest + 1);
    const auto context = next ? call.chain.context_of(next->header) : call.chain.next_context();
    fees.push_back(context.base_fee.to_hex_quantity());
    blob_fees.push_back(context.blob_base_fee.to_hex_quantity());
    Json out = {{"oldestBlock", hex_quantity(oldest)},
                {"baseFeePerGas", fees},
                {"gasUsedRatio", ratios},
                {"baseFeePerBlobGas", blob_fees},
                {"blobGasUsedRatio", blob_ratios}};
    if (!rewards.is_null()) out["reward"] = rows;
    return out;
}

Json base_fee(const Call& call) {
    return call.chain.next_context().base_fee.to_hex_quantity();
}

}  // namespace

const Methods& fee_methods() {
    static const Methods table = {
        {"eth_baseFee", base_fee},
        {"eth_blobBaseFee",
         [](const Call& c) {
             return Json(c.chain.next_context().blob_base_fee.to_hex_quantity());
         }},
        {"eth_feeHistory", fee_history},
        // Nobody bids here: the base fee is all that is asked for.
        {"eth_gasPrice", base_fee},
        {"eth_maxPriorityFeePerGas", [](const Call&) { return Json("0x0"); }},
    };
    return table;
}

}  // namespace lucid::blockchain::rpc
