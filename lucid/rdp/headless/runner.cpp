// SPDX-FileCopyrightText: Lucid contributors
// SPDX-License-Identifier: Apache-2.0
#include <lucid/rdp/headless/runner.hpp>

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace lucid::rdp::headless {

using Json = nlohmann::json;

namespace {

/// Between two keys of a text: a person's speed is beyond what some desktops take in one burst.
constexpr std::chrono::milliseconds key_pause{5};
constexpr std::chrono::milliseconds click_pause{30};

}  // namespace

Runner::Runner(const Order& order, Equipment equipment)
    : order_(order),
      equipment_(std::move(equipment)),
      report_(order.json),
      session_(order, {equipment_.make_avc, equipment_.make_sound}, report_) {}

int Runner::run() {
    constexpr int done = 0;
    constexpr int failed = 1;
    const auto opened = session_.open();
    const auto played = opened ? play() : opened;
    session_.leave();
    if (!played) {
        report_.trouble(played.error());
        return failed;
    }
    if (session_.heard_bytes() > 0)
        report_.event("sound_end", {{"bytes", session_.heard_bytes()}},
                      fmt::format("{} bytes of sound", session_.heard_bytes()));
    report_.event(
        "done", {{"ok", true}, {"updates", session_.updates()}, {"frames", session_.frames()}}, "");
    return done;
}

Runner::Done Runner::play() {
    if (order_.script.empty()) return keep_until_end();
    if (order_.script == "-") return play_lines(STDIN_FILENO, true);
    const core::net::Fd file(::open(order_.script.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid())
        return unexpected(
            Trouble{order_.script + ": " + make_system_error(errno, "script").message(),
                    "--script FILE, or - for standard input"});
    return play_lines(file.get(), false);
}

Runner::Done Runner::keep_until_end() {
    while (session_.step(Clock::now() + std::chrono::seconds(60))) {
    }
    if (session_.end() == End::interrupted) return {};
    return over();
}

/// `wait_for_lines`: the session goes on while nobody types.
Runner::Done Runner::play_lines(int fd, bool wait_for_lines) {
    std::string text;
    bool at_end = false;
    while (!finished_) {
        const auto newline = text.find('\n');
        if (newline != std::string::npos || (at_end && !text.empty())) {
            const auto taken = text.substr(0, newline);
            text.erase(0, newline == std::string::npos ? text.size() : newline + 1);
            if (auto done = line(taken); !done) return done;
            continue;
        }
        if (at_end) break;
        if (text.size() > script::line_bytes_max)
            return unexpected(Trouble{"a line of the script is too long", ""});
        if (wait_for_lines && session_.end() == End::none) {
            pollfd item{fd, POLLIN, 0};
            if (::poll(&item, 1, 0) == 0) {
                (void)session_.step(Clock::now() + std::chrono::seconds(60), fd);
                continue;
            }
        }
        char buffer[4096];
        const auto got = ::read(fd, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return unexpected(Trouble{"the script could not be read", ""});
        at_end = got == 0;
        text.append(buffer, static_cast<std::size_t>(got));
    }
    return {};
}

Runner::Done Runner::line(std::string_view text) {
    ++line_number_;
    const auto parsed = script::parse_line(text);
    if (!parsed.problem.empty())
        return unexpected(
            Trouble{fmt::format("line {}: '{}': {}", line_number_, text, parsed.problem),
                    "lucid connect --help"});
    if (!parsed.command) return {};
    auto done =
        std::visit([this](const auto& command) { return run_command(command); }, *parsed.command);
    if (!done)
        done.error().what = fmt::format("line {}: {}: {}", line_number_, text, done.error().what);
    return done;
}

Runner::Done Runner::over() const {
    switch (session_.end()) {
        case End::interrupted:
            return unexpected(Trouble{"interrupted", ""});
        case End::host:
            return unexpected(Trouble{session_.end_text().empty()
                                          ? std::string("the host ended the session")
                                          : "the host ended the session: " + session_.end_text(),
                                      ""});
        case End::left:
            return unexpected(Trouble{"the session is over", ""});
        default:
            return unexpected(Trouble{session_.end_text(), ""});
    }
}

Runner::Done Runner::wait_for(script::Milliseconds limit, const std::string& missing,
                              const std::function<bool()>& condition) {
    // The picture is looked at this often at most: looking costs more than drawing.
    constexpr std::chrono::milliseconds look{50};
    const auto deadline = Clock::now() + limit;
    while (!condition()) {
        const auto now = Clock::now();
        if (now >= deadline)
            return unexpected(Trouble{
                fmt::format("{} within {} s", missing, static_cast<double>(limit.count()) / 1000),
                ""});
        const auto next = std::min(deadline, now + look);
        while (Clock::now() < next)
            if (!session_.step(next)) return over();
    }
    return {};
}

Runner::Done Runner::wait_active() {
    if (session_.client().active()) return {};
    return wait_for(script::wait_default, "no desktop that takes input",
                    [this] { return session_.client().active(); });
}

Runner::Done Runner::send(std::span<const proto::InputEvent> events) {
    if (auto active = wait_active(); !active) return active;
    if (const auto sent = session_.client().input(events); !sent)
        return unexpected(Trouble{sent.error().message(), ""});
    if (!session_.step(Clock::now())) return over();
    return {};
}

Runner::Done Runner::run_command(const script::Type& c) {
    const auto events = client::type_text(c.text, c.typing);
    if (!events) return unexpected(Trouble{"the text is not UTF-8", ""});
    watch_.start(session_.screen(), Clock::now());
    // A key's down and up, with shift around them, leave together.
    std::size_t begin = 0;
    unsigned held = 0;
    for (std::size_t i = 0; i < events->size(); ++i) {
        held += ((*events)[i].flags & proto::key_release) != 0 ? -1U : 1U;
        if (held != 0) continue;
        if (auto sent = send(std::span(*events).subspan(begin, i + 1 - begin)); !sent) return sent;
        begin = i + 1;
        if (auto slept = run_command(script::Sleep{key_pause}); !slept) return slept;
    }
    return {};
}

Runner::Done Runner::run_command(const script::Key& c) {
    watch_.start(session_.screen(), Clock::now());
    if (c.down && c.up) {
        const auto events = client::press_keys(c.names);
        if (!events) return unexpected(Trouble{"no such key", ""});
        return send(*events);
    }
    const auto event = client::key_event(c.names, c.down);
    if (!event) return unexpected(Trouble{"no such key", ""});
    return send(std::array{*event});
}

Runner::Done Runner::run_command(const script::Mouse& c) {
    using What = script::Mouse::What;
    watch_.start(session_.screen(), Clock::now());
    mouse_x_ = c.x;
    mouse_y_ = c.y;
    if (auto sent = send(std::array{client::mouse_move(c.x, c.y)}); !sent) return sent;
    if (c.what == What::move) return {};
    const int clicks = c.what == What::double_click ? 2 : 1;
    for (int i = 0; i < clicks; ++i) {
        for (const bool down : {true, false}) {
            if ((c.what == What::down && !down) || (c.what == What::up && down)) continue;
            const std::array event = {client::mouse_button(c.button, down, c.x, c.y)};
            if (auto sent = send(event); !sent) return sent;
            if (auto slept = run_command(script::Sleep{click_pause}); !slept) return slept;
        }
    }
    return {};
}

Runner::Done Runner::run_command(const script::Wheel& c) {
    watch_.start(session_.screen(), Clock::now());
    const auto events = client::mouse_wheel(c.clicks, c.horizontal, mouse_x_, mouse_y_);
    if (events.empty()) return {};
    return send(events);
}

Runner::Done Runner::run_command(const script::Locks& c) {
    return send(std::array{client::lock_sync(c.scroll, c.num, c.caps)});
}

Runner::Done Runner::wait_display_control() {
    constexpr std::chrono::seconds channel_limit{10};
    if (auto active = wait_active(); !active) return active;
    return wait_for(channel_limit, "the host opened no display control channel",
                    [this] { return session_.client().can_resize(); });
}

Runner::Done Runner::run_command(const script::Resize& c) {
    if (auto ready = wait_display_control(); !ready) return ready;
    if (const auto sent = session_.client().resize(c.width, c.height); !sent)
        return unexpected(
            Trouble{"the host does not take that size", "widths are even, sides 200 to 8192"});
    if (!session_.step(Clock::now())) return over();
    return {};
}

Runner::Done Runner::run_command(const script::Arrange& c) {
    if (auto ready = wait_display_control(); !ready) return ready;
    if (const auto sent = session_.client().arrange(c.monitors); !sent)
        return unexpected(
            Trouble{sent.error().context, "for example monitors 1280x1024+0+0,1024x768+1280+0"});
    if (!session_.step(Clock::now())) return over();
    return {};
}

Runner::Done Runner::run_command(const script::Screenshot& c) {
    const auto& screen = session_.screen();
    const auto written = equipment_.write_png(screen, c.file);
    if (!written) return unexpected(Trouble{c.file + ": " + written.error().message(), ""});
    report_.event("screenshot",
                  {{"file", c.file}, {"width", screen.width()}, {"height", screen.height()}},
                  fmt::format("{}: {} x {}", c.file, screen.width(), screen.height()));
    return {};
}

Runner::Done Runner::run_command(const script::Pixel& c) {
    const auto colour = pixel_of(session_.screen(), c.x, c.y);
    if (!colour) return unexpected(Trouble{"outside of the picture", ""});
    const auto text = fmt::format("{:06x}", *colour);
    report_.answer("pixel", {{"x", c.x}, {"y", c.y}, {"colour", text}}, text);
    return {};
}

Runner::Done Runner::run_command(const script::Sleep& c) {
    const auto until = Clock::now() + c.span;
    while (Clock::now() < until)
        if (!session_.step(until)) return over();
    return {};
}

Runner::Done Runner::run_command(const script::Disconnect& /*c*/) {
    session_.leave();
    finished_ = true;
    return {};
}

Runner::Done Runner::run_command(const script::Drop& /*c*/) {
    session_.drop();
    finished_ = true;
    return {};
}

}  // namespace lucid::rdp::headless
