// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/runner.hpp>

// Touch: contacts one by one, and gestures.

namespace lucid::rdp::headless {
namespace {

/// Hosts open the channel after the desktop is there.
constexpr std::chrono::seconds channel_limit{10};
/// Between two frames of a gesture: what digitizers do.
constexpr script::Milliseconds frame_span{16};

std::int32_t between(std::int32_t from, std::int32_t to, std::int64_t step, std::int64_t steps) {
    return static_cast<std::int32_t>(from + (std::int64_t{to} - from) * step / steps);
}

}  // namespace

Runner::Done Runner::wait_touch() {
    using State = client::Touch::State;
    const auto state = [this] { return session_.client().touch_state(); };
    if (auto active = wait_active(); !active) return active;
    if (auto ready = wait_for(channel_limit, "the host opened no touch channel",
                              [state] { return state() != State::absent; });
        !ready) {
        if (session_.end() == End::none)
            ready.error().next = "it takes no touch; use the mouse: click X Y";
        return ready;
    }
    if (state() == State::suspended)
        return unexpected(Trouble{"the host has suspended touch", "use the mouse: click X Y"});
    return {};
}

Runner::Done Runner::send_touch(std::span<const client::TouchPoint> points) {
    if (auto ready = wait_touch(); !ready) return ready;
    if (const auto sent = session_.touch(points); !sent)
        return unexpected(Trouble{"the contact cannot do that now",
                                  "down comes first; move and up are for contacts that are down"});
    if (!session_.step(Clock::now())) return over();
    return {};
}

Runner::Done Runner::run_command(const script::TouchPoint& c) {
    watch_.start(session_.screen(), Clock::now());
    return send_touch(std::span(&c.point, 1));
}

Runner::Done Runner::run_command(const script::TouchDismiss& c) {
    watch_.start(session_.screen(), Clock::now());
    if (auto ready = wait_touch(); !ready) return ready;
    if (!session_.client().dismiss_touch(c.contact))
        return unexpected(Trouble{"the contact does not hover", "touch hover X Y comes first"});
    if (!session_.step(Clock::now())) return over();
    return {};
}

Runner::Done Runner::run_command(const script::Gesture& c) {
    watch_.start(session_.screen(), Clock::now());
    const auto steps = std::max<std::int64_t>(1, c.span / frame_span);
    std::vector<client::TouchPoint> points;
    const auto go_to = [&](std::int64_t step, client::TouchAction action) {
        const auto before = std::exchange(points, {});
        bool moves = before.empty();
        for (std::size_t i = 0; i < c.paths.size(); ++i) {
            const auto& path = c.paths[i];
            points.push_back({i, action, between(path.from_x, path.to_x, step, steps),
                              between(path.from_y, path.to_y, step, steps)});
            moves = moves || points[i].x != before[i].x || points[i].y != before[i].y;
        }
        // A contact that rests says nothing.
        return moves || action == client::TouchAction::up ? send_touch(points) : Done();
    };
    if (auto down = go_to(0, client::TouchAction::down); !down) return down;
    for (std::int64_t step = 1; step <= steps; ++step) {
        if (auto slept = run_command(script::Sleep{c.span / steps}); !slept) return slept;
        if (auto moved = go_to(step, client::TouchAction::move); !moved) return moved;
    }
    return go_to(steps, client::TouchAction::up);
}

}  // namespace lucid::rdp::headless
