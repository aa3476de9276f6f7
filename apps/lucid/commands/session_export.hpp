// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../commands.hpp"

namespace CLI {
class App;
}  // namespace CLI

namespace lucid::app {

/// `lucid session export`: pictures, video and events of a recording, from this node or from a
/// bundle without any node.
void add_session_export(CLI::App& session, Context& context);

/// `lucid session show --thumbnail`: a small picture of the middle of the session. False, and
/// reported, when there is none.
bool write_thumbnail(Context& context, const std::string& session, const std::string& identity_file,
                     const std::string& file);

}  // namespace lucid::app
