// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/gaps.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace lucid::blockchain::conformance {
namespace {

constexpr auto gaps = std::to_array<Gap>({
    {"eip2537_bls_12_381_precompiles/", "BLS12-381 precompiles 0x0b – 0x11 are not there yet"},
    {"point_evaluation", "KZG point evaluation, precompile 0x0a, is not there yet"},
    {"test_call_to_precompile_in_pointer_context[fork_Prague-precompile_"
     "0x000000000000000000000000000000000000000b",
     "BLS12-381 addition, precompile 0x0b, is not there yet"},
    {"test_call_to_precompile_in_pointer_context[fork_Osaka-precompile_"
     "0x000000000000000000000000000000000000000b",
     "BLS12-381 addition, precompile 0x0b, is not there yet"},
    {"test_tx_entry_point", "KZG point evaluation, precompile 0x0a, is not there yet"},
    {"KeyStoreTests/basic_tests.json test2", "scrypt with N above what RFC 7914 allows for r = 1"},
    {"BasicTests/crypto.json", "ECIES of devp2p: Lucid's network is not Ethereum's"},
    {"BasicTests/blockgenesistest.json", "a header format from before Ethereum's launch"},
});

}  // namespace

std::span<const Gap> known_gaps() {
    return gaps;
}

const Gap* gap_of(std::string_view file, std::string_view name) {
    const auto full = std::string(file) + " " + std::string(name);
    const auto found = std::find_if(gaps.begin(), gaps.end(), [&](const Gap& gap) {
        return full.find(gap.pattern) != std::string::npos;
    });
    return found == gaps.end() ? nullptr : &*found;
}

}  // namespace lucid::blockchain::conformance
