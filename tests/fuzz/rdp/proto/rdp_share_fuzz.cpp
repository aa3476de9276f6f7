// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/rdp_parsers.hpp>

/// Oracle: PDUs and sets lie inside the data; a removed cookie is gone and the size stays.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_share({data, size});
    return 0;
}
