// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Sends what `.io` files ask to JSON-RPC over an imported chain and compares the answers.

#include <lucid/blockchain/conformance/runner.hpp>
#include <lucid/blockchain/import/io_suite.hpp>
#include <lucid/blockchain/rpc/rpc.hpp>

namespace lucid::blockchain::import {

/// Files by method (folders) and by whether values or only forms count (groups). `filter`: files
/// whose name contains it.
[[nodiscard]] conformance::Summary run_io_files(const rpc::Rpc& rpc, const IoSuite& suite,
                                                const std::string& filter);

/// Imports the suite's chain into a folder that is gone afterwards, and runs the files.
Result<conformance::Summary> run_io_suite(const IoSuite& suite, const std::string& filter);

}  // namespace lucid::blockchain::import
