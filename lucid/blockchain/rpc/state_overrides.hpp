// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Accounts as a call shall find them instead of as they are (execution-apis, state override set).
/// Private to this folder.

#include <lucid/blockchain/rpc/values.hpp>
#include <lucid/blockchain/state/world.hpp>

namespace lucid::blockchain::rpc {

struct AccountOverride {
    proto::Address address{};
    std::optional<proto::Uint256> balance{};
    std::optional<std::uint64_t> nonce{};
    std::optional<Bytes> code{};
    /// The precompiled contract that is here answers there.
    std::optional<proto::Address> moves_to{};
    bool replaces_storage = false;  ///< `state`: nothing else is left; else `stateDiff`
    std::map<proto::Uint256, proto::Uint256> storage{};
};
using StateOverrides = std::vector<AccountOverride>;

/// An object by address, or null. Throws RpcError.
[[nodiscard]] StateOverrides state_overrides(const Json& object);
/// Between transactions. A precompiled contract that is overridden answers no more where it was:
/// `context` then looks at `precompiles`, which is filled for its fork. Throws RpcError.
void apply_overrides(const StateOverrides& overrides, state::World& world,
                     evm::BlockContext& context, evm::Precompiles& precompiles);

}  // namespace lucid::blockchain::rpc
