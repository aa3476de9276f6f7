// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/runner.hpp>

#include <algorithm>

#include <fmt/format.h>

// The commands that wait for something of the host.

namespace lucid::rdp::headless {

Runner::Done Runner::run_command(const script::WaitPicture& c) {
    return wait_for(c.limit, "nothing was painted",
                    [this] { return session_.client().active() && is_painted(session_.screen()); });
}

Runner::Done Runner::run_command(const script::WaitStill& c) {
    watch_.start(session_.screen(), Clock::now());
    auto updates = session_.updates();
    return wait_for(c.limit, fmt::format("the picture did not rest for {} ms", c.span.count()),
                    [&] {
                        const auto now = Clock::now();
                        if (std::exchange(updates, session_.updates()) != session_.updates())
                            (void)watch_.look(session_.screen(), now);
                        return now - watch_.changed_at() >= c.span;
                    });
}

Runner::Done Runner::run_command(const script::WaitChange& c) {
    return wait_for(c.limit, "the picture did not change", [this] {
        return watch_.changed() || watch_.look(session_.screen(), Clock::now());
    });
}

Runner::Done Runner::run_command(const script::WaitSize& c) {
    return wait_for(c.limit, fmt::format("no desktop of {} x {}", c.width, c.height), [&] {
        const auto& screen = session_.screen();
        return screen.width() == c.width && screen.height() == c.height &&
               session_.client().active();
    });
}

Runner::Done Runner::run_command(const script::WaitPixel& c) {
    return wait_for(c.limit, fmt::format("no {:06x} at {},{}", c.colour, c.x, c.y),
                    [&] { return pixel_of(session_.screen(), c.x, c.y) == c.colour; });
}

Runner::Done Runner::run_command(const script::WaitClipboard& c) {
    return wait_for(c.limit, "the host's clipboard offers no " + c.format, [&] {
        const auto& formats = session_.host_clipboard();
        return std::find(formats.begin(), formats.end(), c.format) != formats.end();
    });
}

Runner::Done Runner::run_command(const script::WaitEnd& c) {
    const auto until = Clock::now() + c.limit;
    while (session_.step(until))
        if (Clock::now() >= until)
            return unexpected(Trouble{"the host did not end the session in time", ""});
    finished_ = true;
    if (session_.end() == End::host) return {};
    return over();
}

}  // namespace lucid::rdp::headless
