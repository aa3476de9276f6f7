// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/net/frame_channel.hpp>

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace lucid::core::net {
namespace {

constexpr std::size_t prefix_bytes = 4;
using Deadline = std::optional<std::chrono::steady_clock::time_point>;

/// Waits until readable. Errc::timed_out when the deadline passes first.
Result<void> wait_readable(int fd, const Deadline& deadline) {
    for (;;) {
        int timeout_ms = -1;
        if (deadline) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                *deadline - std::chrono::steady_clock::now());
            timeout_ms = static_cast<int>(std::max<std::int64_t>(left.count(), 0));
        }
        pollfd item{fd, POLLIN, 0};
        const int ready = ::poll(&item, 1, timeout_ms);
        if (ready > 0) return {};
        if (ready == 0) return fail(Errc::timed_out, "local channel");
        if (errno != EINTR) return fail_errno(errno, "local channel poll");
    }
}

/// Reads exactly `out.size()` bytes; takes a passed descriptor if one comes along.
Result<void> read_exactly(int fd, MutableByteView out, Fd& passed, const Deadline& deadline) {
    std::size_t done = 0;
    while (done < out.size()) {
        LUCID_CHECK(wait_readable(fd, deadline));
        iovec part{out.data() + done, out.size() - done};
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.data();
        message.msg_controllen = control.size();
        const auto got = ::recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0 && errno == ECONNRESET) return fail(Errc::peer_closed, "local channel");
        if (got < 0) return fail_errno(errno, "local channel read");
        for (auto* c = CMSG_FIRSTHDR(&message); c != nullptr; c = CMSG_NXTHDR(&message, c)) {
            if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS) continue;
            int received = -1;
            std::memcpy(&received, CMSG_DATA(c), sizeof received);
            passed = Fd(received);
        }
        if (got == 0) return fail(Errc::peer_closed, "local channel", done);
        done += static_cast<std::size_t>(got);
    }
    return {};
}

}  // namespace

Result<std::pair<FrameChannel, FrameChannel>> FrameChannel::make_pair() {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return fail_errno(errno, "socketpair");
    return std::pair{FrameChannel(Fd(ends[0])), FrameChannel(Fd(ends[1]))};
}

Result<FrameChannel> FrameChannel::connect(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(Errc::bad_length, "socket path", path.size());
    std::memcpy(address.sun_path, path.data(), path.size());
    Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail_errno(errno, "socket");
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        return fail_errno(errno, "connect to local socket");
    return FrameChannel(std::move(socket));
}

Result<void> FrameChannel::send(ByteView payload, int pass_fd) {
    if (payload.size() > frame_bytes_max)
        return fail(Errc::limit_exceeded, "local frame", payload.size());
    ByteArray<prefix_bytes> prefix;
    for (std::size_t i = 0; i < prefix_bytes; ++i)
        prefix[i] = static_cast<std::uint8_t>(payload.size() >> (8 * i));
    std::size_t done = 0;
    const auto total = prefix_bytes + payload.size();
    while (done < total) {
        std::array<iovec, 2> parts{};
        std::size_t count = 0;
        if (done < prefix_bytes) parts[count++] = {prefix.data() + done, prefix_bytes - done};
        const auto body_done = done < prefix_bytes ? 0 : done - prefix_bytes;
        if (body_done < payload.size())
            parts[count++] = {const_cast<std::uint8_t*>(payload.data()) + body_done,
                              payload.size() - body_done};
        msghdr message{};
        message.msg_iov = parts.data();
        message.msg_iovlen = count;
        alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
        if (pass_fd >= 0 && done == 0) {
            message.msg_control = control.data();
            message.msg_controllen = control.size();
            auto* c = CMSG_FIRSTHDR(&message);
            c->cmsg_level = SOL_SOCKET;
            c->cmsg_type = SCM_RIGHTS;
            c->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(c), &pass_fd, sizeof pass_fd);
        }
        const auto sent = ::sendmsg(socket_.get(), &message, MSG_NOSIGNAL);
        if (sent >= 0) {
            done += static_cast<std::size_t>(sent);
            continue;
        }
        if (errno == EINTR) continue;
        if (errno == EAGAIN) {
            pollfd item{socket_.get(), POLLOUT, 0};
            ::poll(&item, 1, -1);
            continue;
        }
        if (errno == EPIPE || errno == ECONNRESET) return fail(Errc::peer_closed, "local channel");
        return fail_errno(errno, "local channel write");
    }
    return {};
}

Result<Frame> FrameChannel::receive(std::optional<std::chrono::milliseconds> timeout) {
    Deadline deadline;
    if (timeout) deadline = std::chrono::steady_clock::now() + *timeout;
    Frame frame;
    ByteArray<prefix_bytes> prefix;
    LUCID_CHECK(read_exactly(socket_.get(), prefix, frame.fd, deadline));
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix_bytes; ++i) length |= std::size_t{prefix[i]} << (8 * i);
    if (length > frame_bytes_max) return fail(Errc::limit_exceeded, "local frame", length);
    frame.payload.resize(length);
    LUCID_CHECK(read_exactly(socket_.get(), frame.payload, frame.fd, deadline));
    return frame;
}

}  // namespace lucid::core::net
