// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

namespace lucid::test {

/// The roles that a gateway under test starts from the test's own binary; nothing when it was not
/// started as one.
[[nodiscard]] std::optional<int> run_role(int argc, char** argv);

}  // namespace lucid::test
