// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Runs Ethereum's official test files (state, blockchain, transaction, RLP, trie, ABI, basic, VM)
/// on Lucid's EVM and counts.
///
///   LUCID_TRY(const auto summary, run_conformance({"state-eest.tar.zst"}));
///   summary.good();  // every failure is a named gap

#include <lucid/blockchain/proto/fork.hpp>
#include <lucid/common/result/result.hpp>

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace lucid::blockchain::conformance {

struct Options {
    std::filesystem::path path;
    std::optional<proto::Fork> fork;  ///< others are left out
    unsigned threads = 0;             ///< 0: one for each processor
    std::size_t every = 1;            ///< each n-th file: a sample
    std::string filter;               ///< files whose name contains it
};

struct Count {
    std::size_t passed = 0;
    std::size_t failed = 0;  ///< not named as gaps
    std::size_t gaps = 0;    ///< failed, and named
};

struct Failure {
    std::string file;
    std::string name;
    std::string group;
    std::string trouble;
    std::string gap;  ///< empty: unexplained
};

struct Summary {
    std::map<std::string, Count> folders;  ///< first two parts of a file's name
    std::map<std::string, Count> groups;   ///< fork, or kind
    std::vector<Failure> failures;
    Count total;
    std::size_t files = 0;
    double seconds = 0;

    [[nodiscard]] bool good() const { return total.failed == 0 && total.passed > 0; }
};

Result<Summary> run_conformance(const Options& options);

}  // namespace lucid::blockchain::conformance
