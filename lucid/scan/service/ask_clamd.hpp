// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <lucid/scan/service/scanner_address.hpp>

#include <chrono>

namespace lucid::scan::service {

/// Name, version and date of the signatures, as clamd tells them ("ClamAV 1.4.3/27000/Sat Nov …").
/// Blocks up to `limit`. Errc::timed_out: somebody listens and says nothing.
Result<std::string> ask_version(const ScannerAddress& of, std::chrono::milliseconds limit);

}  // namespace lucid::scan::service
