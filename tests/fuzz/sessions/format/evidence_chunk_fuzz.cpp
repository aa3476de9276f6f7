// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/evidence_parsers.hpp>

/// Oracle: segments lie inside; what is accepted encodes to its own bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_chunk({data, size});
    return 0;
}
