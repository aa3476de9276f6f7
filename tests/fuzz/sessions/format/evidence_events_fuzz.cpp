// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/evidence_parsers.hpp>

/// Oracle: times do not go back and every event takes bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_events({data, size});
    return 0;
}
