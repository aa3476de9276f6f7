// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/scan/proto/clamd.hpp>
#include <lucid/scan/service/ask_clamd.hpp>

#include <cerrno>
#include <poll.h>
#include <sys/socket.h>

namespace lucid::scan::service {
namespace {

using Clock = std::chrono::steady_clock;

Result<void> wait(int socket, short events, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return fail(Errc::timed_out, "scanner");
        pollfd item{socket, events, 0};
        const int ready = ::poll(&item, 1, static_cast<int>(left.count()));
        if (ready > 0) return {};
        if (ready < 0 && errno != EINTR) return fail_errno(errno, "scanner");
    }
}

}  // namespace

Result<std::string> ask_version(const ScannerAddress& of, std::chrono::milliseconds limit) {
    const auto deadline = Clock::now() + limit;
    LUCID_TRY(const auto socket, begin_connect(of));
    LUCID_CHECK(wait(socket.get(), POLLOUT, deadline));
    const auto command = proto::clamd_version();
    if (::send(socket.get(), command.data(), command.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(command.size()))
        return fail_errno(errno, "scanner");
    proto::ClamdAnswer answer;
    for (;;) {
        LUCID_CHECK(wait(socket.get(), POLLIN, deadline));
        ByteArray<1024> buffer{};
        const auto got = ::recv(socket.get(), buffer.data(), buffer.size(), 0);
        if (got == 0) return fail(Errc::peer_closed, "scanner");
        if (got < 0) return fail_errno(errno, "scanner");
        LUCID_TRY(const auto text,
                  answer.take(ByteView(buffer).first(static_cast<std::size_t>(got))));
        if (text) return proto::scan_name(*text);
    }
}

}  // namespace lucid::scan::service
