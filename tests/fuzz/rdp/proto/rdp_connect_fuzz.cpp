// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/rdp_parsers.hpp>

/// Oracle: blocks lie inside the packet; a request encodes to one that says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_connect({data, size});
    return 0;
}
