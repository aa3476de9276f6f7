// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/evidence_parsers.hpp>

/// Oracle: refused with a place, or consistent; never verified, because nobody signed it.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_bundle({data, size});
    return 0;
}
