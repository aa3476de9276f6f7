// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/bytes/bytes.hpp>

#include <map>

namespace lucid::test {

/// Cases by name: the conformance vectors of others where they lie beside the project, streams of
/// FreeRDP's encoders and our own, the same damaged, and `large_*` ones of 1920 by 1080 to time.
std::map<std::string, Bytes> make_cases();

}  // namespace lucid::test
