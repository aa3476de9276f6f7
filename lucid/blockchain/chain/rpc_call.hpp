// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What JSON-RPC methods over a Chain share. Private to this folder.

#include <lucid/blockchain/chain/rpc_values.hpp>

namespace lucid::blockchain::chain {

/// One call: what a method sees.
struct Call {
    Chain& chain;
    const Json& params;

    [[nodiscard]] const Json& at(std::size_t index, const char* what) const {
        if (!params.is_array() || params.size() <= index)
            throw RpcError{
                rpc_invalid_params,
                "missing value for required argument " + std::to_string(index) + " (" + what + ")",
                {}};
        return params[index];
    }
    [[nodiscard]] Json optional(std::size_t index) const {
        return params.is_array() && params.size() > index ? params[index] : Json();
    }
};

/// Height that a block tag or number means; nothing for a block that is not there.
[[nodiscard]] std::optional<std::uint64_t> height_of(const Call& call, const Json& tag);
[[nodiscard]] std::optional<StoredBlock> block_at(const Call& call, std::uint64_t number);

Json eth_get_logs(const Call& call);

}  // namespace lucid::blockchain::chain
