// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "test_paths.hpp"

namespace lucid::test {

const char* const source_dir = LUCID_SOURCE_DIR;
const char* const conformance_dir = LUCID_SOURCE_DIR "/../shared/conformance";

}  // namespace lucid::test
