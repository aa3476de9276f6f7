// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The chain of a data directory.

#include <lucid/blockchain/chain/chain.hpp>
#include <lucid/core/runtime/data_dir.hpp>

namespace lucid::blockchain::chain {

/// Opens it: keys, genesis.json, store.
Result<std::unique_ptr<Chain>> open_chain(const core::runtime::DataDir& data);

/// Writes chain/genesis.json and trust.json for keys that exist.
Result<void> create_chain(const core::runtime::DataDir& data, std::uint64_t genesis_time_s);

}  // namespace lucid::blockchain::chain
