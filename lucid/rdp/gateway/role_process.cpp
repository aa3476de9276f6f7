// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/log.hpp>
#include <lucid/rdp/gateway/role_process.hpp>

#include <algorithm>
#include <sys/socket.h>

namespace lucid::rdp::gateway {

namespace log = core::runtime::log;

namespace {
constexpr std::chrono::milliseconds exit_patience{5'000};
}  // namespace

RoleProcess::RoleProcess(std::string role, std::vector<std::string> arguments, Hooks hooks)
    : role_(std::move(role)), arguments_(std::move(arguments)), hooks_(std::move(hooks)) {
    thread_ = std::thread([this] { run(); });
}

RoleProcess::~RoleProcess() {
    stop({}, std::chrono::milliseconds(0));
}

void RoleProcess::run() {
    auto pause = pause_first;
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        const auto started = std::chrono::steady_clock::now();
        lock.unlock();
        run_once();
        if (hooks_.on_lost) hooks_.on_lost();
        lock.lock();
        if (stopping_) break;
        if (std::chrono::steady_clock::now() - started >= settled_after) pause = pause_first;
        changed_.wait_for(lock, pause, [this] { return stopping_; });
        pause = std::min(pause * 2, pause_max);
    }
    ended_ = true;
    changed_.notify_all();
}

void RoleProcess::run_once() {
    auto started = Child::spawn(role_, arguments_);
    if (!started) {
        log::error("a process cannot be started",
                   {{"role", role_}, {"error", started.error().message()}});
        return;
    }
    Child child = std::move(*started);
    log::info("process started", {{"role", role_}, {"pid", child.pid()}});
    {
        const std::lock_guard lock(mutex_);
        // stop() found no child to send away; the channel's end is this one's sign, too.
        if (stopping_) ::shutdown(child.channel().fd(), SHUT_RDWR);
        child_ = &child;
        ++starts_;
        changed_.notify_all();
    }
    for (;;) {
        auto frame = child.channel().receive();
        if (!frame) break;
        if (hooks_.on_frame) hooks_.on_frame(std::move(*frame));
    }
    {
        const std::lock_guard send_lock(send_mutex_);
        const std::lock_guard lock(mutex_);
        child_ = nullptr;
    }
    if (!child.wait(exit_patience)) child.kill();
    const std::lock_guard lock(mutex_);
    if (!stopping_) log::warning("process ended", {{"role", role_}, {"how", child.ending()}});
}

Result<void> RoleProcess::send(ByteView frame, int pass_fd) {
    const std::lock_guard send_lock(send_mutex_);
    Child* child = nullptr;
    {
        const std::lock_guard lock(mutex_);
        child = child_;
    }
    // run_once() takes send_mutex_ before it lets the child go, so it stays while we send.
    if (child == nullptr) return fail(Errc::peer_closed, "role process");
    return child->channel().send(frame, pass_fd);
}

bool RoleProcess::running() const {
    const std::lock_guard lock(mutex_);
    return child_ != nullptr;
}

pid_t RoleProcess::pid() const {
    const std::lock_guard lock(mutex_);
    return child_ != nullptr ? child_->pid() : -1;
}

unsigned RoleProcess::restarts() const {
    const std::lock_guard lock(mutex_);
    return starts_ > 0 ? starts_ - 1 : 0;
}

void RoleProcess::stop(ByteView last_frame, std::chrono::milliseconds patience) {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        changed_.notify_all();
    }
    if (!last_frame.empty()) (void)send(last_frame);
    {
        std::unique_lock lock(mutex_);
        const auto gone = [this] { return ended_; };
        if (!last_frame.empty()) changed_.wait_for(lock, patience, gone);
        if (!ended_ && child_ != nullptr) {
            // The end of its channel is every role's sign to leave.
            ::shutdown(child_->channel().fd(), SHUT_RDWR);
        }
    }
    thread_.join();
}

}  // namespace lucid::rdp::gateway
