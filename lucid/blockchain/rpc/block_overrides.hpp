// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// A block as a call shall see it instead of as it is (execution-apis, block overrides). Private to
/// this folder.

#include <lucid/blockchain/chain/chain_view.hpp>
#include <lucid/blockchain/rpc/values.hpp>

namespace lucid::blockchain::rpc {

struct BlockOverrides {
    std::optional<std::uint64_t> number;
    std::optional<std::uint64_t> time_s;
    std::optional<std::uint64_t> gas_limit;
    std::optional<proto::Address> fee_recipient;
    std::optional<Hash32> prev_randao;
    std::optional<proto::Uint256> difficulty;
    std::optional<proto::Uint256> base_fee;
    std::optional<proto::Uint256> blob_base_fee;
    std::optional<Hash32> beacon_root;
    std::vector<proto::Withdrawal> withdrawals;
};

/// All that eth_simulateV1 can change. Throws RpcError.
[[nodiscard]] BlockOverrides block_overrides(const Json& object);
/// What one call can change, or null for nothing: its block makes no withdrawals and tells no
/// contract of a beacon root. Throws RpcError.
[[nodiscard]] BlockOverrides call_block_overrides(const Json& object);
/// The rules are those of the block that comes of it.
[[nodiscard]] evm::BlockContext apply_overrides(const BlockOverrides& overrides,
                                                const chain::ChainView& chain,
                                                evm::BlockContext context);

}  // namespace lucid::blockchain::rpc
