// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The transaction object of eth_call and its kin. Private to this folder.

#include <lucid/blockchain/rpc/block_overrides.hpp>
#include <lucid/blockchain/rpc/call.hpp>
#include <lucid/blockchain/rpc/state_overrides.hpp>
#include <lucid/blockchain/state/transition.hpp>

namespace lucid::blockchain::rpc {

struct CallRequest {
    proto::Address from{};
    /// As far as it was given: gas capped, prices as they came, no signature.
    proto::Transaction transaction;
    bool has_gas = false;
    std::uint64_t gas_asked = 0;  ///< before it was capped
    bool has_nonce = false;
    bool has_price = false;
    StateOverrides overrides{};
    BlockOverrides block{};
};

/// Throws RpcError.
[[nodiscard]] CallRequest call_request(const Json& object);

/// What code sees of the block that `tag` means when this request runs in it.
[[nodiscard]] evm::BlockContext context_for(const Call& call, const StateView& view,
                                            const CallRequest& request, const Json& tag);
/// Runs `work` on the EVM's stack over a view that it may change; what it throws arrives here.
void run_on_state(StateView& view, const std::function<void(state::World&)>& work);
/// Runs the request in the block that `tag` means: nothing of it is kept.
[[nodiscard]] state::Applied run_request(const Call& call, StateView& view,
                                         const CallRequest& request, const Json& tag,
                                         std::uint64_t gas);
/// geth's words and code 3 for a revert.
void throw_on_failure(const state::Applied& applied);
/// Reason of Error(string) or Panic(uint256) behind "execution reverted".
[[nodiscard]] std::string revert_reason(ByteView output);
/// Smallest limit with which the request succeeds.
[[nodiscard]] std::uint64_t estimate_gas(const Call& call, const CallRequest& request,
                                         const Json& tag);

}  // namespace lucid::blockchain::rpc
