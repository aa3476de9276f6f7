// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The tests of ethereum/execution-apis on disk: a chain, and files METHOD/NAME.io of requests and
/// the answers that they must get.

#include <lucid/common/result/result.hpp>

#include <filesystem>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::import {

/// One request and its answer.
struct IoExchange {
    nlohmann::json request;
    nlohmann::json answer;
};
struct IoFile {
    std::string name;  ///< METHOD/NAME.io
    std::vector<IoExchange> exchanges;
    /// The answer is one of many: its form counts, not its values.
    bool spec_only = false;
};
/// Errc::bad_value for a text that is none. (`// comment`, `>> request`, `<< answer` lines.)
Result<IoFile> parse_io_file(std::string name, std::string_view text);

struct IoSuite {
    std::string genesis;     ///< genesis.json
    std::string blocks;      ///< chain.rlp
    nlohmann::json openrpc;  ///< schemas of results; null where there are none
    std::vector<IoFile> files;
};
/// A folder with genesis.json, chain.rlp and the files; an archive of one named
/// execution-apis*.tar.zst, beside it perhaps openrpc.json.zst; or the folder of these two.
/// Errc::not_found: none of these.
Result<IoSuite> open_io_suite(const std::filesystem::path& path);

}  // namespace lucid::blockchain::import
