// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// core's side of the scanner process (docs/design/processes.md, "core → scanner").

#include <lucid/core/ports/content_scanner.hpp>
#include <lucid/rdp/gateway/role_process.hpp>

namespace lucid::rdp::gateway {

class ScannerLink : public core::ports::ContentScanner {
  public:
    /// Starts the scanner role with the data directory, whose lucid.toml names clamd.
    explicit ScannerLink(std::vector<std::string> arguments)
        : process_("scanner", std::move(arguments), {}) {}

    Result<core::net::Fd> open() override;
    [[nodiscard]] bool running() const { return process_.running(); }
    [[nodiscard]] pid_t pid() const { return process_.pid(); }
    [[nodiscard]] unsigned restarts() const { return process_.restarts(); }
    void stop(std::chrono::milliseconds patience) { process_.stop({}, patience); }

  private:
    RoleProcess process_;
};

}  // namespace lucid::rdp::gateway
