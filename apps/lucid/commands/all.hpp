// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// One declaration per subcommand file of this folder.

namespace CLI {
class App;
}  // namespace CLI

namespace lucid::app {
struct Context;

void add_doctor(CLI::App& app, Context& context);
void add_up(CLI::App& app, Context& context);
void add_status(CLI::App& app, Context& context);
void add_prune(CLI::App& app, Context& context);
void add_bundle(CLI::App& app, Context& context);
void add_chain(CLI::App& app, Context& context);
void add_connect(CLI::App& app, Context& context);
/// Below `chain`.
void add_conformance(CLI::App& chain, Context& context);
void add_session(CLI::App& app, Context& context);
void add_host(CLI::App& app, Context& context);
void add_init(CLI::App& app, Context& context);
void add_ticket(CLI::App& app, Context& context);
void add_user(CLI::App& app, Context& context);
void add_fsck(CLI::App& app, Context& context);
void add_backup(CLI::App& app, Context& context);
void add_restore(CLI::App& app, Context& context);
void add_upgrade(CLI::App& app, Context& context);
void add_version(CLI::App& app, Context& context);
void add_manual(CLI::App& app, Context& context);
void add_volume(CLI::App& app, Context& context);

}  // namespace lucid::app
