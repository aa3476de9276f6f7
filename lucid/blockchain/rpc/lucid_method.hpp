// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// lucid_*: anchors, checkpoints, proofs. Private to this folder.

#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/blockchain/rpc/values.hpp>

#include <functional>

namespace lucid::blockchain::rpc {

/// Nothing for another name. `local`: what is signed with the node's key is not for the network.
/// Throws RpcError.
std::optional<Json> lucid_method(chain::Chain& chain, const std::string& method, const Json& params,
                                 bool local, const std::function<std::string()>& status);

}  // namespace lucid::blockchain::rpc
