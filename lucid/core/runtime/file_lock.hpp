// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Advisory locks between processes of one machine (flock): held while the descriptor lives, gone
/// when the process is, however it ended.

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <chrono>
#include <string>

namespace lucid::core::runtime {

/// Takes the file's lock for this process alone; makes the file. Errc::timed_out when somebody else
/// still holds it after `patience`.
Result<net::Fd> lock_file(const std::string& path,
                          std::chrono::milliseconds patience = std::chrono::milliseconds{0});

}  // namespace lucid::core::runtime
