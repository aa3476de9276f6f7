// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <tests/support/rdp_parsers.hpp>

/// Oracle: what is encoded again is readable, the same but for the cookie, which is gone.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    lucid::test::parse_client_info({data, size});
    return 0;
}
