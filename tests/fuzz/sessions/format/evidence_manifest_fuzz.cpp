// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/evidence_parsers.hpp>

/// Oracle: what is accepted is its own canonical text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_manifest({data, size});
    return 0;
}
