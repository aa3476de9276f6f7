// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// What JSON-RPC methods share. Private to this folder.

#include <lucid/blockchain/chain/chain_view.hpp>
#include <lucid/blockchain/rpc/objects.hpp>

#include <chrono>
#include <functional>
#include <map>

namespace lucid::blockchain::rpc {

using chain::ChainView;
using chain::StateView;

class FilterTable;

/// One call: what a method sees.
struct Call {
    ChainView& chain;
    FilterTable& filters;
    const Json& params;
    const std::function<std::chrono::steady_clock::time_point()>& clock;
    std::chrono::steady_clock::time_point deadline;

    [[nodiscard]] const Json& at(std::size_t index, const char* what) const;
    [[nodiscard]] Json optional(std::size_t index) const {
        return params.is_array() && params.size() > index ? params[index] : Json();
    }
    /// Throws once the time of a request is over.
    void check_time() const;
};

/// Height that a block tag, number, hash or EIP-1898 object means; nothing for a block that is not
/// there. Absent: the head.
[[nodiscard]] std::optional<std::uint64_t> height_of(const Call& call, const Json& tag);
[[nodiscard]] std::optional<StoredBlock> block_at(const Call& call, std::uint64_t number);
/// Throws where there is no such block.
[[nodiscard]] StoredBlock known_block(const Call& call, const Json& tag);
/// Throws where the state is not kept (any more).
[[nodiscard]] StateView state_for(const Call& call, const Json& tag);

using Method = Json (*)(const Call&);
using Methods = std::map<std::string, Method, std::less<>>;
[[nodiscard]] const Methods& block_methods();
[[nodiscard]] const Methods& state_methods();
[[nodiscard]] const Methods& call_methods();
[[nodiscard]] const Methods& fee_methods();
[[nodiscard]] const Methods& pool_methods();
[[nodiscard]] const Methods& filter_methods();
[[nodiscard]] const Methods& debug_methods();
[[nodiscard]] const Methods& config_methods();
[[nodiscard]] const Methods& simulate_methods();

}  // namespace lucid::blockchain::rpc
