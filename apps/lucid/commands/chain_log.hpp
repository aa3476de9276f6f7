// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace lucid::app {
struct Context;

/// `lucid chain log …`, below `chain`.
void add_chain_log(CLI::App& chain, Context& context);

}  // namespace lucid::app
