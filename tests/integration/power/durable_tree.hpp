// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <random>
#include <string>

namespace lucid::test {

/// Replaces the folder `root` by what its shadow (power_shadow.cpp) kept. Data behind the last sync
/// of a file that is still named may survive in part, as it does on real disks: `random` decides.
void lose_power(const std::string& root, const std::string& shadow, std::mt19937& random);

/// Takes everything in `root` for durable: what was there before the programs under test began.
void take_for_durable(const std::string& root, const std::string& shadow);

}  // namespace lucid::test
