// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "recorder_double.hpp"

#include <lucid/core/net/frame_channel.hpp>
#include <lucid/rdp/gateway/recorder_link.hpp>

#include <csignal>
#include <fstream>
#include <map>
#include <poll.h>
#include <sys/socket.h>

namespace lucid::rdp::gateway::test {

namespace {

struct Recording {
    SessionId id;
    core::net::Fd pipe;
    std::ofstream file;
    std::size_t received = 0;
    std::size_t acknowledged = 0;
    std::string tail;
};

/// Reads what is there; false at the end of the pipe.
bool take(Recording& recording) {
    static Bytes buffer(1 << 20);
    const auto got = ::recv(recording.pipe.get(), buffer.data(), buffer.size(), 0);
    if (got <= 0) return false;
    const auto text = as_text(ByteView(buffer).first(static_cast<std::size_t>(got)));
    recording.file << text << std::flush;
    recording.tail += text.substr(text.size() > 512 ? text.size() - 512 : 0);
    if (recording.tail.size() > 1024) recording.tail.erase(0, recording.tail.size() - 1024);
    recording.received += static_cast<std::size_t>(got);
    constexpr std::size_t mebibyte = 1 << 20;
    while (recording.acknowledged + mebibyte <= recording.received) {
        const std::uint8_t one = 1;
        (void)::send(recording.pipe.get(), &one, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
        recording.acknowledged += mebibyte;
    }
    return true;
}

}  // namespace

int run_recorder_double(const char* directory) {
    std::signal(SIGINT, SIG_IGN);
    std::signal(SIGTERM, SIG_IGN);
    core::net::FrameChannel channel(core::net::Fd(3));
    std::map<int, Recording> recordings;
    bool draining = false;
    while (!draining || !recordings.empty()) {
        std::vector<pollfd> items{{channel.fd(), POLLIN, 0}};
        for (const auto& [fd, recording] : recordings) items.push_back({fd, POLLIN, 0});
        (void)::poll(items.data(), items.size(), -1);
        if (items[0].revents != 0) {
            auto frame = channel.receive();
            if (!frame) return 0;
            const auto request = decode_open(frame->payload);
            if (!request) {
                draining = true;
                continue;
            }
            int ends[2];
            if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return 1;
            Recording recording;
            recording.id = request->id;
            recording.pipe = core::net::Fd(ends[0]);
            recording.file.open(std::string(directory) + "/" + request->id.hex() + ".events",
                                std::ios::binary);
            const core::net::Fd given(ends[1]);
            if (!channel.send(encode(OpenAnswer{request->id, true, ""}), given.get())) return 0;
            recordings.emplace(ends[0], std::move(recording));
        }
        for (std::size_t i = 1; i < items.size(); ++i) {
            if (items[i].revents == 0) continue;
            auto& recording = recordings.at(items[i].fd);
            if (take(recording)) continue;
            RecordingClosed closed;
            closed.id = recording.id;
            const bool proper = recording.tail.find("\"state\":\"complete\"") != std::string::npos;
            closed.state = proper ? "complete" : "partial";
            (void)channel.send(encode(closed));
            recordings.erase(items[i].fd);
        }
    }
    return 0;
}

}  // namespace lucid::rdp::gateway::test
