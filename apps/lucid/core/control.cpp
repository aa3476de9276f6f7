// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "control.hpp"

#include <cerrno>
#include <cstring>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

namespace lucid::app {

namespace {

constexpr int backlog = 8;
constexpr std::chrono::seconds answer_limit{30};

Result<core::net::Fd> listen_at(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path)
        return fail(Errc::bad_length, "path of the control socket", path.size());
    std::memcpy(address.sun_path, path.data(), path.size());
    core::net::Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!socket.valid()) return fail_errno(errno, "control socket");
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
        ::chmod(path.c_str(), 0600) != 0 || ::listen(socket.get(), backlog) != 0)
        return fail_errno(errno, "control socket");
    return socket;
}

Bytes dump(const nlohmann::json& value) {
    const auto text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return to_bytes(as_bytes(text));
}

}  // namespace

Result<std::unique_ptr<ControlServer>> ControlServer::start(const std::string& path,
                                                            ControlHandler handler) {
    if (core::net::FrameChannel::connect(path)) return fail(Errc::already_exists, "control socket");
    (void)::unlink(path.c_str());
    LUCID_TRY(auto listener, listen_at(path));
    return std::unique_ptr<ControlServer>(
        new ControlServer(path, std::move(listener), std::move(handler)));
}

ControlServer::ControlServer(std::string path, core::net::Fd listener, ControlHandler handler)
    : path_(std::move(path)),
      listener_(std::move(listener)),
      wake_(::eventfd(0, EFD_CLOEXEC)),
      handler_(std::move(handler)),
      thread_([this] { run(); }) {}

ControlServer::~ControlServer() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
    (void)::unlink(path_.c_str());
}

void ControlServer::run() {
    for (;;) {
        std::array<pollfd, 2> items{{{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
        if (::poll(items.data(), items.size(), -1) < 0) continue;
        if (items[0].revents != 0) return;
        core::net::Fd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (socket.valid()) serve(std::move(socket));
    }
}

void ControlServer::serve(core::net::Fd socket) {
    core::net::FrameChannel channel(std::move(socket));
    for (;;) {
        auto frame = channel.receive(patience);
        if (!frame) return;
        const auto request =
            nlohmann::json::parse(frame->payload.begin(), frame->payload.end(), nullptr, false);
        nlohmann::json answer = {{"ok", false}, {"reason", "not a JSON object"}};
        if (request.is_object()) answer = handler_(request);
        if (!channel.send(dump(answer))) return;
    }
}

Result<nlohmann::json> ask_core(const std::string& path, const nlohmann::json& request) {
    auto channel = core::net::FrameChannel::connect(path);
    if (!channel) return fail(Errc::not_found, "running core");
    LUCID_CHECK(channel->send(dump(request)));
    LUCID_TRY(const auto frame, channel->receive(answer_limit));
    auto answer = nlohmann::json::parse(frame.payload.begin(), frame.payload.end(), nullptr, false);
    if (!answer.is_object()) return fail(Errc::bad_value, "answer of core");
    return answer;
}

}  // namespace lucid::app
