// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "indexers.hpp"

#include <lucid/core/runtime/log.hpp>
#include <lucid/core/runtime/spawn.hpp>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <fmt/format.h>

namespace lucid::app {

namespace log = core::runtime::log;

Indexers::Indexers(std::string program, unsigned processes_max)
    : program_(std::move(program)),
      processes_max_(processes_max),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      thread_([this] { watch(); }) {}

Indexers::~Indexers() {
    stop();
}

void Indexers::wake() {
    const std::uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
}

core::net::Fd Indexers::start(const SessionId& id) {
    Request request{id, {}, false};
    std::unique_lock lock(mutex_);
    if (stopping_) return {};
    requests_.push_back(&request);
    wake();
    served_.wait(lock, [&] { return request.served; });
    return std::move(request.socket);
}

void Indexers::spawn_requested() {
    const std::lock_guard lock(mutex_);
    for (auto* request : std::exchange(requests_, {})) {
        request->served = true;
        if (stopping_) continue;
        if (running_.size() >= processes_max_) {
            log::warning("no indexer", {{"session", request->id.hex()},
                                        {"error", "as many run as session.indexers_max allows"}});
            continue;
        }
        auto child = core::runtime::spawn_program(program_, {"index"});
        if (!child) {
            log::warning("no indexer",
                         {{"session", request->id.hex()}, {"error", child.error().message()}});
            continue;
        }
        Running running;
        running.id = request->id;
        running.pid = child->pid;
        running.process = core::net::Fd(static_cast<int>(::syscall(SYS_pidfd_open, child->pid, 0)));
        running_.push_back(std::move(running));
        request->socket = child->channel.release();
    }
    served_.notify_all();
}

void Indexers::closed(const SessionId& id) {
    {
        const std::lock_guard lock(mutex_);
        for (auto& running : running_)
            if (running.id == id) running.until = Clock::now() + end_patience;
    }
    wake();
}

void Indexers::stop() {
    if (!thread_.joinable()) return;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake();
    thread_.join();
}

std::vector<pid_t> Indexers::pids() {
    const std::lock_guard lock(mutex_);
    std::vector<pid_t> out;
    for (const auto& running : running_) out.push_back(running.pid);
    return out;
}

void Indexers::wait() {
    std::vector<pollfd> items{{wake_.get(), POLLIN, 0}};
    int timeout_ms = -1;
    {
        const std::lock_guard lock(mutex_);
        for (const auto& running : running_) {
            items.push_back({running.process.get(), POLLIN, 0});
            if (!running.until) continue;
            const auto left =
                std::chrono::duration_cast<std::chrono::milliseconds>(*running.until - Clock::now())
                    .count();
            const auto ms = static_cast<int>(std::max<long>(0, left + 1));
            timeout_ms = timeout_ms < 0 ? ms : std::min(timeout_ms, ms);
        }
    }
    ::poll(items.data(), items.size(), timeout_ms);
    std::uint64_t count = 0;
    (void)!::read(wake_.get(), &count, sizeof count);
}

void Indexers::reap() {
    const std::lock_guard lock(mutex_);
    running_.remove_if([this](Running& running) {
        if (stopping_ || (running.until && *running.until <= Clock::now()))
            (void)::kill(running.pid, SIGKILL);
        int status = 0;
        const auto reaped = ::waitpid(running.pid, &status, stopping_ ? 0 : WNOHANG);
        if (reaped == 0) return false;
        if (reaped == running.pid && status != 0 && !stopping_)
            log::warning("indexer ended",
                         {{"session", running.id.hex()},
                          {"how", WIFSIGNALED(status)
                                      ? fmt::format("killed by signal {}", WTERMSIG(status))
                                      : fmt::format("exited with {}", WEXITSTATUS(status))}});
        return true;
    });
}

void Indexers::watch() {
    for (;;) {
        wait();
        spawn_requested();
        reap();
        const std::lock_guard lock(mutex_);
        if (stopping_) return;
    }
}

}  // namespace lucid::app
