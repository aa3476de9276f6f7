// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/gateway/scanner_link.hpp>

#include <array>
#include <cerrno>
#include <sys/socket.h>

namespace lucid::rdp::gateway {

Result<core::net::Fd> ScannerLink::open() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail_errno(errno, "scan pipe");
    core::net::Fd relays(ends[0]);
    const core::net::Fd scanners(ends[1]);
    LUCID_CHECK(process_.send(as_bytes("{}"), scanners.get()));
    return relays;
}

}  // namespace lucid::rdp::gateway
