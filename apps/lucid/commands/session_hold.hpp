// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../commands.hpp"

namespace lucid::app {

/// `lucid session hold` and `lucid session release`.
void add_session_hold(CLI::App& session, Context& context);

}  // namespace lucid::app
