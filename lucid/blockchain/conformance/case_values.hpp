// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Values as Ethereum's test files write them, and where results go. Private to this folder.

#include <lucid/blockchain/conformance/report.hpp>
#include <lucid/blockchain/state/block_rules.hpp>
#include <lucid/blockchain/state/world.hpp>

#include <stdexcept>

#include <nlohmann/json.hpp>

namespace lucid::blockchain::conformance {

using Json = nlohmann::json;
using proto::Address;
using proto::Fork;
using proto::Uint256;

/// A file that is not as the format says. Caught by the runner: the case fails.
struct BadTest : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// "0x…" of any length, or a decimal; throws BadTest above 256 bits ("0x:bigint" too).
[[nodiscard]] Uint256 number(const Json& value);
[[nodiscard]] std::uint64_t number64(const Json& value);
[[nodiscard]] Bytes data(const Json& value);
template <std::size_t N>
[[nodiscard]] ByteArray<N> fixed(const Json& value) {
    const auto bytes = data(value);
    if (bytes.size() > N) throw BadTest("value too long");
    ByteArray<N> out{};
    std::copy(bytes.begin(), bytes.end(), out.end() - static_cast<std::ptrdiff_t>(bytes.size()));
    return out;
}
[[nodiscard]] state::Accounts read_accounts(const Json& pre);
[[nodiscard]] std::string hex(ByteView bytes);
[[nodiscard]] Hash32 hash_of_logs(const std::vector<proto::Log>& logs);
/// The first account that is not as it should be, for people.
[[nodiscard]] std::string difference(const state::Accounts& expected, const state::Accounts& got);
/// `config.blobSchedule` of a test, else Ethereum's own.
[[nodiscard]] state::BlobSchedule blob_schedule(const Json& test, const std::string& name,
                                                Fork fork);

/// What a file's cases need to know.
struct CaseContext {
    std::string file;
    std::optional<Fork> only;  ///< other forks are left out
    FileReport& report;
    evm::Workspace& workspace;  ///< of this thread
};

void run_state_cases(const std::string& name, const Json& test, const CaseContext& context);
void run_block_cases(const std::string& name, const Json& test, const CaseContext& context);
void run_transaction_cases(const std::string& name, const Json& test, const CaseContext& context);
void run_vm_cases(const std::string& name, const Json& test, const CaseContext& context);
void run_rlp_case(const std::string& name, const Json& test, const CaseContext& context);
void run_trie_case(const std::string& name, const Json& test, const CaseContext& context);
void run_abi_case(const std::string& name, const Json& test, const CaseContext& context);
/// BasicTests, GenesisTests, KeyStoreTests: a file each.
void run_basic_file(const Json& file, const CaseContext& context);

}  // namespace lucid::blockchain::conformance
