// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/common/bytes/bytes.hpp>

#include <array>
#include <cstring>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <tests/support/clamd_double.hpp>
#include <unistd.h>

namespace lucid::test {
namespace {

bool receive(int socket, void* into, std::size_t bytes) {
    return ::recv(socket, into, bytes, MSG_WAITALL) == static_cast<ssize_t>(bytes);
}

void send_answer(int socket, std::string_view text) {
    std::string out(text);
    out.push_back('\0');
    (void)!::send(socket, out.data(), out.size(), MSG_NOSIGNAL);
}

/// The content of one INSTREAM; false when the peer breaks off.
bool take_content(int socket, std::string& content) {
    std::array<char, 10> command{};
    if (!receive(socket, command.data(), command.size())) return false;
    if (std::string_view(command.data(), command.size()) != std::string_view("zINSTREAM\0", 10))
        return false;
    for (;;) {
        std::array<std::uint8_t, 4> head{};
        if (!receive(socket, head.data(), head.size())) return false;
        const auto bytes =
            static_cast<std::size_t>(head[0]) << 24 | head[1] << 16 | head[2] << 8 | head[3];
        if (bytes == 0) return true;
        const auto old = content.size();
        content.resize(old + bytes);
        if (!receive(socket, content.data() + old, bytes)) return false;
    }
}

}  // namespace

ClamdDouble::ClamdDouble(std::string path)
    : path_(std::move(path)),
      listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      wake_(::eventfd(0, EFD_CLOEXEC)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
    ::unlink(path_.c_str());
    (void)::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
    (void)::listen(listener_.get(), 64);
    thread_ = std::thread([this] { run(); });
}

ClamdDouble::~ClamdDouble() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
    thread_.join();
    ::unlink(path_.c_str());
    {
        const std::lock_guard lock(mutex_);
        for (const int socket : open_) (void)::shutdown(socket, SHUT_RDWR);
    }
    for (auto& thread : threads_) thread.join();
    for (const int socket : open_) ::close(socket);
}

void ClamdDouble::run() {
    for (;;) {
        std::array<pollfd, 2> items{{{wake_.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}}};
        (void)::poll(items.data(), items.size(), -1);
        if (items[0].revents != 0) return;
        const int socket = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
        if (socket < 0) continue;
        const std::lock_guard lock(mutex_);
        open_.push_back(socket);
        threads_.emplace_back([this, socket] { serve(socket); });
    }
}

void ClamdDouble::serve(int socket) {
    std::string content;
    if (!take_content(socket, content)) return;
    ++scans_;
    const auto has = [&](const char* word) { return content.find(word) != std::string::npos; };
    if (has("SILENT-WORD")) return;
    if (has("VIRUS-WORD"))
        send_answer(socket, "stream: Test.Word FOUND");
    else if (has("TOO-LONG-WORD"))
        send_answer(socket, "INSTREAM size limit exceeded. ERROR");
    else if (has("NONSENSE-WORD"))
        send_answer(socket, "stream: perhaps");
    else if (!has("HANG-UP-WORD"))
        send_answer(socket, "stream: OK");
    (void)::shutdown(socket, SHUT_RDWR);
}

}  // namespace lucid::test
