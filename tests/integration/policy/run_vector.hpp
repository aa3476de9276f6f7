// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "world.hpp"

namespace lucid::test {

/// Runs one vector as a session of its own; says what was different, or nothing.
[[nodiscard]] std::string run_vector(World& world, const Vector& vector);

}  // namespace lucid::test
