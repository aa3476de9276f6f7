// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/blockchain/conformance/gaps.hpp>

#include <algorithm>
#include <array>
#include <string>

namespace lucid::blockchain::conformance {
namespace {

constexpr auto gaps = std::to_array<Gap>({
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
