// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/core/runtime/data_dir.hpp>

namespace lucid::app {

/// Makes genesis with this node as the first validator and writes trust.json.
Result<void> set_up_chain(const core::runtime::DataDir& data);

}  // namespace lucid::app
