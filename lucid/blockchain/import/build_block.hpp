// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// testing_buildBlockV1 of execution-apis: a method for conformance runs, which no node answers.

#include <lucid/blockchain/import/imported_chain.hpp>
#include <lucid/blockchain/rpc/values.hpp>

namespace lucid::blockchain::import {

/// Parent hash, payload attributes, transactions or null, extra data. Throws rpc::RpcError.
[[nodiscard]] rpc::Json build_block(const ImportedChain& chain, const rpc::Json& params);

}  // namespace lucid::blockchain::import
