// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/core/runtime/signals.hpp>

#include <cerrno>
#include <csignal>
#include <sys/signalfd.h>
#include <unistd.h>

namespace lucid::core::runtime {
namespace {

sigset_t handled_signals() {
    sigset_t set;
    sigemptyset(&set);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGCHLD}) sigaddset(&set, number);
    return set;
}

}  // namespace

Result<net::Fd> open_signal_descriptor() {
    std::signal(SIGPIPE, SIG_IGN);
    const auto set = handled_signals();
    if (::sigprocmask(SIG_BLOCK, &set, nullptr) != 0) return fail_errno(errno, "block signals");
    net::Fd descriptor(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.valid()) return fail_errno(errno, "signalfd");
    return descriptor;
}

int read_signal(const net::Fd& descriptor) {
    signalfd_siginfo info{};
    const auto got = ::read(descriptor.get(), &info, sizeof info);
    return got == static_cast<ssize_t>(sizeof info) ? static_cast<int>(info.ssi_signo) : 0;
}

void unblock_signals() {
    const auto set = handled_signals();
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

PipeSignalIgnored::PipeSignalIgnored() : before_(std::signal(SIGPIPE, SIG_IGN)) {}
PipeSignalIgnored::~PipeSignalIgnored() {
    std::signal(SIGPIPE, before_);
}

}  // namespace lucid::core::runtime
