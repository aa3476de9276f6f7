// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Verification as commands show it.

#include <lucid/sessions/format/verify.hpp>

#include <memory>
#include <optional>
#include <string>

#include "commands.hpp"

namespace lucid::app {

/// A directory or a .tar file.
Result<std::unique_ptr<sessions::format::BundleSource>> open_bundle(const std::string& path);

/// An age identity file.
Result<crypto::age::Identity> read_identity(const std::string& path);

/// A trust file's path, or 0x + genesis hash.
Result<sessions::format::Trust> read_trust(const std::string& text);

/// Prints checks and verdict (or JSON) and sets the exit code: 0 verified, 3 consistent but
/// unpinned, 1 refused.
void print_report(Context& context, const sessions::format::VerifyReport& report);

}  // namespace lucid::app
