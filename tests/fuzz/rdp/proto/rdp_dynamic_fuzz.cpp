// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/rdp_parsers.hpp>

/// Oracle: names keep their limit, data lies inside the message.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_dynamic({data, size});
    return 0;
}
