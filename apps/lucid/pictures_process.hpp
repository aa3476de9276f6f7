// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/sessions/replay/export_files.hpp>
#include <lucid/sessions/replay/recording.hpp>

#include <string>
#include <vector>

namespace lucid::app {

/// Path of `lucid-pictures`, whether it is there or not.
[[nodiscard]] std::string pictures_program();

/// Starts `lucid-pictures`, which stands beside this program, gives it the recording's events and
/// the files it asks for, and waits for its answer, a line of JSON (apps/pictures).
/// Errc::not_found: there is no such program. Errc::refused: it tried to leave its jail.
Result<std::string> run_pictures(const sessions::replay::Recording& recording,
                                 const std::vector<std::string>& arguments,
                                 sessions::replay::ExportFiles& files);

}  // namespace lucid::app
