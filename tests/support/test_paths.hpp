// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Folders that tests read. Only test_paths.cpp is compiled with them, so a compiler cache serves
/// every clone.

namespace lucid::test {

/// The repository.
extern const char* const source_dir;
/// Conformance data made by others lies beside it; tests skip, counted, where it is absent.
extern const char* const conformance_dir;

}  // namespace lucid::test
