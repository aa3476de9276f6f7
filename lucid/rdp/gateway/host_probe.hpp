// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Looking at a host from the command line: what security it chooses, which certificate it has,
/// whether it takes the credentials. Blocking, with a time limit.

#include <lucid/rdp/gateway/ports.hpp>

#include <optional>

namespace lucid::rdp::gateway {

struct HostProbe {
    HostSecurity security = HostSecurity::nla;
    Hash32 fingerprint{};
    /// NLA hosts: were the credentials taken? TLS hosts only tell after the desktop is up.
    bool login_checked = false;
};

/// Connects and takes the certificate. `wanted`: fails where the host chooses other security. With
/// a credential, an NLA login is tried. The error's context says what went wrong. SIGPIPE is
/// ignored meanwhile.
Result<HostProbe> probe_host(const std::string& address, std::uint16_t port,
                             std::optional<HostSecurity> wanted, const Credential* credential);

}  // namespace lucid::rdp::gateway
