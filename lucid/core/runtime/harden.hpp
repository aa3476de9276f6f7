// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/common/result/result.hpp>

namespace lucid::core::runtime {

/// For every role process, before it reads anything: no new privileges, no core dumps, not
/// traceable by others, `files_max` descriptors at most.
Result<void> harden_process(unsigned files_max);

/// Closes every descriptor from `first` on.
void close_descriptors_from(int first);

}  // namespace lucid::core::runtime
