// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Where clamd listens: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310` (scanner.clamd in
/// lucid.toml).

#include <lucid/common/result/result.hpp>
#include <lucid/core/net/fd.hpp>

#include <string>
#include <string_view>

namespace lucid::scan::service {

struct ScannerAddress {
    std::string path;  ///< of a Unix socket; empty: TCP
    std::string address;
    std::uint16_t port = 0;
    [[nodiscard]] bool is_unix() const { return !path.empty(); }
    [[nodiscard]] std::string text() const;
    /// Accepts what text() gives. Errc::bad_value otherwise.
    static Result<ScannerAddress> parse(std::string_view text);
};

/// Begins to connect, without waiting; whether it succeeded shows when the socket is writable.
Result<core::net::Fd> begin_connect(const ScannerAddress& to);

}  // namespace lucid::scan::service
