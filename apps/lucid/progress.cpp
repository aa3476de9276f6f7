// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include "progress.hpp"

#include <cstdio>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

namespace lucid::app {

namespace {
constexpr std::chrono::milliseconds pause{200};
constexpr double mebibyte = 1 << 20;
}  // namespace

Progress::Progress(const Context& context, std::string what)
    : what_(std::move(what)), visible_(!context.json && ::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
    if (shown_) fmt::print(stderr, "\r\x1b[K");
}

void Progress::show(std::uint64_t done, std::uint64_t all) {
    const auto now = std::chrono::steady_clock::now();
    if (!visible_ || now < next_) return;
    next_ = now + pause;
    shown_ = true;
    const auto mib = static_cast<double>(done) / mebibyte;
    if (all == 0)
        fmt::print(stderr, "\r\x1b[K{}: {:.1f} MiB", what_, mib);
    else
        fmt::print(stderr, "\r\x1b[K{}: {:.1f} of {:.1f} MiB", what_, mib,
                   static_cast<double>(all) / mebibyte);
    std::fflush(stderr);
}

}  // namespace lucid::app
